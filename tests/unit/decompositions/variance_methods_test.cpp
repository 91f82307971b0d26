// variance, bma and das_gupta against their definitions.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/decompositions/das_gupta.hpp"
#include "headwater/linalg/solve.hpp"
#include "small_panel.hpp"

namespace headwater {
namespace {

std::vector<double> extra(const Decomposition& d, const std::string& name) {
  for (const LabelledArray& array : d.extras)
    if (array.name == name) return std::get<std::vector<double>>(array.values);
  ADD_FAILURE() << "no " << name;
  return {};
}

// Without a constant the first column is a driver's, and its unit mean shares the variance as every other mean does.
TEST(Shapley, UnitMeanOfTheVeryFirstColumnIsAPlayer) {
  const SmallModel m = small_model(small_panel(4, 30, 5), small_spec("y ~ x + z - 1", "mundlak"));
  const Decomposition d = m.run("shapley").front();
  EXPECT_EQ(d.estimates.names, (Names{"first", "second", "first (between)", "second (between)", "residual"}));
  EXPECT_GT(std::abs(d.estimates.values(2)), 1e-3);
}

TEST(Variance, OneWayIntraclassIsThatOfTheAnalysisOfVariance) {
  const SmallModel m = small_model(small_panel(4, 30, 5), small_spec("y ~ x + z", "pooled"));
  const Decomposition d = m.run("variance").front();
  const double total = extra(d, "variance")[0] * 150;
  const double between = d.estimates.values(0) * total / 29, within = d.estimates.values(1) * total / 120;
  const double own = (between - within) / 5;
  EXPECT_NEAR(extra(d, "variance_corrected")[0], own, 1e-12);
  EXPECT_NEAR(extra(d, "variance_corrected")[1], within, 1e-12);
  EXPECT_NEAR(extra(d, "intraclass")[0], own / (own + within), 1e-12);
}

// Unbalanced one way: n0 = (N − Σn²/N)/(G − 1) in place of the group size.
TEST(Variance, UnbalancedIntraclassUsesTheMeanGroupSizeOfTheAnalysisOfVariance) {
  const SmallModel m = small_model(small_panel(4, 30, 5, 0.7), small_spec("y ~ x + z", "pooled"));
  const Decomposition d = m.run("variance").front();
  const auto n = static_cast<double>(m.design->n()), G = static_cast<double>(m.design->unit.count);
  Vector size = Vector::Zero(m.design->unit.count);
  for (const std::int32_t code : m.design->unit.code) size(code) += 1;
  const double total = extra(d, "variance")[0] * n;
  const double between = d.estimates.values(0) * total / (G - 1), within = d.estimates.values(1) * total / (n - G);
  EXPECT_NEAR(extra(d, "variance_corrected")[0], (between - within) / ((n - size.squaredNorm() / n) / (G - 1)), 1e-12);
}

TEST(Variance, DriversByLevelSumToTheLevels) {
  const SmallModel m =
      small_model(small_panel(4, 30, 5, 0.7), small_spec("y ~ x + z + q | unit + year", "within", "w"));
  const auto both = m.run("variance(levels = type + unit)");
  const Index parts = both[1].estimates.values.size() / 3;
  for (Index level = 0; level < 3; ++level)
    EXPECT_NEAR(both[1].estimates.values.segment(level * parts, parts).sum(), both[0].estimates.values(level), 1e-12);
  EXPECT_EQ(both[0].estimates.names, (Names{"between type", "between unit within type", "within unit"}));
}

TEST(Variance, NegativeCorrectedVarianceIsSaidNotHidden) {
  std::vector<std::string> unit;
  std::vector<double> year, y, x;
  for (int u = 0; u < 8; ++u)
    for (int t = 0; t < 4; ++t) {
      unit.push_back("u" + std::to_string(u));
      year.push_back(2010 + t);
      y.push_back(t % 2 ? 1 : -1);  // the same mean in every unit
      x.push_back(std::sin(u * 7.0 + t * 3.0));
    }
  const auto vector = [](const std::vector<double>& v) {
    return Vector(Eigen::Map<const Vector>(v.data(), static_cast<Index>(v.size())));
  };
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < 32; ++i) rows.push_back(i + 2);
  Spec spec = small_spec("y ~ x", "pooled");
  spec.drivers.clear();
  const SmallModel m = small_model(Panel({text_column("unit", unit), number_column("year", vector(year)),
                                          number_column("y", vector(y)), number_column("x", vector(x))},
                                         {"unit", "year"}, rows, {}),
                                   spec);
  const Decomposition d = m.run("variance").front();
  EXPECT_LT(extra(d, "variance_corrected")[0], 0);
  ASSERT_FALSE(d.notes.empty());
  EXPECT_EQ(
      d.notes.back().message,
      "the corrected variance between unit is negative (-0.333): its means differ less than noise alone would make "
      "them, so it is as good as zero");
}

TEST(Variance, RefusesLevelsThatDoNotNest) {
  const SmallModel m = small_model(small_panel(4, 12, 4), small_spec("y ~ x + z", "pooled"));
  try {
    m.run("variance(levels = unit + year)");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(
        error.message(),
        "levels = unit + year: a group of year lies in several groups of unit, so the sums of squares do not nest; "
        "write coarse columns first, or leave one out");
  }
}

// Every model by its own regression and Zellner's formula.
TEST(Bma, IsTheSumOverModels) {
  for (const char* prior : {"bma(players = columns)", "bma(players = columns, g = bric, size = random)",
                            "bma(players = columns, criterion = bic)"}) {
    const SmallModel m = small_model(small_panel(6, 20, 4), small_spec("y ~ x + z + q + size", "pooled"));
    const Decomposition d = m.run(prior).front();
    const std::string text = prior;
    const bool random = text.find("random") != std::string::npos,
               bic = text.find("bic") != std::string::npos && text.find("bric") == std::string::npos;
    const double n = 80, g = 80;  // bric: max(80, 16)
    const Matrix X = m.design->X.rightCols(4).rowwise() - m.design->X.rightCols(4).colwise().mean();
    const Vector y = m.design->y.array() - m.design->y.mean();
    Vector inclusion = Vector::Zero(4), slopes = Vector::Zero(4);
    double mass = 0, size = 0;
    for (int mask = 0; mask < 16; ++mask) {
      std::vector<Index> in;
      for (int j = 0; j < 4; ++j)
        if (mask >> j & 1) in.push_back(j);
      Matrix own(80, static_cast<Index>(in.size()));
      for (std::size_t j = 0; j < in.size(); ++j) own.col(static_cast<Index>(j)) = X.col(in[j]);
      const Vector b =
          in.empty() ? Vector() : Vector(solve_definite(Matrix(own.transpose() * own), Matrix(own.transpose() * y)));
      const double r2 = in.empty() ? 0 : (own * b).squaredNorm() / y.squaredNorm(), k = static_cast<double>(in.size());
      double log = bic ? -0.5 * (n - 1) * std::log(1 - r2) - 0.5 * k * std::log(n - 1)
                       : 0.5 * (n - 1 - k) * std::log(1 + g) - 0.5 * (n - 1) * std::log(1 + g * (1 - r2));
      if (random) log += std::lgamma(k + 1) + std::lgamma(5 - k);
      const double p = std::exp(log + (bic ? 0 : 0.5 * (n - 1) * std::log(1 + g) - 0.5 * (n - 1) * std::log(1 + g)));
      mass += p;
      size += p * k;
      for (std::size_t j = 0; j < in.size(); ++j) {
        inclusion(in[j]) += p;
        slopes(in[j]) += p * b(static_cast<Index>(j));
      }
    }
    for (Index j = 0; j < 4; ++j) {
      EXPECT_NEAR(d.estimates.values(j), inclusion(j) / mass, 1e-12) << prior;
      EXPECT_NEAR(extra(d, "posterior_mean")[static_cast<std::size_t>(j)], slopes(j) / mass, 1e-12) << prior;
    }
    EXPECT_NEAR(d.total, size / mass, 1e-12);
  }
}

RateFactors random_factors(std::uint64_t seed, Index cells, Index K, std::vector<bool> share) {
  RandomStream random(seed, 0, 0);
  RateFactors f{Matrix(cells, K), Matrix(cells, K), std::move(share), Vector::Ones(cells)};
  for (Index i = 0; i < f.first.size(); ++i) {
    f.first(i) = std::exp(0.4 * random.normal());
    f.second(i) = std::exp(0.4 * random.normal());
  }
  return f;
}

TEST(DasGupta, InfluenceIsTheDerivativeInEachCellsMultiplicity) {
  for (const auto& share : {std::vector<bool>{false, false, false}, std::vector<bool>{true, false, false},
                            std::vector<bool>{true, false, true}}) {
    const RateFactors f = random_factors(3, 6, 3, share);
    const RateEffects base = rate_effects(f);
    EXPECT_NEAR(base.effects.sum(), base.rate_second - base.rate_first, 1e-13);
    for (Index c = 0; c < 6; ++c) {
      const auto at = [&](double e) {
        RateFactors moved = f;
        moved.multiplicity(c) += e;
        return rate_effects(moved).effects;
      };
      const double h = 1e-3;
      const Vector slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
      EXPECT_LE((slope - base.influence.row(c).transpose()).norm(), 1e-9);
    }
  }
}

// Kitagawa (1955): composition at the mean rate, rates at the mean composition.
TEST(DasGupta, OneShareAndOneRateAreKitagawas) {
  const RateFactors f = random_factors(8, 5, 2, {true, false});
  const RateEffects got = rate_effects(f);
  const Vector w1 = f.first.col(0) / f.first.col(0).sum(), w2 = f.second.col(0) / f.second.col(0).sum();
  EXPECT_NEAR(got.effects(0), 0.5 * (w2 - w1).dot(f.first.col(1) + f.second.col(1)), 1e-14);
  EXPECT_NEAR(got.effects(1), 0.5 * (w1 + w2).dot(f.second.col(1) - f.first.col(1)), 1e-14);
}

TEST(DasGupta, NegatesWhenThePopulationsChangePlaces) {
  RateFactors f = random_factors(9, 4, 4, {false, false, false, false});
  const Vector forward = rate_effects(f).effects;
  std::swap(f.first, f.second);
  EXPECT_LE((rate_effects(f).effects + forward).norm(), 1e-14);
}

TEST(DasGupta, TellsCellsOfOnePeriodOnly) {
  const SmallModel m = small_model(small_panel(5, 24, 5, 0.8), small_spec("y ~ x + z | unit", "within"));
  const Decomposition d = m.run("das_gupta(factors = size + w, share = size, from = 2010, to = 2014)").front();
  ASSERT_EQ(d.notes.size(), 1);
  EXPECT_EQ(d.notes.front().code, "das_gupta.alone");
  EXPECT_TRUE(d.total_estimable);
  EXPECT_LE(d.closure_error, d.tolerance);
}

std::string refusal(const std::string& formula, const std::string& estimator, const std::string& call) {
  try {
    small_model(small_panel(4, 20, 5), small_spec(formula, estimator)).run(call);
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST(HeldOut, SaysWhatItCannotDo) {
  EXPECT_EQ(refusal("y ~ x + z | unit", "within", "shapley(holdout = year > 2012)"),
            "holdout needs the estimator pooled, not within: effects of rows held out are not known from the others");
  EXPECT_EQ(
      refusal("y ~ x + z", "pooled", "shapley(holdout = year > 2050)"),
      "holdout = year > 2050 holds in none of the rows used; choose a condition that some rows meet and others do "
      "not");
  EXPECT_EQ(
      refusal("y ~ x + z", "pooled", "shapley(holdout = year > 1)"),
      "holdout = year > 1 holds in all of the rows used; choose a condition that some rows meet and others do not");
  EXPECT_EQ(refusal("y ~ x + z + I(year > 2012)", "pooled", "shapley(holdout = year > 2012)"),
            "the rows that holdout = year > 2012 leaves do not identify every coefficient; hold out fewer rows");
  EXPECT_EQ(refusal("y ~ x + z", "pooled", "shapley(holdout = year > 2012, inside = first)"),
            "holdout shares the variance among groups and cannot be combined with inside; use players = terms");
}

TEST(SharesOfVariance, NearZeroSayThatTheirErrorsAreTooSmall) {
  const SmallModel m = small_model(small_panel(8, 30, 4), small_spec("y ~ x + z + q | unit", "within"));
  int said = 0;
  for (const char* call : {"shapley(players = terms)", "importance(metric = genizi, players = terms)", "fields"}) {
    const Decomposition d = m.run(call).front();
    Names near_zero;
    for (Index i = 0; i < d.estimates.values.size(); ++i)
      if (std::abs(d.estimates.values(i)) < 2 * std::sqrt(d.covariance(i, i)))
        near_zero.push_back(d.estimates.names[static_cast<std::size_t>(i)]);
    const auto note = std::find_if(d.notes.begin(), d.notes.end(),
                                   [](const Note& n) { return n.code == "decomposition.shares_near_zero"; });
    ASSERT_EQ(note == d.notes.end(), near_zero.empty()) << call;
    if (near_zero.empty()) continue;
    ++said;
    EXPECT_EQ(note->message,
              "shares within two standard errors of zero are not normal and less certain than their standard error "
              "says (" +
                  joined(near_zero, ", ") + "); read a bootstrap interval, bootstrap = cluster(draws = 999)");
  }
  EXPECT_GT(said, 0);
}

}  // namespace
}  // namespace headwater
