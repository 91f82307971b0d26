#include <gtest/gtest.h>

#include <cmath>

#include "unit/estimators/small_rows.hpp"

namespace headwater {
namespace {

using test::errors_by;
using test::estimated;
using test::expect_error;
using test::expect_numbers;
using test::extra;
using test::keyless;
using test::small_rows;

Vector equal_errors(const Fit& fit) { return fit.equal_errors->covariance.diagonal().cwiseSqrt(); }

// Numbers of a linear programme by HiGHS and of formulas written out in numpy.
TEST(Quantile, EqualsALinearProgramme) {
  const Fit fit = estimated(small_rows(), "v ~ x + z", "quantile(tau = 0.3, density = kernel)", "", "cluster(unit)");
  expect_numbers(fit.coefficients, {2.859128567993681, 1.1234500051523355, -2.912341565623602}, 1e-12);
  expect_numbers(equal_errors(fit), {1.9070886016881576, 1.1575001009418582, 1.6585313476196908}, 1e-10);
  expect_numbers(errors_by(fit, true), {1.4654593735899148, 0.9859918355776969, 1.3330364797390022}, 1e-10);
  EXPECT_LE(fit.scores.rows().colwise().sum().cwiseAbs().maxCoeff(), 1e-12);
  EXPECT_FALSE(fit.linear);
  EXPECT_GT(extra(fit, "pseudo_r_squared"), 0);
  EXPECT_LT(extra(fit, "pseudo_r_squared"), 1);
}

TEST(Quantile, WithEffectsOnLocationAndSpread) {
  const Fit fit = estimated(small_rows(), "v ~ x + z | unit", "quantile(tau = 0.3, effects = mm)", "", "cluster(unit)");
  expect_numbers(fit.coefficients, {1.8003812506695402, -1.8131647922301277}, 1e-11);
  EXPECT_NEAR(extra(fit, "spread_quantile"), -0.8488279826557497, 1e-12);
  expect_numbers(equal_errors(fit), {0.49893311193901396, 0.8218772186626162}, 1e-9);
  expect_numbers(errors_by(fit, true), {0.3607054005402329, 0.5901034268260192}, 1e-9);
}

TEST(Quantile, WithEffectsThatShiftAllQuantiles) {
  const Fit fit =
      estimated(small_rows(), "v ~ x + z | unit", "quantile(tau = 0.3, effects = canay)", "", "cluster(unit)");
  expect_numbers(fit.coefficients, {1.6859101133351924, 2.3067642621400273, -1.5392099245838586}, 1e-11);
  expect_numbers(equal_errors(fit), {1.4209752654466585, 1.0388360434624102, 1.2699277573979353}, 1e-9);
  expect_numbers(errors_by(fit, true), {0.6230883411594674, 0.7501104808551262, 0.8477313142606485}, 1e-9);
  EXPECT_EQ(fit.names.front(), "(Intercept)");
  EXPECT_LE(fit.scores.rows().colwise().sum().cwiseAbs().maxCoeff(), 1e-11);
}

// Turned about: the τ quantile of −v is minus the 1 − τ quantile of v.
TEST(Quantile, TurnsWithTheOutcome) {
  const Panel panel = small_rows();
  for (const double tau : {0.2, 0.45, 0.9}) {
    const Fit high = estimated(panel, "v ~ x + z", "quantile(tau = " + shortest(tau) + ")", "", "iid"),
              low = estimated(panel, "I(-v) ~ x + z", "quantile(tau = " + shortest(1 - tau) + ")", "", "iid");
    for (Index j = 0; j < 3; ++j) {
      EXPECT_NEAR(high.coefficients(j), -low.coefficients(j), 1e-11);
      EXPECT_NEAR(high.bread(j, j), low.bread(j, j), 1e-9 * low.bread(j, j));
    }
  }
}

TEST(Quantile, TellsThatOthersFitAsWell) {
  const Fit fit =
      estimated(keyless("y,x\n1,0\n2,0\n3,0\n4,0\n2,1\n5,1\n7,1\n9,1\n"), "y ~ x", "quantile", "", "robust");
  ASSERT_FALSE(fit.notes.empty());
  EXPECT_EQ(
      fit.notes.front().message,
      "other coefficients fit this quantile as well as these, so theirs is one of several answers; the sum that is "
      "minimised is the same");
}

TEST(Quantile, RefusesWhatItCannotTell) {
  const Panel panel = small_rows();
  const auto asked = [&](const std::string& formula, const std::string& call) {
    return [&panel, formula, call] { estimated(panel, formula, call, "", "iid"); };
  };
  expect_error(ErrorKind::usage,
               "tau is 1 in quantile(tau = 1); it is the share of outcomes below, between 0 and 1, such as 0.9",
               asked("v ~ x", "quantile(tau = 1)"));
  expect_error(
      ErrorKind::usage,
      "an absorbed effect may move every quantile alike or stretch the spread as well, and the model v ~ x | "
      "unit with quantile(tau = 0.9) does not say which; write quantile(tau = 0.9, effects = canay) for the first, "
      "quantile(tau = 0.9, effects = mm) for the second, or factor(...) for dummies",
      asked("v ~ x | unit", "quantile(tau = 0.9)"));
  expect_error(ErrorKind::usage,
               "quantile(effects = mm) takes out an effect, such as y ~ x | trust, and the model v ~ x has none; leave "
               "the option effects out",
               asked("v ~ x", "quantile(effects = mm)"));
  expect_error(
      ErrorKind::usage,
      "quantile(effects = canay) takes out one effect without slopes, such as y ~ x | trust, and the model v ~ "
      "x | unit + year has 2 effects; write the others as factor(year)",
      asked("v ~ x | unit + year", "quantile(effects = canay)"));
  expect_error(
      ErrorKind::identification,
      "the density of the errors at the quantile cannot be told, because half of the rows are fitted exactly, "
      "and without it no coefficient has a standard error; take a quantile nearer to the middle, more rows or "
      "fewer regressors",
      [] { estimated(keyless("y,x\n1,1\n2,2\n3,3\n4,4\n9,5\n6,6\n7,7\n"), "y ~ x", "quantile", "", "robust"); });
}

TEST(Quantile, RefusesWeights) {
  expect_error(ErrorKind::usage,
               "the estimator quantile does not take weights, which the model v ~ z has; leave the weights out or use "
               "within or pooled",
               [] { estimated(small_rows(), "v ~ z", "quantile", "y", "iid"); });
}

}  // namespace
}  // namespace headwater
