#include "headwater/diagnostics/instruments.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "headwater/core/distributions.hpp"
#include "headwater/core/random.hpp"
#include "headwater/core/text.hpp"
#include "headwater/linalg/quadratic_roots.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

// 14 units over 6 years; `strength` is the coefficient of both instruments in e1.
Panel panel_of(std::uint64_t seed, double strength) {
  RandomStream random(seed, 1, 0);
  std::string csv = "id,year,y,x,e1,e2,z1,z2,z3,w\n";
  for (int unit = 0; unit < 14; ++unit)
    for (int year = 0; year < 6; ++year) {
      const double z1 = random.normal(), z2 = random.normal(), z3 = random.normal(), u = random.normal(),
                   x = random.normal(), w = 0.5 + random.uniform();
      const double e1 = strength * (z1 + z2) + u + random.normal(), e2 = z3 - u + random.normal();
      csv += std::to_string(unit) + "," + std::to_string(2000 + year);
      for (const double v : {0.5 * x + 0.7 * e1 + u, x, e1, e2, z1, z2, z3, w}) csv += "," + shortest(v);
      csv += "\n";
    }
  RawTable table = parse_csv(csv, "panel.csv", ',', {});
  return Panel(std::move(table.columns), {.unit = "id", .time = "year"}, std::move(table.source_rows),
               std::move(table.ledger));
}

Fit fitted(const Panel& panel, const std::string& formula, const std::string& rule, const std::string& weights = "",
           const std::string& estimator = "") {
  Spec spec;
  spec.formula = expand(parse_formula(formula)).at(0);
  spec.estimator = parse_method_call(!estimator.empty()             ? estimator
                                     : spec.formula.effects.empty() ? "pooled"
                                                                    : "within");
  spec.covariance = parse_method_call(rule);
  spec.weights = weights;
  spec.singletons = Singletons::keep;
  return estimate(panel, std::make_shared<const Design>(make_design(panel, spec)));
}

// F that the instruments have no coefficient in the regression of y - b e1, fitted anew.
double refitted_f(const Panel& panel, double b, const std::string& rule, const std::string& weights) {
  const Fit fit = fitted(panel, "I(y - " + shortest(b) + " * e1) ~ x + z1 + z2 | id", rule, weights);
  return zero_test(fit, covariance(fit), {1, 2}, "").statistic;
}

bool holds(const std::vector<std::pair<double, double>>& set, double b) {
  for (const auto& [low, high] : set)
    if (low <= b && b <= high) return true;
  return false;
}

TEST(AndersonRubin, SetIsThatOfRefitsWhateverItsShape) {
  int intervals = 0, rays = 0, lines = 0;
  for (std::uint64_t seed = 1; seed <= 24; ++seed)
    for (const std::string rule : {"iid", "cluster(id)"}) {
      const std::string weights = seed % 2 == 0 ? "w" : "";
      const Panel panel = panel_of(seed, seed % 3 == 0 ? 1 : 0.12);
      const Fit fit = fitted(panel, "y ~ x | id | e1 ~ z1 + z2", rule, weights);
      const Covariance own = covariance(fit);
      const headwater::Test test = anderson_rubin(fit, own);
      const double critical = f_quantile(0.95, 2, test.df2);
      EXPECT_NEAR(test.statistic, refitted_f(panel, 0, rule, weights), 1e-9 * std::max(1.0, test.statistic));
      for (const double b : {-30.0, -5.0, -1.0, 0.0, 0.4, 0.7, 1.0, 1.5, 3.0, 10.0, 40.0})
        EXPECT_EQ(holds(test.set, b), refitted_f(panel, b, rule, weights) <= critical)
            << seed << " " << rule << " " << b;
      for (const auto& [low, high] : test.set)
        for (const double end : {low, high})
          if (std::isfinite(end)) {
            EXPECT_NEAR(refitted_f(panel, end, rule, weights), critical, 1e-6) << seed;
          }
      if (test.set.size() == 1 && std::isfinite(test.set.front().first)) ++intervals;
      if (test.set.size() == 2) ++rays;
      if (test.set.size() == 1 && std::isinf(test.set.front().first) && std::isinf(test.set.front().second)) ++lines;
    }
  EXPECT_GT(intervals, 0);
  EXPECT_GT(rays, 0);
  EXPECT_GT(lines, 0);
}

TEST(FirstStages, StatisticsAgreeWhereTheyMust) {
  const Panel panel = panel_of(3, 0.8);
  for (const std::string weights : {"", "w"}) {
    const Fit one = fitted(panel, "y ~ x | id | e1 ~ z1 + z2", "iid", weights);
    const auto s = instrument_strength(one, covariance(one, one.design->spec.covariance, "areg"));
    ASSERT_TRUE(s);
    EXPECT_NEAR(s->rk_f, s->cragg_donald, 1e-10 * s->rk_f);
    EXPECT_NEAR(s->effective, s->first_stage.front().statistic, 1e-10 * s->effective);
    EXPECT_NEAR(s->effective, s->cragg_donald, 1e-10 * s->effective);
    const Fit two = fitted(panel, "y ~ x | id | e1 + e2 ~ z1 + z2 + z3", "iid", weights);
    const auto several = instrument_strength(two, covariance(two));
    EXPECT_NEAR(several->rk_f, several->cragg_donald, 1e-9 * several->rk_f);
    EXPECT_TRUE(std::isnan(several->effective));
    EXPECT_EQ(several->rk_df, 2);
  }
  const Fit ols = fitted(panel, "y ~ x + e1 | id", "iid");
  EXPECT_FALSE(instrument_strength(ols, covariance(ols)));
}

// Montiel Olea and Pflueger (2013), table 1: 23.1 for one effective degree of freedom, 10 % of the worst bias.
TEST(FirstStages, CriticalValueOfTheEffectiveF) {
  EXPECT_NEAR(noncentral_chi_squared_quantile(0.95, 1, 10), 23.1, 0.05);
  const Panel panel = panel_of(4, 0.8);
  const Fit fit = fitted(panel, "y ~ x | id | e1 ~ z1", "cluster(id)");
  EXPECT_NEAR(instrument_strength(fit, covariance(fit))->critical, 23.1, 0.05);
}

TEST(FirstStages, WeaknessIsSaid) {
  const Fit fit = fitted(panel_of(7, 0.02), "y ~ x | id | e1 ~ z1 + z2", "cluster(id)");
  const auto s = instrument_strength(fit, covariance(fit));
  ASSERT_EQ(s->notes.size(), 1u);
  EXPECT_EQ(s->notes.front().message,
            "the instruments of e1 are weak: the effective F is " + significant(s->effective, 3) +
                ", and a bias below 10 % of the worst there can be needs " + significant(s->critical, 3) +
                "; coefficients, errors and intervals are not to be relied on: read the Anderson-Rubin set");
}

TEST(InstrumentTests, ExogeneityComparesWithLeastSquares) {
  const Panel panel = panel_of(9, 1);
  const Fit fit = fitted(panel, "y ~ x | id | e1 ~ z1 + z2", "iid");
  const Covariance own = covariance(fit);
  const std::vector<headwater::Test> tests = instrument_tests(fit, own, *instrument_strength(fit, own));
  ASSERT_EQ(tests.size(), 5u);
  EXPECT_EQ(tests[3].name, "wu_hausman");
  EXPECT_EQ(tests[3].hypothesis, "e1 is exogenous (Wu-Hausman)");
  EXPECT_LT(tests[3].p_value, 1e-6);  // the error is in e1
  EXPECT_EQ(tests[4].name, "sargan");
  EXPECT_GT(tests[4].p_value, 0.001);
  const Fit exact = fitted(panel, "y ~ x | id | e1 ~ z1", "iid");
  const Covariance rule = covariance(exact);
  EXPECT_EQ(instrument_tests(exact, rule, *instrument_strength(exact, rule)).size(), 4u);
}

// A regressor that is its own instrument: nothing is left of the first stage, and least squares remains.
TEST(InstrumentTests, OfARegressorByItself) {
  const Panel panel = panel_of(10, 1);
  for (const std::string rule : {"iid", "cluster(id)"}) {
    const Fit fit = fitted(panel, "y ~ x | id | e1 ~ e1", rule);
    const Covariance own = covariance(fit);
    const auto s = instrument_strength(fit, own);
    EXPECT_TRUE(s->notes.empty());
    EXPECT_TRUE(std::isinf(s->rk_f));
    for (const headwater::Test& test : instrument_tests(fit, own, *s)) EXPECT_NE(test.name, "wu_hausman");
  }
}

// Balanced: each row of a model with random effects less θ of its unit's mean, as a panel of its own without them.
Panel whitened_panel(const Fit& random) {
  const Design& design = *random.design;
  const double theta = random.random->effects.front().theta(0);
  std::string csv = "id,year,y,c,x,e1,z1,z2\n";
  Matrix own(design.n(), 6);
  own << design.y, design.X, design.instruments;
  for (Index i = 0; i < design.n(); ++i) {
    const Index first = i / 6 * 6;
    csv += std::to_string(i / 6) + "," + std::to_string(2000 + i % 6);
    for (Index j = 0; j < own.cols(); ++j)
      csv += "," + shortest(own(i, j) - theta * own.col(j).segment(first, 6).mean());
    csv += "\n";
  }
  RawTable table = parse_csv(csv, "panel.csv", ',', {});
  return Panel(std::move(table.columns), {.unit = "id", .time = "year"}, std::move(table.source_rows),
               std::move(table.ledger));
}

TEST(InstrumentTests, OfRandomEffectsAreThoseOfWhitenedRows) {
  for (const std::string rule : {"iid", "robust", "cluster(id)"}) {
    const Fit random = fitted(panel_of(4, 0.5), "I(y + id / 5) ~ x | e1 ~ z1 + z2", rule, "", "random"),
              plain = fitted(whitened_panel(random), "y ~ 0 + c + x | e1 ~ z1 + z2", rule);
    EXPECT_GT(random.random->effects.front().theta(0), 0.05);
    const Covariance of_random = covariance(random), of_plain = covariance(plain);
    const auto strength = instrument_strength(random, of_random), same = instrument_strength(plain, of_plain);
    const std::vector<headwater::Test> tests = instrument_tests(random, of_random, *strength),
                                       others = instrument_tests(plain, of_plain, *same);
    ASSERT_EQ(tests.size(), others.size());
    for (std::size_t t = 0; t < tests.size(); ++t) {
      EXPECT_EQ(tests[t].name, others[t].name);
      EXPECT_NEAR(tests[t].statistic, others[t].statistic, 1e-8 * std::max(1.0, tests[t].statistic))
          << tests[t].name << rule;
    }
    EXPECT_NEAR(strength->rk_f, same->rk_f, 1e-8 * same->rk_f);
    EXPECT_NEAR(strength->effective, same->effective, 1e-8 * same->effective);
  }
}

// Within units e2 instruments itself: under clusters of units its own first stage has no error there, and the F is of
// what else moves it.
TEST(FirstStages, LeaveOutInstrumentsWithoutAnError) {
  const Fit fit =
      fitted(panel_of(5, 0.5), "y ~ x + e1 + I(id / 5) | e2 ~ 1", "cluster(id)", "", "random(iv = hausman_taylor)");
  const Covariance own = covariance(fit);
  const InstrumentStrength strength = *instrument_strength(fit, own);
  const Fit& stage = fit.first_stages->fits.front();
  EXPECT_EQ(stage.names, (Names{"(Intercept)", "x", "e1", "I(id/5)", "within(e2)", "mean(x)", "mean(e1)"}));
  const headwater::Test of_means = zero_test(stage, covariance(stage, own.rule, own.profile), {5, 6}, "");
  EXPECT_EQ(strength.first_stage.front().statistic, of_means.statistic);
  EXPECT_EQ(strength.first_stage.front().df1, 2);
  ASSERT_FALSE(strength.notes.empty());
  EXPECT_EQ(strength.notes.back().message,
            "first-stage F leave out instruments that have no standard error in the first stage, under cluster(id): "
            "within(e2)");
}

TEST(QuadraticRoots, AreThoseOfAScalarAndIgnoreInfinity) {
  const auto points = real_singular_points(Matrix::Constant(1, 1, 6), Matrix::Constant(1, 1, -5), Matrix::Ones(1, 1));
  ASSERT_EQ(points.size(), 2u);
  EXPECT_NEAR(points[0], 2, 1e-12);
  EXPECT_NEAR(points[1], 3, 1e-12);
  EXPECT_TRUE(real_singular_points(Matrix::Ones(1, 1), Matrix::Zero(1, 1), Matrix::Ones(1, 1)).empty());
  const auto line = real_singular_points(Matrix::Constant(1, 1, 4), Matrix::Constant(1, 1, -2), Matrix::Zero(1, 1));
  ASSERT_EQ(line.size(), 1u);
  EXPECT_NEAR(line[0], 2, 1e-12);
}

}  // namespace
}  // namespace headwater
