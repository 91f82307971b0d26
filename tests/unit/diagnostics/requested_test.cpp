// Diagnostics on request against the same numbers written out, what they mean in words, and what they refuse.
#include "headwater/diagnostics/requested.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/random.hpp"
#include "headwater/diagnostics/asked_tests.hpp"
#include "headwater/linalg/solve.hpp"
#include "unit/covariances/fitted.hpp"

namespace headwater {
namespace {

constexpr int kUnits = 7;

// Seven units of seven to eleven years, variances and slopes that differ, a curve in z.
std::string panel_text() {
  std::string csv = "id,year,y,x,z,w\n";
  RandomStream random(11, 0, 0);
  for (int unit = 0; unit < kUnits; ++unit)
    for (int year = 2000; year < 2007 + unit % 3 * 2; ++year) {
      const double x = random.normal() + unit, z = random.normal(), e = (1 + unit) * random.normal();
      char line[200];
      std::snprintf(line, sizeof line, "%c,%d,%.17g,%.17g,%.17g,%.17g\n", 'a' + unit, year,
                    x * (1 + 0.2 * unit) + z * z + 3 * unit + e, x, z, 0.5 + random.uniform());
      csv += line;
    }
  return csv;
}

Fit fit_of(const std::string& formula, const std::string& weights = "") {
  return test::fitted(test::panel_from(panel_text()), formula, "iid", Singletons::keep, weights);
}

std::vector<Test> asked(const Fit& fit, const std::string& text, const std::string& rule = "iid") {
  return asked_tests(fit, test::with(fit, rule, "areg"), text);
}

Test one(const Fit& fit, const std::string& text, const std::string& name, const std::string& rule = "iid") {
  for (const Test& test : asked(fit, text, rule))
    if (test.name == name) return test;
  ADD_FAILURE() << text << " gives no " << name;
  return {};
}

Matrix with_dummies(const Fit& fit) {
  Matrix D = Matrix::Zero(fit.n(), kUnits);
  for (Index i = 0; i < fit.n(); ++i) D(i, fit.design->unit.code[static_cast<std::size_t>(i)]) = 1;
  return D;
}

Matrix beside(const Matrix& a, const Matrix& b) {
  Matrix both(a.rows(), a.cols() + b.cols());
  both << a, b;
  return both;
}

double rss_of(const Matrix& X, const Vector& y) { return least_squares(X, y, Vector()).residuals.squaredNorm(); }

void expect_f(const Test& test, double small, double large, double q, double df) {
  EXPECT_NEAR(test.statistic, (small - large) / q / (large / df), 1e-9 * test.statistic);
  EXPECT_EQ(test.df1, q);
  EXPECT_EQ(test.df2, df);
  EXPECT_NEAR(test.p_value, f_upper(test.statistic, q, df), 1e-12);
}

TEST(Reset, AddsPowersOfTheFittedOutcome) {
  const Fit fit = fit_of("y ~ x + z | id");
  const Matrix D = with_dummies(fit), X = beside(D, fit.design->X);
  const Vector y = fit.design->y, fitted = y - least_squares(X, y, Vector()).residuals;
  for (int powers = 2; powers <= 4; ++powers) {
    Matrix added(fit.n(), powers - 1);
    for (int p = 2; p <= powers; ++p) added.col(p - 2) = fitted.array().pow(p);
    const Matrix wide = beside(X, added);
    expect_f(one(fit, "reset(" + std::to_string(powers) + ")", "reset"), rss_of(X, y), rss_of(wide, y), powers - 1,
             static_cast<double>(fit.n() - wide.cols()));
  }
  EXPECT_EQ(one(fit, "reset", "reset").hypothesis, "powers of the fitted outcome up to 3 add nothing");
  EXPECT_NE(one(fit, "reset", "reset", "cluster(id)").statistic, one(fit, "reset", "reset").statistic);
}

TEST(Chow, HasCoefficientsOfItsOwnFromAPeriodOn) {
  for (const bool absorbed : {false, true}) {
    const Fit fit = fit_of(absorbed ? "y ~ x + z | id" : "y ~ x + z");
    const Matrix slopes = fit.design->X.rightCols(2);
    Vector later(fit.n());
    for (Index i = 0; i < fit.n(); ++i)
      later(i) =
          fit.design->periods[static_cast<std::size_t>(fit.design->time.code[static_cast<std::size_t>(i)])].ordinal >=
                  fit.design->periods[4].ordinal
              ? 1
              : 0;
    const Matrix X = beside(absorbed ? with_dummies(fit) : Matrix(Matrix::Ones(fit.n(), 1)), slopes);
    const Matrix wide = beside(X, beside(later, slopes.array().colwise() * later.array()));
    expect_f(one(fit, "chow(2004)", "chow"), rss_of(X, fit.design->y), rss_of(wide, fit.design->y), 3,
             static_cast<double>(fit.n() - wide.cols()));
  }
}

TEST(GroupVariances, AreComparedWithoutNormality) {
  const Fit fit = fit_of("y ~ x + z | id");
  const Vector squares = fit.linear->residuals.cwiseAbs2();
  double statistic = 0;
  for (std::int32_t unit = 0; unit < kUnits; ++unit) {
    std::vector<double> own;
    for (Index i = 0; i < fit.n(); ++i)
      if (fit.design->unit.code[static_cast<std::size_t>(i)] == unit) own.push_back(squares(i));
    double mean = 0, spread = 0;
    for (const double s : own) mean += s / static_cast<double>(own.size());
    for (const double s : own) spread += (s - mean) * (s - mean);
    statistic += std::pow(mean - squares.mean(), 2) / (spread / static_cast<double>(own.size() * (own.size() - 1)));
  }
  const auto test = one(fit, "group_variances", "modified_wald");
  EXPECT_NEAR(test.statistic, statistic, 1e-10 * statistic);
  EXPECT_EQ(test.df1, kUnits);
}

// Pesaran and Yamagata (2008), eq. 26 and 29, with each unit's matrices written out.
TEST(SameSlopes, StandardisesSwamysStatistic) {
  const Fit fit = fit_of("y ~ x + z | id");
  std::vector<Matrix> Xs;
  std::vector<Vector> ys;
  for (std::int32_t unit = 0; unit < kUnits; ++unit) {
    std::vector<Index> rows;
    for (Index i = 0; i < fit.n(); ++i)
      if (fit.design->unit.code[static_cast<std::size_t>(i)] == unit) rows.push_back(i);
    const Matrix M = Matrix::Identity(static_cast<Index>(rows.size()), static_cast<Index>(rows.size())) -
                     Matrix::Constant(static_cast<Index>(rows.size()), static_cast<Index>(rows.size()),
                                      1.0 / static_cast<double>(rows.size()));
    Xs.push_back(M * fit.design->X(rows, Eigen::all));
    ys.push_back(M * fit.design->y(rows));
  }
  Matrix A = Matrix::Zero(2, 2);
  Vector b = Vector::Zero(2);
  std::vector<double> variance;
  for (std::size_t i = 0; i < Xs.size(); ++i) {
    variance.push_back((ys[i] - Xs[i] * fit.coefficients).squaredNorm() / static_cast<double>(ys[i].size() - 1));
    A += Xs[i].transpose() * Xs[i] / variance[i];
    b += Xs[i].transpose() * ys[i] / variance[i];
  }
  const Vector mean = solve_definite(A, b);
  double delta = 0, adjusted = 0;
  for (std::size_t i = 0; i < Xs.size(); ++i) {
    const double T = static_cast<double>(ys[i].size());
    const Vector own = solve_definite(Xs[i].transpose() * Xs[i], Xs[i].transpose() * ys[i]) - mean;
    const double d = own.dot(Xs[i].transpose() * Xs[i] * own) / variance[i];
    delta += (d - 2) / std::sqrt(4.0 * kUnits);
    adjusted += (d - 2) / std::sqrt(4 * (T - 3) / (T + 1) * kUnits);
  }
  EXPECT_NEAR(one(fit, "same_slopes", "pesaran_yamagata").statistic, delta, 1e-9);
  EXPECT_NEAR(one(fit, "same_slopes", "pesaran_yamagata_adjusted").statistic, adjusted, 1e-9);
}

TEST(Diagnostics, SayWhatTheAnswerMeans) {
  const auto test = one(fit_of("y ~ x + z | id"), "group_variances", "modified_wald");
  ASSERT_EQ(test.notes.size(), 1u);
  EXPECT_EQ(test.notes[0].code, "test.meaning");
  EXPECT_EQ(test.notes[0].message.substr(0, 18), "modified_wald (p =");
  EXPECT_EQ(test.notes[0].message.substr(test.notes[0].message.find("): ")),
            "): variances differ between units, so iid errors are wrong; robust and cluster errors are not");
}

TEST(Diagnostics, AreAllThatAFitCanHave) {
  const std::vector<headwater::Test> all = asked(fit_of("y ~ x + z | id"), "diagnostics");
  const auto has = [](const std::vector<headwater::Test>& tests, const std::string& name) {
    return std::any_of(tests.begin(), tests.end(), [&](const headwater::Test& test) { return test.name == name; });
  };
  for (const char* name :
       {"wooldridge_within", "wooldridge_differences", "wooldridge_random_walk", "baltagi_li_joint", "bera_sosa_yoon",
        "bera_sosa_yoon_effects", "pesaran_cd", "breusch_pagan_lm", "scaled_lm", "bias_corrected_lm", "modified_wald",
        "effects_f", "wooldridge_effects", "poolability", "pesaran_yamagata", "reset"})
    EXPECT_TRUE(has(all, name)) << name;
  EXPECT_FALSE(has(all, "chow")) << "which needs a period";
  const std::vector<headwater::Test> weighted = asked(fit_of("y ~ x + z | id", "w"), "diagnostics");
  EXPECT_FALSE(has(weighted, "poolability"));
  std::string said;
  for (const Note& note : weighted.front().notes)
    if (note.code == "diagnostic.left_out") said += note.message;
  EXPECT_EQ(said,
            "the diagnostic same_slopes is left out: same_slopes takes no weights; ask it of the model without them");
}

// A coefficient comes before a diagnostic of its name.
TEST(Diagnostics, LeaveCoefficientsTheirNames) {
  std::string csv = panel_text();
  csv.replace(csv.find(",x,"), 3, ",reset,");
  const Fit fit = test::fitted(test::panel_from(csv), "y ~ reset + z");
  EXPECT_EQ(asked(fit, "reset").front().name, "linear_combination");
  EXPECT_EQ(asked(fit, "reset = 1").front().name, "linear_combination");
  EXPECT_EQ(asked(fit, "reset(2)").front().name, "reset");
}

// A walk has a root, its changes have none; the two read off one panel of fourteen years.
TEST(UnitRoot, IsFoundWhereItIs) {
  std::string csv = "id,year,walk,noise,w\n";
  RandomStream random(5, 0, 0);
  for (int unit = 0; unit < 12; ++unit) {
    double walk = 0;
    for (int year = 1990; year < 2014; ++year) {
      walk += random.normal();
      char line[120];
      std::snprintf(line, sizeof line, "%c,%d,%.17g,%.17g,1\n", 'a' + unit, year, walk, random.normal());
      csv += line;
    }
  }
  const Fit fit = test::fitted(test::panel_from(csv), "walk ~ noise");
  for (const char* name : {"levin_lin_chu", "im_pesaran_shin", "fisher", "choi_pm", "choi_z", "choi_logit"}) {
    EXPECT_GT(one(fit, "unit_root", name).p_value, 0.01) << name;
    EXPECT_LT(one(fit, "unit_root(noise)", name).p_value, 1e-6) << name;
  }
  EXPECT_LT(one(fit, "unit_root", "hadri").p_value, 1e-6);
  EXPECT_GT(one(fit, "unit_root(noise)", "hadri").p_value, 0.01);
  EXPECT_EQ(one(fit, "unit_root(noise)", "fisher").hypothesis,
            "noise has a unit root in every unit, by the product of the p values");
  EXPECT_EQ(one(fit, "unit_root", "cips").hypothesis,
            "walk has a unit root in every unit, with shocks that units have in common");
}

TEST(UnitRoot, SaysWhatItNeeds) {
  const auto said = [](const std::string& csv, const std::string& text) -> std::string {
    try {
      asked(test::fitted(test::panel_from(csv), "y ~ x + z"), text);
    } catch (const Error& error) {
      return error.message();
    }
    return "no error";
  };
  EXPECT_EQ(
      said(panel_text(), "unit_root(of = w)"),
      "unit_root has of = 'w', which is neither outcome nor a regressor of the model; they are (Intercept), x, z");
  EXPECT_EQ(said(panel_text(), "unit_root(lags = -1)"), "unit_root has lags = -1; it is 0 or more");
  EXPECT_EQ(said(panel_text(), "unit_root(lags = 2)"),
            "unit_root has lags = 2 and id a has 7 rows; it needs 9 at least, so use fewer lags or leave it out");
  std::string csv = panel_text();
  const std::size_t from = csv.find("b,2003"), to = csv.find("b,2004");
  EXPECT_EQ(
      said(csv.erase(from, to - from), "unit_root"),
      "unit_root needs series without gaps, and id b has none of the period before 2004; take a subset without the "
      "gap");
  const std::vector<headwater::Test> unbalanced = asked(fit_of("y ~ x + z"), "unit_root");
  EXPECT_EQ(unbalanced.front().name, "im_pesaran_shin");
  EXPECT_EQ(unbalanced.front().notes.back().message,
            "levin_lin_chu and hadri are left out: they need as many periods of every unit");
}

std::string message_of(const std::string& formula, const std::string& text, const std::string& keys = "id year",
                       const std::string& weights = "") {
  try {
    const std::size_t blank = keys.find(' ');
    asked(test::fitted(test::panel_from(panel_text(), keys.substr(0, blank), keys.substr(blank + 1)), formula, "iid",
                       Singletons::keep, weights),
          text);
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST(Diagnostics, SayWhatTheyNeed) {
  EXPECT_EQ(message_of("y ~ x", "reset(1)"), "reset has powers = 1; the highest power lies between 2 and 9");
  EXPECT_EQ(message_of("y ~ x", "chow(1999)"),
            "chow has at = '1999', which is no period after the first of the rows used; they run from 2000 to 2010");
  EXPECT_EQ(message_of("y ~ x", "chow"),
            "chow has at = '', which is no period after the first of the rows used; they run from 2000 to 2010");
  EXPECT_EQ(message_of("y ~ x", "chow(2000)"),
            "chow has at = '2000', which is no period after the first of the rows used; they run from 2000 to 2010");
  EXPECT_EQ(message_of("y ~ x", "same_slopes", "id year", "w"),
            "same_slopes takes no weights; ask it of the model without them");
  EXPECT_EQ(message_of("y ~ x", "serial_correlation(gap = bridge)"),
            "serial_correlation has no option 'gap'; did you mean 'gaps'?");
}

TEST(Diagnostics, NeedRowsOfTheData) {
  Fit fit = fit_of("y ~ x + z");
  fit.linear->of_design = false;
  fit.estimator = "between";
  try {
    asked(fit, "common_shocks");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(
        error.message(),
        "common_shocks looks at the errors of rows of the data under least squares, and between has other rows; ask "
        "it of pooled or within");
  }
}

TEST(Diagnostics, NeedTheKeys) {
  Design design = *fit_of("y ~ x + z").design;
  design.has_unit = false;
  Fit fit = fit_of("y ~ x + z");
  fit.design = std::make_shared<const Design>(design);
  const auto said = [&](const std::string& text) -> std::string {
    try {
      asked(fit, text);
    } catch (const Error& error) {
      return error.message();
    }
    return "no error";
  };
  EXPECT_EQ(
      said("serial_correlation"),
      "serial_correlation compares units over periods and needs the unit and time keys with two of each at least");
  EXPECT_EQ(said("group_variances"), "group_variances compares units and needs the unit key with two of them at least");
  EXPECT_EQ(said("same_slopes"), "same_slopes compares units and needs the unit key with two of them at least");
}

}  // namespace
}  // namespace headwater
