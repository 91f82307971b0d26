// Identities that hold whatever the data: they need no other program.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "headwater/core/error.hpp"
#include "headwater/core/random.hpp"
#include "headwater/core/text.hpp"
#include "headwater/estimators/fit.hpp"
#include "headwater/panel/readers.hpp"
#include "unit/estimators/estimated.hpp"

namespace headwater {
namespace {

// Units over years, some missing; e1, e2 move with the error of y, z1 to z3 move them; `twice` holds each row twice.
std::string panel_csv(std::uint64_t seed, bool twice = false) {
  RandomStream random(seed, 0, 0);
  std::string csv = "id,year,y,x,e1,e2,z1,z2,z3,z4,w,one\n";
  for (int unit = 0; unit < 17; ++unit) {
    const double alpha = random.normal();
    for (int year = 0; year < 6; ++year) {
      const double z1 = random.normal(), z2 = random.normal(), z3 = random.normal(), u = random.normal();
      const double x = random.normal() + alpha, e1 = z1 + 0.5 * z2 + alpha + u + random.normal(),
                   e2 = z3 - 0.4 * z1 + 0.5 * u + random.normal(), y = 0.5 * x + e1 - e2 + alpha + u;
      const int w = 1 + static_cast<int>(random.below(2));
      if (random.uniform() < 0.15) continue;
      const auto row = [&](int weight) {
        csv += std::to_string(unit) + "," + std::to_string(2000 + year);
        for (const double v : {y, x, e1, e2, z1, z2, z3, 2 * z1 + x}) csv += "," + shortest(v);
        csv += "," + std::to_string(weight) + ",1\n";
      };
      for (int copy = 0; copy < (twice ? w : 1); ++copy) row(w);
    }
  }
  return csv;
}

Fit fitted(const std::string& formula, const std::string& method, const std::string& weights = "",
           const std::string& rule = "robust", bool twice = false, std::uint64_t seed = 5) {
  RawTable table = parse_csv(panel_csv(seed, twice), "panel.csv", ',', {});
  const Panel panel(std::move(table.columns), twice ? Panel::Keys{} : Panel::Keys{.unit = "id", .time = "year"},
                    std::move(table.source_rows), std::move(table.ledger));
  return test::estimated(panel, formula, method, weights, rule);
}

void same(const Fit& a, const Fit& b, double tolerance) {
  for (const std::string name : {"x", "e1", "e2"}) {
    const auto i = coefficient_index(a, name), j = coefficient_index(b, name);
    ASSERT_EQ(i.has_value(), j.has_value()) << name;
    if (!i) continue;
    EXPECT_NEAR(a.coefficients(*i), b.coefficients(*j), tolerance) << name;
    EXPECT_LT((influence(a).col(*i) - influence(b).col(*j)).norm(), tolerance * influence(a).col(*i).norm()) << name;
  }
}

std::string message_of(const std::string& formula, const std::string& method, const std::string& rule = "robust") {
  try {
    fitted(formula, method, "", rule);
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST(Instrumented, ExactlyIdentifiedEveryWayIsOne) {
  for (const std::string weights : {"", "w"})
    for (const std::string method : {"pooled", "within"}) {
      const std::string formula =
          method == "pooled" ? "y ~ x | e1 + e2 ~ z1 + z3" : "y ~ x | id + year | e1 + e2 ~ z1 + z3";
      const Fit two_stage = fitted(formula, method, weights);
      for (const std::string how : {"liml", "gmm", "gmm, weight = unadjusted", "gmm, weight = rows", "kclass, k = 1",
                                    "gmm, weight = lags, lag = 2", "cue", "cue, weight = unadjusted"})
        same(two_stage, fitted(formula, method + "(iv = " + how + ")", weights), 1e-10);
      same(two_stage, fitted(formula, method + "(iv = gmm)", weights, "cluster(id)"), 1e-10);
    }
}

// By GMM the coefficients alone: the dummies' own then weigh with the moments, and so the residuals.
TEST(Instrumented, AbsorbedEqualsDummies) {
  for (const std::string how : {"2sls", "liml", "fuller", "gmm", "kclass, k = 0.7"})
    for (const std::string weights : {"", "w"}) {
      const Fit absorbed = fitted("y ~ x | id + year | e1 + e2 ~ z1 + z2 + z3", "within(iv = " + how + ")", weights);
      const Fit dummies =
          fitted("y ~ x + factor(id) + factor(year) | e1 + e2 ~ z1 + z2 + z3", "pooled(iv = " + how + ")", weights);
      if (how != "gmm") same(absorbed, dummies, 1e-10);
      for (const std::string name : {"x", "e1", "e2"})
        EXPECT_NEAR(absorbed.coefficients(*coefficient_index(absorbed, name)),
                    dummies.coefficients(*coefficient_index(dummies, name)), 1e-10)
            << how;
    }
}

TEST(Instrumented, ByItselfIsLeastSquares) {
  same(fitted("y ~ x | id | e1 ~ e1", "within"), fitted("y ~ x + e1 | id", "within"), 1e-12);
  same(fitted("y ~ x | e1 + e2 ~ e1 + e2", "pooled(iv = liml)", "w"), fitted("y ~ x + e1 + e2", "pooled", "w"), 1e-12);
  same(fitted("y ~ x | id | e1 ~ z1", "within(iv = kclass, k = 0)"), fitted("y ~ x + e1 | id", "within"), 1e-11);
}

TEST(Instrumented, RowsTwiceAreWeightsOfTwo) {
  for (const std::string how : {"2sls", "liml"}) {
    const Fit weighted = fitted("y ~ x | e1 ~ z1 + z2", "pooled(iv = " + how + ")", "w"),
              copies = fitted("y ~ x | e1 ~ z1 + z2", "pooled(iv = " + how + ")", "", "robust", true);
    for (const std::string name : {"x", "e1"})
      EXPECT_NEAR(weighted.coefficients(*coefficient_index(weighted, name)),
                  copies.coefficients(*coefficient_index(copies, name)), 1e-11);
  }
}

TEST(Instrumented, TwoStagesByHand) {
  const Fit fit = fitted("y ~ x | id | e1 ~ z1 + z2", "within");
  ASSERT_TRUE(fit.first_stages);
  const FirstStages& stages = *fit.first_stages;
  EXPECT_EQ(stages.fits.size(), 1u);
  EXPECT_EQ(stages.fits.front().names, (Names{"x", "z1", "z2"}));
  EXPECT_EQ(stages.excluded, 2);
  const Fit stage = fitted("e1 ~ x + z1 + z2 | id", "within");
  EXPECT_LT((stages.fits.front().coefficients - stage.coefficients).norm(), 1e-12);
  EXPECT_EQ(stages.fits.front().df_residual, stage.df_residual);
  EXPECT_NEAR(stages.fits.front().goodness.sigma2, stage.goodness.sigma2, 1e-12);
  const Matrix scores = fit.scores.rows();
  EXPECT_LT(scores.colwise().sum().norm(), 1e-9 * scores.norm());
  EXPECT_EQ(fit.scores.columns->cols(), 2);
  EXPECT_FALSE(is_least_squares(fit));
}

TEST(Instrumented, OfMeansAndDifferencesTransformTheInstruments) {
  const Fit means = fitted("y ~ x | e1 ~ z1 + z2", "between"),
            differences = fitted("y ~ x | e1 ~ z1 + z2", "first_difference");
  EXPECT_EQ(means.n(), 17);
  EXPECT_FALSE(means.linear->of_design);
  EXPECT_LT((means.scores.rows().colwise().sum()).norm(), 1e-10);
  EXPECT_LT((differences.scores.rows().colwise().sum()).norm(), 1e-10);
}

TEST(Instrumented, CollinearInstrumentsAreNamed) {
  const Fit fit = fitted("y ~ x | e1 ~ z1 + z4", "pooled");  // z4 is 2 z1 + x
  ASSERT_EQ(fit.not_identified.size(), 1u);
  EXPECT_EQ(fit.not_identified.front().term, "z4");
  EXPECT_EQ(joined(fit.not_identified.front().because, ", "), "x, z1");
  same(fit, fitted("y ~ x | e1 ~ z1", "pooled"), 1e-12);
}

TEST(Instrumented, RefusesWhatIsNotIdentified) {
  EXPECT_EQ(message_of("y ~ x | e1 + e2 ~ z1", "pooled"),
            "2 endogenous regressors (e1, e2) and 1 instrument left out of the equation (z1): there must be as many "
            "instruments as endogenous regressors; give more, or take a regressor out");
  EXPECT_EQ(
      message_of("y ~ x | e1 ~ x", "pooled"),
      "1 endogenous regressor (e1) and 0 instruments left out of the equation: there must be as many instruments as "
      "endogenous regressors; give more, or take a regressor out");
  EXPECT_EQ(
      message_of("y ~ x | id | one ~ z1", "within"),
      "no endogenous regressor is left for the instruments to move (not identified: one); name one that varies within "
      "the effects, or leave the instruments out");
  EXPECT_EQ(
      message_of("y ~ x", "pooled(iv = liml)"),
      "option 'iv' of pooled is about instruments, and the formula has none; write y ~ x | effects | endogenous ~ "
      "instruments");
  EXPECT_EQ(message_of("y ~ x + e1 | e1 ~ z1", "pooled"),
            "'e1' is among the regressors and among the endogenous ones; write it left of the instruments' '~' alone");
  EXPECT_EQ(message_of("y ~ x | e1 ~ z1 + z2", "pooled(iv = fuller, fuller = -1)"),
            "option 'fuller' is -1; give a positive number, such as 1");
  EXPECT_EQ(
      message_of("y ~ x | e1 ~ z1 + z2", "pooled(iv = gmm, weight = clusters)"),
      "GMM weighs by the sums of one way of clustering, and the covariance has none; write covariance = cluster(one "
      "column), or weight = rows");
  EXPECT_EQ(message_of("y ~ x | e1 ~ z1 + z2", "between(iv = gmm, weight = lags, lag = 1)"),
            "weight = lags needs rows of at least two periods and the time key; these rows have none");
  EXPECT_EQ(message_of("y ~ x | e1 ~ z1", "mundlak"),
            "the estimator mundlak does not take instruments, which the model y ~ x | e1 ~ z1 has; use pooled, within, "
            "between, random or a difference");
}

}  // namespace
}  // namespace headwater
