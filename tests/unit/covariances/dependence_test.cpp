// Covariances of rows that go together in time and space, against sums over all pairs of rows.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "fitted.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/random.hpp"
#include "headwater/covariances/nearby.hpp"
#include "headwater/estimators/fit.hpp"

namespace headwater {
namespace {

using test::note;
using test::with;

constexpr double kRadians = 3.14159265358979323846 / 180;

struct Row {
  int unit, year;
  double latitude, longitude;
};

// Eleven units over nine years without 2013 for anyone, a fifth of the other rows missing; units move a little from
// year to year where `moving`, and two lie on either side of the date line, one at the pole.
std::string panel_text(bool moving, std::vector<Row>& rows) {
  std::string csv = "id,year,y,x,z,w,lat,lon\n";
  RandomStream random(7, 0, moving ? 1 : 0);
  for (int unit = 0; unit < 11; ++unit) {
    const double lat = unit == 0 ? 90 : unit < 3 ? -17 : 50 + 5 * random.uniform();
    const double lon = unit == 1 ? 179.8 : unit == 2 ? -179.9 : -5 + 7 * random.uniform();
    for (int year = 2010; year < 2019; ++year) {
      const double gone = random.uniform(), y = random.normal(), x = random.normal() + 0.3 * unit, z = random.normal();
      if (year == 2013 || gone < 0.2) continue;
      const Row row{unit, year, lat - (moving ? 0.1 * random.uniform() : 0),
                    lon + (moving ? 0.1 * random.uniform() : 0)};
      rows.push_back(row);
      char line[240];
      std::snprintf(line, sizeof line, "%c,%d,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g\n", 'a' + unit, year, y + x, x, z,
                    0.5 + random.uniform(), row.latitude, row.longitude);
      csv += line;
    }
  }
  return csv;
}

struct Fitted {
  std::vector<Row> rows;
  Fit fit;
  Matrix psi;
};

Fitted fitted_panel(const std::string& formula, const std::string& rule = "iid", bool moving = false,
                    const std::string& weights = "") {
  Fitted result;
  const std::string csv = panel_text(moving, result.rows);
  result.fit = test::fitted(test::panel_from(csv), formula, rule, Singletons::keep, weights);
  result.psi = influence(result.fit);
  return result;
}

Matrix over_pairs(const Fitted& f, const std::function<double(const Row&, const Row&)>& weight) {
  Matrix sum = Matrix::Zero(f.fit.k(), f.fit.k());
  for (std::size_t i = 0; i < f.rows.size(); ++i)
    for (std::size_t j = 0; j < f.rows.size(); ++j)
      sum += weight(f.rows[i], f.rows[j]) * f.psi.row(static_cast<Index>(i)).transpose() *
             f.psi.row(static_cast<Index>(j));
  return sum;
}

double bartlett(int l, int lag) { return std::abs(l) > lag ? 0 : 1 - std::abs(l) / (lag + 1.0); }
int rank_of(int year) { return year - (year > 2013 ? 2011 : 2010); }

double haversine(const Row& a, const Row& b, double radius) {
  const double north = std::sin((a.latitude - b.latitude) * kRadians / 2),
               east = std::sin((a.longitude - b.longitude) * kRadians / 2);
  return 2 * radius *
         std::asin(std::sqrt(north * north +
                             std::cos(a.latitude * kRadians) * std::cos(b.latitude * kRadians) * east * east));
}

double flat(const Row& a, const Row& b) {
  double east = std::abs(a.longitude - b.longitude);
  east = std::min(east, 360 - east);
  return std::hypot(111 * (a.latitude - b.latitude), 111 * std::cos((a.latitude + b.latitude) / 2 * kRadians) * east);
}

// The sums of squares of a rule, whatever their sign.
Matrix raw(const Fitted& f, const std::string& rule) {
  return meat(resolved_rule(parse_method_call(rule), "none", f.fit.atoms), f.psi, f.fit.atoms);
}

void expect_near(const Matrix& got, const Matrix& wanted) {
  EXPECT_LE((got - wanted).cwiseAbs().maxCoeff(), 1e-12 * wanted.diagonal().cwiseAbs().maxCoeff()) << got << "\n\n"
                                                                                                   << wanted;
}

const std::vector<std::string> kFormulas{"y ~ x + z", "y ~ x + z | id", "y ~ x + z | id + year"};

TEST(NeweyWest, WeighsOwnLagsByTime) {
  for (const std::string& formula : kFormulas)
    for (const char* weights : {"", "w"}) {
      SCOPED_TRACE(formula + weights);
      const Fitted f = fitted_panel(formula, "iid", false, weights);
      for (const int lag : {0, 1, 4}) {
        const std::string text = "newey_west(" + std::to_string(lag);
        expect_near(raw(f, text + ")"), over_pairs(f, [&](const Row& a, const Row& b) {
                      return a.unit == b.unit ? bartlett(a.year - b.year, lag) : 0;
                    }));
        expect_near(raw(f, text + ", gaps = bridge)"), over_pairs(f, [&](const Row& a, const Row& b) {
                      return a.unit == b.unit ? bartlett(rank_of(a.year) - rank_of(b.year), lag) : 0;
                    }));
      }
    }
}

TEST(NeweyWest, HasTheFactorOfPeriods) {
  const Fitted f = fitted_panel("y ~ x + z | id");
  const Covariance V = with(f.fit, "newey_west", "fixest");
  const auto n = static_cast<double>(f.fit.n());
  EXPECT_EQ(V.text, "newey_west(lag = 1)") << "the whole part of 8^(1/4)";
  EXPECT_DOUBLE_EQ(V.factor, 8.0 / 7 * (n - 1) / (n - 13));
  EXPECT_EQ(V.df, 7);
  EXPECT_EQ(note(V, "covariance.missing_periods"),
            "no row has 1 period between the first and the last; the lags of newey_west(lag = 1) go by time across "
            "them (gaps = bridge goes by rank, as fixest, plm and linearmodels do)");
}

TEST(Thompson, TakesOffWhatUnitsAndPeriodsBothHold) {
  for (const std::string& formula : kFormulas) {
    SCOPED_TRACE(formula);
    const Fitted f = fitted_panel(formula);
    expect_near(raw(f, "thompson(lag = 0)"), raw(f, "cluster(id, year)"));
    for (const int lag : {1, 3}) {
      const std::string text = "thompson(" + std::to_string(lag);
      expect_near(raw(f, text + ")"), over_pairs(f, [&](const Row& a, const Row& b) {
                    return a.unit == b.unit || std::abs(a.year - b.year) <= lag ? 1 : 0;
                  }));
      expect_near(raw(f, text + ", kernel = bartlett)"), over_pairs(f, [&](const Row& a, const Row& b) {
                    return a.unit == b.unit ? 1 : bartlett(a.year - b.year, lag);
                  }));
    }
  }
  EXPECT_EQ(with(fitted_panel("y ~ x").fit, "thompson(1)", "fixest").df, 7) << "eight periods, eleven units";
}

const char* const kPlaces = "conley(latitude = lat, longitude = lon, cutoff = 1)";

TEST(Conley, AddsAllPairsWithinTheCutoff) {
  for (const bool moving : {false, true})
    for (const std::string& formula : kFormulas) {
      SCOPED_TRACE(formula);
      const Fitted f = fitted_panel(formula, kPlaces, moving, moving ? "w" : "");
      for (const double cutoff : {0.001, 40.0, 150.0, 4000.0, 15000.0}) {
        const std::string text = "conley(lat, lon, " + std::to_string(cutoff);
        expect_near(raw(f, text + ")"), over_pairs(f, [&](const Row& a, const Row& b) {
                      return haversine(a, b, 6371.0088) <= cutoff ? 1 : 0;
                    }));
        expect_near(raw(f, text + ", kernel = bartlett, radius = 6376)"),
                    over_pairs(f, [&](const Row& a, const Row& b) {
                      return std::max(0.0, 1 - haversine(a, b, 6376) / cutoff);
                    }));
        expect_near(raw(f, text + ", kernel = bartlett, distance = flat)"),
                    over_pairs(f, [&](const Row& a, const Row& b) { return std::max(0.0, 1 - flat(a, b) / cutoff); }));
      }
    }
}

// Over all pairs the scores add up to nothing, whatever the errors are.
TEST(Conley, OfTheWholeEarthHasNoErrors) {
  const Covariance V = with(fitted_panel("y ~ x + z", kPlaces).fit, "conley(lat, lon, 30000)", "none");
  EXPECT_FALSE(V.estimable(1));
  EXPECT_EQ(V.not_estimable[1], "its scores, added up within the cutoff, are zero");
}

TEST(Conley, SaysItsRadiusAndFactor) {
  const Fitted f = fitted_panel("y ~ x + z | id", kPlaces);
  const auto n = static_cast<double>(f.fit.n());
  const Covariance fixest = with(f.fit, "conley(lat, lon, 150)", "fixest"),
                   areg = with(f.fit, "conley(lat, lon, 150)", "areg");
  EXPECT_EQ(fixest.text, "conley(latitude = lat, longitude = lon, cutoff = 150, radius = 6376)");
  EXPECT_EQ(areg.text, "conley(latitude = lat, longitude = lon, cutoff = 150, radius = 6371.0088)");
  EXPECT_DOUBLE_EQ(fixest.factor, n / (n - 13));
  EXPECT_EQ(fixest.df, n - 13);
}

TEST(ConleyHac, AddsNeighboursOfThePeriodAndOwnLags) {
  for (const bool moving : {false, true})
    for (const std::string& formula : kFormulas) {
      SCOPED_TRACE(formula);
      const Fitted f = fitted_panel(formula, kPlaces, moving);
      for (const int lag : {0, 2}) {
        const auto weight = [&](const Row& a, const Row& b, double near) {
          return a.year == b.year ? near : a.unit == b.unit ? bartlett(a.year - b.year, lag) : 0;
        };
        const std::string text = "conley_hac(lat, lon, 200, " + std::to_string(lag);
        expect_near(raw(f, text + ")"), over_pairs(f, [&](const Row& a, const Row& b) {
                      return weight(a, b, haversine(a, b, 6371.0088) <= 200 ? 1 : 0);
                    }));
        expect_near(raw(f, text + ", kernel = bartlett, radius = 6376)"),
                    over_pairs(f, [&](const Row& a, const Row& b) {
                      return weight(a, b, std::max(0.0, 1 - haversine(a, b, 6376) / 200));
                    }));
      }
    }
}

// All pairs of random places, some at one longitude or latitude, for reaches from none to all of the Earth.
TEST(Nearby, FindsEveryPairOnce) {
  const Index P = 700;
  RandomStream random(3, 0, 0);
  Matrix places(P, 2);
  for (Index p = 0; p < P; ++p) {
    places(p, 0) = p % 7 == 0 ? 90 : p % 7 == 1 ? -89.9 : std::asin(2 * random.uniform() - 1) / kRadians;
    places(p, 1) = p % 5 == 0 ? 180 : p % 5 == 1 ? -180 : 720 * random.uniform() - 360;
  }
  const auto row = [&](Index p) { return Row{0, 0, places(p, 0), std::remainder(places(p, 1), 360)}; };
  for (const bool plane : {false, true})
    for (const double reach : {1e-6, 30.0, 500.0, 9000.0, 10009.0, 19000.0, 30000.0}) {
      const Nearby nearby(places, {plane, 6371}, reach);
      const auto at = [&](Index p) { return row(nearby.order()[static_cast<std::size_t>(p)]); };
      for (Index p = 0; p < P; p += 11) {
        std::vector<int> met(static_cast<std::size_t>(P), 0);
        nearby.each(p, [&](Index q) { ++met[static_cast<std::size_t>(q)]; });
        for (Index q = 0; q < P; ++q) {
          const double km = plane ? flat(at(p), at(q)) : haversine(at(p), at(q), 6371);
          EXPECT_NEAR(nearby.kilometres(p, q), km, 2e-4 + 1e-9 * km);
          const int wanted = km < reach ? 1 : 0;
          ASSERT_EQ(std::abs(km - reach) > 1e-3 ? met[static_cast<std::size_t>(q)] : wanted, wanted)
              << p << " " << q << " " << reach;
        }
      }
    }
}

// A grid of whole degrees along the equator and a meridian: neighbours lie at the cutoff itself.
TEST(Nearby, CountsWhatLiesAtTheReach) {
  Matrix places(5, 2);
  places << 0, 0, 0, 1, 0, -1, 1, 0, -1, 0;
  const Nearby nearby(places, {false, 6371}, 6371 * kRadians);
  for (Index p = 0; p < 5; ++p) {
    int found = 0;
    nearby.each(p, [&](Index) { ++found; });
    EXPECT_EQ(found, nearby.order()[static_cast<std::size_t>(p)] == 0 ? 5 : 2) << p;
  }
}

Matrix beck_katz_by_hand(const Fitted& f, bool of_units, bool diagonal, bool casewise) {
  const auto down = [&](const Row& row) { return of_units ? row.unit : row.year - 2010; };
  const auto across = [&](const Row& row) { return of_units ? row.year - 2010 : row.unit; };
  Matrix e = Matrix::Constant(11, 11, std::nan(""));
  for (std::size_t i = 0; i < f.rows.size(); ++i)
    e(down(f.rows[i]), across(f.rows[i])) = f.fit.linear->residuals(static_cast<Index>(i));
  const int all = of_units ? 11 : 8;
  const auto sigma = [&](int g, int h) {
    double sum = 0, count = 0;
    for (Index r = 0; r < 11; ++r) {
      if (std::isnan(e(g, r)) || std::isnan(e(h, r))) continue;
      int present = 0;
      for (Index other = 0; other < 11; ++other) present += std::isnan(e(other, r)) ? 0 : 1;
      if (casewise && present < all) continue;
      sum += e(g, r) * e(h, r);
      ++count;
    }
    return count > 0 ? sum / count : 0;
  };
  const Matrix X = influence_of_errors(f.fit);
  Matrix V = Matrix::Zero(f.fit.k(), f.fit.k());
  for (std::size_t i = 0; i < f.rows.size(); ++i)
    for (std::size_t j = 0; j < f.rows.size(); ++j) {
      if (across(f.rows[i]) != across(f.rows[j])) continue;
      const int g = down(f.rows[i]), h = down(f.rows[j]);
      if (diagonal && g != h) continue;
      V += sigma(g, h) * X.row(static_cast<Index>(i)).transpose() * X.row(static_cast<Index>(j));
    }
  return V;
}

TEST(BeckKatz, HasOneCovarianceForEachPair) {
  for (const std::string& formula : kFormulas) {
    SCOPED_TRACE(formula);
    const Fitted f = fitted_panel(formula);
    expect_near(with(f.fit, "beck_katz", "fixest").matrix, beck_katz_by_hand(f, true, false, false));
    expect_near(with(f.fit, "beck_katz(diagonal = yes)", "none").matrix, beck_katz_by_hand(f, true, true, false));
    expect_near(with(f.fit, "beck_katz(of = periods)", "none").matrix, beck_katz_by_hand(f, false, false, false));
    expect_near(with(f.fit, "beck_katz(of = periods, diagonal = yes)", "none").matrix,
                beck_katz_by_hand(f, false, true, false));
    expect_near(with(f.fit, "beck_katz(of = periods, missing = casewise)", "none").matrix,
                beck_katz_by_hand(f, false, false, true));
  }
}

std::string message_of(const std::string& rule, const std::string& fitted_with = kPlaces,
                       const std::string& formula = "y ~ x") {
  try {
    with(fitted_panel(formula, fitted_with).fit, rule, "none");
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST(Dependence, SaysWhatIsMissing) {
  EXPECT_EQ(message_of("conley(lat, lon)"),
            "conley needs its cutoff; write conley(LATITUDE, LONGITUDE, KILOMETRES) with the columns of degrees north "
            "and east and the distance up to which errors go together");
  EXPECT_EQ(message_of("conley_hac"),
            "conley_hac needs its latitude; write conley_hac(LATITUDE, LONGITUDE, KILOMETRES) with the columns of "
            "degrees north and east and the distance up to which errors go together");
  EXPECT_EQ(message_of("conley(lat, lon, -3)"),
            "conley has cutoff = -3; it is a length in kilometres and more than zero");
  EXPECT_EQ(message_of("conley(lat, lon, 3, radius = 0)"),
            "conley has radius = 0; it is a length in kilometres and more than zero");
  EXPECT_EQ(message_of("conley(lat, lon, 3, radius = 6371, distance = flat)"),
            "conley has a radius, which belongs to great circles, and distance = flat, which takes 111 km for a "
            "degree; leave one of them out");
  EXPECT_EQ(message_of("conley(lat, lon, 100)", "iid"),
            "conley goes by where rows lie, which is not known of these rows; name latitude and longitude in the "
            "covariance that the model is fitted with");
  EXPECT_EQ(message_of("conley_hac(lat, lon, 100, 9)"),
            "conley_hac has lag 9 and the rows 8 periods; the lag is 0 or more and below the number of periods");
  EXPECT_EQ(message_of("newey_west(8)"),
            "newey_west has lag 8 and the rows 8 periods; the lag is 0 or more and below the number of periods");
  EXPECT_EQ(message_of("iid", "conley(latitude = y, longitude = lat, cutoff = 1)"), "no error");
  EXPECT_EQ(message_of("iid", "conley(latitude = lon, longitude = lat, cutoff = 1)"),
            "panel.csv, row 8: latitude 'lon' is 179.8, beyond 90 degrees; conley takes degrees north and "
            "east, so correct the cell, or name the columns the other way round");
  EXPECT_EQ(message_of("beck_katz(missing = casewise)", "iid"),
            "beck_katz has missing = casewise, but no period has a row of all; use missing = pairwise, which takes "
            "what each pair has");
}

TEST(Dependence, NeedsTwoUnitsAndPeriods) {
  const Fit one = test::fitted(test::panel_from("id,year,y,x\na,1,1,2\na,2,3,1\na,3,2,2\na,4,5,3\n"), "y ~ x");
  const auto said = [&](const std::string& rule) -> std::string {
    try {
      with(one, rule, "none");
    } catch (const Error& error) {
      return error.message();
    }
    return "no error";
  };
  EXPECT_EQ(said("newey_west(1)"), "no error");
  EXPECT_EQ(said("thompson(1)"),
            "thompson adds what goes together within units to what does within periods, and these rows have no two "
            "units; give the unit key, or use driscoll_kraay");
  EXPECT_EQ(said("beck_katz"),
            "beck_katz sets units against periods and needs the unit and time keys with two of each at least");
}

// Nothing but coefficients has this covariance.
TEST(BeckKatz, IsNoSumOverRows) {
  const Fitted f = fitted_panel("y ~ x");
  try {
    meat(parse_method_call("beck_katz"), f.psi, f.fit.atoms);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "beck_katz is the covariance of a fit's coefficients and says nothing of what is built on more than "
              "these; use driscoll_kraay, whose errors of a period go together too");
  }
}

TEST(Conley, OfMeansNeedsOnePlaceAUnit) {
  Spec spec;
  spec.formula = expand(parse_formula("y ~ x")).at(0);
  spec.estimator = parse_method_call("between");
  spec.covariance = parse_method_call(kPlaces);
  const auto said = [&](bool moving) -> std::string {
    std::vector<Row> rows;
    const Panel panel = test::panel_from(panel_text(moving, rows));
    try {
      const Fit fit = estimate(panel, std::make_shared<const Design>(make_design(panel, spec)));
      return std::to_string(with(fit, "conley(lat, lon, 100)", "none").matrix.rows());
    } catch (const Error& error) {
      return error.message();
    }
  };
  EXPECT_EQ(said(false), "2");
  EXPECT_EQ(said(true), "id a lies at several places, so its mean has none; give each one place, or use robust");
}

}  // namespace
}  // namespace headwater
