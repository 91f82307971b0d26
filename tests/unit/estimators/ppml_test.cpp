#include <gtest/gtest.h>

#include <cmath>

#include "unit/estimators/linked_panel.hpp"

namespace headwater {
namespace {

using test::coefficient;
using test::counts;
using test::estimated;
using test::expect_error;
using test::expect_same;
using test::keyless;

using Lost = std::vector<std::pair<std::string, std::int64_t>>;

TEST(Ppml, OneDummyIsTheRatioOfMeans) {
  const Panel panel = keyless("y,x,w\n0,0,1\n3,0,2\n4,0,1\n7,1,1\n0,1,3\n9,1,1\n");
  const Fit fit = estimated(panel, "y ~ x", "ppml", "", "iid");
  EXPECT_NEAR(fit.coefficients(0), std::log(7.0 / 3), 1e-14);
  EXPECT_NEAR(fit.coefficients(1), std::log(16.0 / 7), 1e-14);
  // The information of a mean of counts is its sum.
  EXPECT_NEAR(fit.bread(1, 1), 1.0 / 7 + 1.0 / 16, 1e-14);
  const Fit weighted = estimated(panel, "y ~ x", "ppml", "w", "iid");
  EXPECT_NEAR(weighted.coefficients(1), std::log((16.0 / 5) / (10.0 / 4)), 1e-14);
}

TEST(Ppml, EqualsDummiesWrittenOut) {
  for (const std::uint64_t seed : {1, 2, 3})
    for (const std::string weights : {"", "w"}) {
      const Panel panel = counts(seed);
      const Fit absorbed = estimated(panel, "y ~ x + z + exposure(size) | id + year", "ppml", weights, "iid");
      const Fit written =
          estimated(panel, "y ~ x + z + offset(log(size)) + factor(id) + factor(year)", "ppml", weights, "iid");
      expect_same(absorbed, written, {"x", "z"}, 1e-9);
      EXPECT_EQ(absorbed.n(), written.n());
      EXPECT_EQ(absorbed.df_residual, written.df_residual);
      EXPECT_NEAR(absorbed.likelihood->value, written.likelihood->value, 1e-9);
      EXPECT_NEAR(absorbed.linked->deviance, written.linked->deviance, 1e-9);
      EXPECT_LE((absorbed.linked->mean - written.linked->mean).cwiseAbs().maxCoeff(),
                1e-9 * written.linked->mean.maxCoeff());
    }
}

TEST(Ppml, ScoresSumToZeroWithColumnsAndLevels) {
  const Fit fit = estimated(counts(4), "y ~ x + z | id + area^year", "ppml", "w", "iid");
  const Matrix rows = fit.scores.rows();
  EXPECT_LE(rows.colwise().sum().cwiseAbs().maxCoeff(), 1e-9 * rows.cwiseAbs().sum());
  for (const Effect& effect : fit.design->effects) {
    Vector sums = Vector::Zero(effect.levels.count);
    for (Index i = 0; i < fit.n(); ++i)
      sums(effect.levels.code[static_cast<std::size_t>(i)]) +=
          fit.design->weights(i) * (fit.design->y(i) - fit.linked->mean(i));
    EXPECT_LE(sums.cwiseAbs().maxCoeff(), 1e-8);
  }
}

TEST(Ppml, WeightsAreRepeatedRows) {
  std::string twice = "y,x,g\n", once = "y,x,g,w\n";
  RandomStream draws(5, 0, 0);
  for (int i = 0; i < 40; ++i) {
    const double x = draws.normal(), y = std::floor(3 * draws.uniform() * std::exp(0.3 * x));
    const int copies = 1 + i % 3;
    const std::string row = shortest(y) + "," + shortest(x) + "," + std::to_string(i % 5);
    once += row + "," + std::to_string(copies) + "\n";
    for (int copy = 0; copy < copies; ++copy) twice += row + "\n";
  }
  const Fit weighted = estimated(keyless(once), "y ~ x | g", "ppml", "w", "iid");
  const Fit repeated = estimated(keyless(twice), "y ~ x | g", "ppml", "", "iid");
  expect_same(weighted, repeated, {"x"}, 1e-11);
  EXPECT_NEAR(weighted.likelihood->value, repeated.likelihood->value, 1e-11);
  EXPECT_NEAR(weighted.linked->null_value, repeated.linked->null_value, 1e-11);
}

TEST(Ppml, EffectsAndSlopesMakeThePredictor) {
  const Fit fit = estimated(counts(6), "y ~ x + exposure(size) | id + area[z]", "ppml", "w", "iid");
  const std::vector<Matrix> effects = effect_coefficients(fit);
  const Design& design = *fit.design;
  for (Index i = 0; i < fit.n(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    const Index id = design.effects[0].levels.code[at], area = design.effects[1].levels.code[at];
    const double predictor = design.X(i, 0) * fit.coefficients(0) + design.offset(i) + effects[0](id, 0) +
                             effects[1](area, 0) + effects[1](area, 1) * design.effects[1].slopes(i, 0);
    EXPECT_NEAR(predictor, fit.linked->predictor(i), 1e-10);
  }
}

// What an offset does not explain is all that is left: exposure is a rate.
TEST(Ppml, ExposureMakesRates) {
  const Fit fit = estimated(keyless("y,x,size\n2,0,1\n6,0,3\n0,0,4\n9,1,2\n12,1,4\n3,1,2\n"), "y ~ x + exposure(size)",
                            "ppml", "", "iid");
  EXPECT_NEAR(fit.coefficients(0), std::log(8.0 / 8), 1e-14);
  EXPECT_NEAR(fit.coefficients(1), std::log(24.0 / 8), 1e-14);
  EXPECT_EQ(fit.design->spec.formula.text, "y ~ x + offset(log(size))");
}

// A row so far from the others that its mean is next to nothing beside its outcome.
TEST(Ppml, SettlesBesideARowFarAway) {
  std::string csv = "y,x\n2,-700\n";
  RandomStream draws(9, 0, 0);
  for (int i = 0; i < 60; ++i) {
    const double x = draws.normal();
    csv += shortest(std::floor(4 * draws.uniform() * std::exp(x))) + "," + shortest(x) + "\n";
  }
  const Panel panel = keyless(csv);
  const Fit fit = estimated(panel, "y ~ x", "ppml", "", "iid");
  EXPECT_EQ(fit.n(), 61);
  EXPECT_LE(fit.scores.rows().colwise().sum().cwiseAbs().maxCoeff(), 1e-9 * fit.scores.rows().cwiseAbs().sum());
}

TEST(Ppml, RowsWithoutAnOffsetAreLeftOutAndCounted) {
  const Fit fit = estimated(keyless("y,x,size\n2,0,1\n6,1,3\n0,0,4\n9,1,0\n12,1,\n3,0,2\n"), "y ~ x + exposure(size)",
                            "ppml", "", "iid");
  EXPECT_EQ(fit.n(), 4);
  EXPECT_EQ(fit.design->ledger.dropped,
            (Lost{{"offset: log(size) of a value that is not positive", 1}, {"offset: size missing (empty)", 1}}));
}

TEST(Ppml, RefusesWhatHasNoMean) {
  const Panel panel = keyless("y,x,flat,none\n2,0,3,0\n-1,1,3,0\n0,0,3,0\n4,1,3,0\n");
  expect_error(
      ErrorKind::data,
      "counts.csv, row 3: the outcome y is -1; ppml needs one that is zero or more; leave such rows out or use "
      "another estimator",
      [&] { estimated(panel, "y ~ x", "ppml", "", "iid"); });
  expect_error(ErrorKind::data, "the outcome flat has the same value in all 4 rows used; there is nothing to explain",
               [&] { estimated(panel, "flat ~ x", "ppml", "", "iid"); });
  expect_error(
      ErrorKind::identification,
      "every row has its outcome none at an end of what a mean can be, in a way that regressors and effects tell "
      "exactly, so no coefficient of ppml is finite; use fewer regressors or effects",
      [&] { estimated(panel, "none ~ x", "ppml", "", "iid"); });
  expect_error(ErrorKind::usage,
               "the estimator pooled does not take offsets, which the model y ~ x + offset(flat) has; subtract it from "
               "the outcome, or use ppml",
               [&] { estimated(panel, "y ~ x + offset(flat)", "pooled", "", "iid"); });
}

// ---- separation: examples published with ppmlhdfe ----------------------------------------------------------------

TEST(Separation, ARegressorThatIsPositiveAtZeroAlone) {
  const Fit fit = estimated(keyless("y,x\n0,1\n0,1\n0,0\n1,0\n2,0\n3,0\n"), "y ~ x", "ppml", "", "iid");
  EXPECT_EQ(fit.design->ledger.dropped, (Lost{{"separated by x", 2}}));
  EXPECT_EQ(fit.names, Names{"(Intercept)"});
  EXPECT_NEAR(fit.coefficients(0), std::log(1.5), 1e-14);
  ASSERT_EQ(fit.not_identified.size(), 1u);
  EXPECT_EQ(fit.not_identified[0].because, Names{"an infinite coefficient, whose rows are set aside as separated"});
  ASSERT_EQ(fit.notes.size(), 1u);
  EXPECT_EQ(fit.notes[0].message,
            "2 rows were set aside because the likelihood has no maximum with them: the coefficient of x would be "
            "infinite and fit the outcome there exactly; the other coefficients do not depend on such rows (Correia, "
            "Guimarães and Zylkin 2019)");
}

TEST(Separation, ACombinationOfTwoRegressors) {
  const Fit fit =
      estimated(keyless("y,x1,x2\n0,2,-1\n0,-1,2\n0,0,0\n1,0,0\n2,5,-10\n3,6,-12\n"), "y ~ x1 + x2", "ppml", "", "iid");
  EXPECT_EQ(fit.design->ledger.dropped, (Lost{{"separated by x1, x2", 1}}));
  EXPECT_EQ(fit.n(), 5);
  EXPECT_EQ(fit.names, (Names{"(Intercept)", "x1"}));
}

TEST(Separation, OneCombinationOfTenRows) {
  const Fit fit =
      estimated(keyless("y,x1,x2,x3\n0,0,1,0\n0,0,0,0\n0,0,0,0\n0,0,0,0\n0,1,9,0\n2,21,21,21\n3,0,0,0\n5,0,0,0\n"
                        "7,0,0,0\n10,-18,-18,0\n"),
                "y ~ x1 + x2 + x3", "ppml", "", "iid");
  EXPECT_EQ(fit.design->ledger.dropped, (Lost{{"separated by x1, x2", 2}}));
  EXPECT_NEAR(coefficient(fit, "x3"), 0.066, 5e-4);
}

TEST(Separation, OneRowOfTwelve) {
  const Fit fit =
      estimated(keyless("y,x1,x2,x3,x4\n0,0,0,2,10\n0,0,0,0,-2\n0,0,0,0,6\n0,0,0,4,5\n0,1,0,0,3\n2,0,0,0,3\n"
                        "2,0,0,0,4\n2,0,0,-2,15\n2,0,0,0,-7\n4,0,0,-3,15\n6,-3,-3,0,4\n6,0,0,0,4\n"),
                "y ~ x1 + x2 + x3 + x4", "ppml", "", "iid");
  EXPECT_EQ(fit.n(), 11);
  EXPECT_NEAR(coefficient(fit, "(Intercept)"), 0.59095, 5e-6);
}

TEST(Separation, LevelsWithoutACount) {
  const Fit fit =
      estimated(keyless("y,id\n0,1\n0,1\n0,2\n1,2\n2,3\n3,3\n"), "y ~ 1 + i(id, ref = 2)", "ppml", "", "iid");
  EXPECT_EQ(fit.n(), 4);
  const Fit absorbed =
      estimated(keyless("y,x,id\n0,3,1\n0,1,1\n0,2,2\n1,4,2\n2,1,3\n3,7,3\n"), "y ~ x | id", "ppml", "", "iid");
  EXPECT_EQ(absorbed.design->ledger.dropped, (Lost{{"no variation of the outcome within id (separated)", 2}}));
  ASSERT_EQ(absorbed.notes.size(), 1u);
  EXPECT_EQ(absorbed.notes[0].message,
            "2 rows were set aside because the likelihood has no maximum with them: the coefficient of a level of an "
            "effect would be infinite and fit the outcome there exactly; the other coefficients do not depend on such "
            "rows (Correia, Guimarães and Zylkin 2019)");
}

// No level of either effect is without a count, but levels of one can rise against those of the other.
TEST(Separation, TwoEffectsTogether) {
  const Fit fit = estimated(keyless("y,x,i,j\n0,1,a,2\n1,2,a,1\n3,1,a,1\n2,5,b,2\n4,2,b,2\n1,1,b,2\n5,3,a,1\n"),
                            "y ~ x | i + j", "ppml", "", "iid");
  EXPECT_EQ(fit.design->ledger.dropped, (Lost{{"separated by i, j", 1}}));
  EXPECT_EQ(fit.effects_rank.rank, 2);
}

TEST(Separation, NothingIsFoundWhereNothingIs) {
  for (const std::uint64_t seed : {7, 8, 9}) {
    const Fit fit = estimated(counts(seed), "y ~ x + z", "ppml", "", "iid");
    EXPECT_TRUE(fit.design->ledger.dropped.empty());
  }
}

// Levels left with one row once others are set aside go too where singletons go.
TEST(Separation, NewSingletonsGo) {
  Spec spec;
  const Panel panel = keyless("y,x,i,j\n0,1,a,1\n0,2,a,2\n3,1,b,1\n4,5,b,3\n6,2,c,3\n1,1,c,3\n2,4,b,3\n5,2,c,2\n");
  spec.formula = expand(parse_formula("y ~ x | i + j")).front();
  spec.estimator = parse_method_call("ppml");
  spec.covariance = parse_method_call("iid");
  const Fit fit = estimate(panel, std::make_shared<const Design>(make_design(panel, spec)));
  EXPECT_EQ(fit.design->ledger.dropped,
            (Lost{{"no variation of the outcome within i (separated)", 2}, {"singleton level of j", 2}}));
  EXPECT_EQ(fit.n(), 4);
}

}  // namespace
}  // namespace headwater
