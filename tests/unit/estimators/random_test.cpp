// Random effects against plm 2.6.2 (R 4.2.2) on eight units over seven years, whole and with twelve rows missing,
// against dense generalised least squares, nlme's likelihood, and what is refused.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/estimators/fit.hpp"
#include "headwater/estimators/whitening.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/panel/readers.hpp"
#include "plm_random.hpp"
#include "unit/estimators/estimated.hpp"

namespace headwater {
namespace {

Fit random_fit(const Panel& panel, const std::string& method, const std::string& formula = "y ~ x + z",
               const std::string& weights = "") {
  return test::estimated(panel, formula, method, weights, "iid");
}

void expect_close(double got, double expected, const std::string& what) {
  EXPECT_NEAR(got, expected, 2e-13 * std::max(1.0, std::abs(expected))) << what;
}

TEST(Random, EqualsPlmWithEveryEffectAndComponents) {
  for (const PlmCase& own : kPlm) {
    const std::string method = std::string("random(effect = ") + own.effect + ", components = " + own.components + ")";
    const std::string what = method + (own.whole ? ", whole" : ", rows missing");
    const Fit fit = random_fit(random_panel(own.whole), method);
    expect_close(fit.random->own_variance, own.variances[0], what);
    ASSERT_EQ(fit.random->effects.size() + 1, own.variances.size());
    for (std::size_t q = 0; q < fit.random->effects.size(); ++q)
      expect_close(fit.random->effects[q].variance, own.variances[q + 1], what);
    // plm gives the variance of the rows' own errors in unbalanced panels with two effects (which it forgets), else the
    // mean square of what it transforms.
    const bool own_variance = !own.whole && fit.random->effects.size() > 1;
    const double sigma2 = own_variance ? fit.random->own_variance : fit.goodness.sigma2;
    for (Index j = 0; j < 3; ++j) {
      const auto at = static_cast<std::size_t>(j);
      expect_close(fit.coefficients(j), own.coefficients[at], what);
      expect_close(std::sqrt(sigma2 * fit.bread(j, j)), own.errors[at], what);
    }
  }
}

// plm 2.6 weighs the time effects of an unbalanced two-way fit by the rows of other periods (it takes them in the order
// of their first rows), so these are of lm with dummies: Σ n (effect − mean)²/N · L/(L − 1) and rss/N.
TEST(Random, NerloveWithTwoEffectsInAnUnbalancedPanelIsOfDummies) {
  const RandomEffects random = *random_fit(random_panel(false), "random(effect = both, components = nerlove)").random;
  expect_close(random.own_variance, 0.0774941854341134, "own");
  expect_close(random.effects[0].variance, 1.7051078261545174, "unit");
  expect_close(random.effects[1].variance, 0.4305202462129589, "time");
}

// V of the rows in units of their own variance.
Matrix dense_covariance(const Fit& fit) {
  Matrix V = Matrix::Identity(fit.n(), fit.n());
  for (const RandomEffects::Effect& effect : fit.random->effects)
    for (Index i = 0; i < fit.n(); ++i)
      for (Index j = 0; j < fit.n(); ++j)
        if (effect.levels.code[static_cast<std::size_t>(i)] == effect.levels.code[static_cast<std::size_t>(j)])
          V(i, j) += effect.variance / fit.random->own_variance;
  return V;
}

TEST(Random, IsDenseGeneralisedLeastSquaresWithItsPredictions) {
  for (const bool whole : {true, false})
    for (const char* effect : {"unit", "time", "both"}) {
      const Fit fit =
          random_fit(random_panel(whole), std::string("random(effect = ") + effect + ", components = amemiya)");
      const Matrix V = dense_covariance(fit), inverse = inverse_definite(V);
      const Matrix W = fit.random->whitening->apply(Matrix::Identity(fit.n(), fit.n()));
      EXPECT_LT((W * V * W.transpose() - Matrix::Identity(fit.n(), fit.n())).cwiseAbs().maxCoeff(), 1e-12);
      EXPECT_LT((fit.random->whitening->transposed(Matrix::Identity(fit.n(), fit.n())) - W.transpose()).norm(), 1e-12);
      if (whole) {
        EXPECT_LT((W - W.transpose()).norm(), 1e-12);
      }
      const Matrix& X = fit.design->X;
      const Matrix bread = inverse_definite(X.transpose() * inverse * X);
      EXPECT_LT((fit.bread - bread).cwiseAbs().maxCoeff(), 1e-12);
      const Vector beta = bread * (X.transpose() * (inverse * fit.design->y));
      EXPECT_LT((fit.coefficients - beta).cwiseAbs().maxCoeff(), 1e-12);
      const Vector left = inverse * (fit.design->y - X * beta);
      Vector sum = X * beta + fit.linear->residuals;
      for (std::size_t q = 0; q < fit.random->effects.size(); ++q) {
        const RandomEffects::Effect& own = fit.random->effects[q];
        Vector predicted = Vector::Zero(own.levels.count);
        for (Index i = 0; i < fit.n(); ++i)
          predicted(own.levels.code[static_cast<std::size_t>(i)]) += own.variance / fit.random->own_variance * left(i);
        EXPECT_LT((own.predicted - predicted).cwiseAbs().maxCoeff(), 1e-12);
        sum += on_rows(own.predicted, own.levels);
        const Vector v = Vector::LinSpaced(fit.n(), -1, 2);
        EXPECT_NEAR(v.dot(on_rows(own.predicted, own.levels).col(0)),
                    prediction_weights(*fit.random, q, v).dot(fit.design->y - X * beta), 1e-11);
      }
      EXPECT_LT((sum - fit.design->y).cwiseAbs().maxCoeff(), 1e-12);
      EXPECT_LT(fit.scores.rows().colwise().sum().norm(), 1e-10);
      EXPECT_FALSE(is_least_squares(fit));
    }
}

TEST(Random, PredictsAsPlmsRanef) {
  const Fit fit = random_fit(random_panel(false), "random");
  const double expected[] = {1.9208862147114858,  -1.0365604044436063, -0.2178048819811480, -0.1273335943323628,
                             -0.8074424656593178, -0.4585334627803668, 0.7867729023520692,  -0.0599843078667544};
  for (Index i = 0; i < 8; ++i) expect_close(fit.random->effects[0].predicted(i), expected[i], "ranef");
}

TEST(Random, LikelihoodIsHighestThere) {
  const Fit fit = random_fit(random_panel(false), "random(components = maximum_likelihood)");
  const double ratio = fit.random->effects[0].variance / fit.random->own_variance;
  const auto value = [&](double at) {  // dense, at β and σ² of that ratio
    Matrix V = (dense_covariance(fit) - Matrix::Identity(fit.n(), fit.n())) * (at / ratio) +
               Matrix::Identity(fit.n(), fit.n());
    const Matrix inverse = inverse_definite(V);
    const Matrix& X = fit.design->X;
    const Vector beta = inverse_definite(X.transpose() * inverse * X) * (X.transpose() * (inverse * fit.design->y));
    const Vector e = fit.design->y - X * beta;
    const auto n = static_cast<double>(fit.n());
    return -0.5 * n * (std::log(2 * std::acos(-1.0) * e.dot(inverse * e) / n) + 1) -
           0.5 * symmetric_eigen(V).values.array().log().sum();
  };
  const double at = std::get<std::vector<double>>(fit.extras.at("log_likelihood").values)[0];
  EXPECT_NEAR(at, value(ratio), 1e-11);
  EXPECT_NEAR(at, -57.43284675454119, 1e-10);  // nlme 3.1
  EXPECT_NEAR(std::get<std::vector<double>>(fit.extras.at("log_likelihood_ols").values)[0], value(0), 1e-11);
  for (const double step : {-1e-3, -1e-5, 1e-5, 1e-3}) EXPECT_LT(value(ratio * (1 + step)), at + 1e-12);
  expect_close(fit.random->own_variance, fit.goodness.rss / static_cast<double>(fit.n()), "rss/n");
  EXPECT_NEAR(fit.random->own_variance, 0.50435655900754, 1e-6);
  EXPECT_NEAR(fit.random->effects[0].variance, 1.07479, 1e-5);
}

TEST(Random, HarmonicMeanIsStatas) {
  const Fit balanced = random_fit(random_panel(true), "random(components = harmonic_mean)"),
            usual = random_fit(random_panel(true), "random");
  EXPECT_LT((balanced.coefficients - usual.coefficients).cwiseAbs().maxCoeff(), 1e-13);
  // Rows of units enter through n/Σ(1/n_i) beside the unweighted between regression.
  const Panel panel = random_panel(false);
  const Fit fit = random_fit(panel, "random(components = harmonic_mean)"), between = random_fit(panel, "between"),
            within = random_fit(panel, "within", "y ~ x + z | id");
  double inverse = 0;
  for (Index i = 0; i < 8; ++i) inverse += 1 / level_sizes(fit.design->unit)(i);
  expect_close(fit.random->own_variance, within.goodness.sigma2, "own");
  expect_close(fit.random->effects[0].variance, between.goodness.sigma2 - within.goodness.sigma2 * inverse / 8,
               "effect");
}

TEST(Random, WithUnitMeansSlopesAreThoseWithin) {
  for (const bool whole : {true, false}) {
    const Panel panel = random_panel(whole);
    const Fit within = random_fit(panel, "within", "y ~ x + z | id");
    for (const char* components : {"swamy_arora", "amemiya", "nerlove", "maximum_likelihood"}) {
      const Fit fit = random_fit(panel, std::string("random(means = unit, components = ") + components + ")");
      EXPECT_EQ(fit.names, (Names{"(Intercept)", "x", "z", "mean(x)", "mean(z)"}));
      EXPECT_NEAR(fit.coefficients(1), within.coefficients(0), 1e-12) << components;
      EXPECT_NEAR(fit.coefficients(2), within.coefficients(1), 1e-12) << components;
    }
  }
}

TEST(Random, ANegativeVarianceIsZeroAndSaid) {
  // Units whose means are alike: what is between them is less than their rows' own variance lets expect.
  const Panel panel = [] {
    std::string csv = "id,year,y,x,z\n";
    for (int i = 0; i < 6; ++i)
      for (int t = 0; t < 4; ++t)
        csv += std::string(1, static_cast<char>('a' + i)) + "," + std::to_string(2000 + t) + "," +
               std::to_string(t % 2 == 0 ? 1 + i % 3 : -1 - i % 3) + "," + std::to_string((i * 7 + t * t * 3) % 5) +
               "," + std::to_string((i + 2 * t) % 4) + "\n";
    RawTable table = parse_csv(csv, "panel.csv", ',', {});
    return Panel(std::move(table.columns), {.unit = "id", .time = "year"}, std::move(table.source_rows),
                 std::move(table.ledger));
  }();
  const Fit fit = random_fit(panel, "random"), pooled = random_fit(panel, "pooled");
  ASSERT_LT(fit.random->effects[0].unbounded, 0);
  EXPECT_EQ(fit.random->effects[0].variance, 0);
  EXPECT_LT((fit.coefficients - pooled.coefficients).cwiseAbs().maxCoeff(), 1e-14);
  EXPECT_EQ(fit.random->effects[0].predicted.norm(), 0);
  ASSERT_EQ(fit.notes.size(), 1u);
  EXPECT_EQ(fit.notes[0].code, "random.negative_variance");
  EXPECT_EQ(fit.notes[0].message,
            "the variance of the id effects is estimated as " + significant(fit.random->effects[0].unbounded, 3) +
                " and set to zero, as plm and Stata do: what is reported is pooled least squares");
  EXPECT_EQ(random_fit(panel, "random(components = maximum_likelihood)").random->effects[0].variance, 0);
}

void expect_refused(const char* method, const char* formula, const std::string& message, const Panel& panel,
                    const char* weights = "") {
  try {
    random_fit(panel, method, formula, weights);
    ADD_FAILURE() << "no error; expected: " << message;
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), message);
  }
}

TEST(Random, RefusesByName) {
  const Panel panel = random_panel(false);
  expect_refused("random", "y ~ x",
                 "the estimator random does not take weights, which the model y ~ x has; leave the weights out or use "
                 "within or pooled",
                 panel, "z");
  expect_refused("random", "y ~ x | year",
                 "the estimator random does not take effects, which the model y ~ x | year has; use within", panel);
  expect_refused("random", "y ~ x - 1",
                 "random needs a constant, which the formula y ~ x - 1 leaves out: the effects vary about it", panel);
  expect_refused("random(effect = both, components = maximum_likelihood)", "y ~ x",
                 "random has components = maximum_likelihood for one effect only; with effect = both use swamy_arora, "
                 "wallace_hussain, amemiya or nerlove",
                 panel);
  expect_refused(
      "random", "I(2*x) ~ x + z",
      "the regressors explain everything that varies within id, so the rows have no variance of their own to "
      "weigh the effects against; use within",
      panel);
  expect_refused("random", "y ~ x + z + I(x^2) + I(z^2) + I(x*z) + I(x^3) + I(z^3)",
                 "the between regression has 8 coefficients in the means of 8 levels of id, which leaves no degrees of "
                 "freedom for a variance; use fewer regressors, or other components: wallace_hussain, amemiya, nerlove "
                 "or maximum_likelihood",
                 panel);
}

TEST(Random, DoesNotDependOnOrderNamesOrUnitsOfMeasure) {
  const Panel panel = random_panel(false);
  const Fit fit = random_fit(panel, "random(effect = both)"),
            scaled = random_fit(panel, "random(effect = both)", "y ~ I(1000*x) + z");
  EXPECT_NEAR(scaled.coefficients(1) * 1000, fit.coefficients(1), 1e-12);
  EXPECT_NEAR(scaled.random->own_variance, fit.random->own_variance, 1e-12);
  const Fit twice = random_fit(panel, "random(effect = both)", "y ~ x + I(2*x) + z");
  EXPECT_EQ(twice.names, fit.names);
  EXPECT_LT((twice.coefficients - fit.coefficients).cwiseAbs().maxCoeff(), 1e-12);
  EXPECT_NEAR(twice.random->effects[1].variance, fit.random->effects[1].variance, 1e-12);
}

}  // namespace
}  // namespace headwater
