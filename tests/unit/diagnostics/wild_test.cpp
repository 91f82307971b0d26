// Wild bootstraps against refits of every sign vector, families of tests against hand-made steps, and what is refused.
#include <gtest/gtest.h>

#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/random.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/diagnostics/wild_bootstrap.hpp"
#include "headwater/linalg/matrix_power.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

Panel panel_of(int clusters) {
  RandomStream random(17, 0, 0);
  std::string csv = "id,year,g,y,x,z,w\n";
  for (int i = 0; i < 3 * clusters; ++i)
    for (int t = 0; t < 4; ++t) {
      const double x = random.normal() + (t > 1 && i < clusters ? 1 : 0), z = random.normal(), e = random.normal();
      if (random.uniform() < 0.2) continue;
      csv += "u" + std::to_string(i) + "," + std::to_string(2000 + t) + ",c" + std::to_string(i % clusters) + "," +
             std::to_string(0.4 * x + 0.1 * i + e) + "," + std::to_string(x) + "," + std::to_string(z) + "," +
             std::to_string(0.5 + random.uniform()) + "\n";
    }
  RawTable table = parse_csv(csv, "panel.csv", ',', {.unit = "id", .time = "year"});
  return {
      std::move(table.columns), {.unit = "id", .time = "year"}, std::move(table.source_rows), std::move(table.ledger)};
}

Fit fitted(int clusters, const std::string& formula, const std::string& weights = "",
           const std::string& rule = "cluster(g)") {
  const Panel panel = panel_of(clusters);
  Spec spec;
  spec.formula = expand(parse_formula(formula)).at(0);
  spec.estimator = parse_method_call(spec.formula.effects.empty() ? "pooled" : "within");
  spec.covariance = parse_method_call(rule);
  spec.weights = weights;
  spec.seed = 7;
  return estimate(panel, std::make_shared<const Design>(make_design(panel, spec)));
}

// Every sign vector refitted with explicit dummies: the share with |t*| ≥ |t|.
double refitted_p(const Fit& fit, Index tested, double null, bool imposed) {
  const Grouping& clusters = fit.atoms.clusters.front();
  Matrix D = *fit.linear->regressors;
  for (const Effect& effect : fit.effects) {
    const Index from = D.cols();
    D.conservativeResize(Eigen::NoChange, from + effect.levels.count);
    D.rightCols(effect.levels.count).setZero();
    for (Index i = 0; i < D.rows(); ++i) D(i, from + effect.levels.code[static_cast<std::size_t>(i)]) = 1;
  }
  const Vector w = fit.weights.size() > 0 ? fit.weights : Vector(Vector::Ones(fit.n()));
  const auto solve = [&](const Matrix& X, const Vector& y) {
    return Vector(symmetric_power(X.transpose() * w.asDiagonal() * X, -1, 1e-9) * (X.transpose() * w.cwiseProduct(y)));
  };
  const Vector u = w.asDiagonal() * *fit.linear->regressors * fit.bread.col(tested);
  const auto t_of = [&](const Vector& y, double about) {
    const Vector beta = solve(D, y), e = y - D * beta;
    Vector sums = Vector::Zero(clusters.count);
    for (Index i = 0; i < y.size(); ++i) sums(clusters.code[static_cast<std::size_t>(i)]) += u(i) * e(i);
    return (beta(tested) - about) / sums.norm();
  };
  const Vector& y = fit.linear->outcome;
  Vector fitted_values = D * solve(D, y);
  if (imposed) {
    Matrix rest(D.rows(), D.cols() - 1);
    rest << D.leftCols(tested), D.rightCols(D.cols() - tested - 1);
    const Vector target = y - null * D.col(tested);
    fitted_values = rest * solve(rest, target) + null * D.col(tested);
  }
  const Vector e = y - fitted_values;
  const double t = t_of(y, null), about = imposed ? null : fit.coefficients(tested);
  int beyond = 0;
  const int all = 1 << clusters.count;
  for (int signs = 0; signs < all; ++signs) {
    Vector star = fitted_values;
    for (Index i = 0; i < y.size(); ++i)
      star(i) += (signs >> clusters.code[static_cast<std::size_t>(i)] & 1 ? 1 : -1) * e(i);
    beyond += std::abs(t_of(star, about)) >= std::abs(t) * (1 - 1e-9);
  }
  return static_cast<double>(beyond) / all;
}

double p_of(const Fit& fit, const std::string& text) { return asked_tests(fit, covariance(fit), text).front().p_value; }

TEST(Wild, EqualsRefitsOfAllSignVectors) {
  for (const char* weights : {"", "w"})
    for (const char* formula : {"y ~ x + z", "y ~ x + z | year", "y ~ x + z | id + year"})
      for (const auto& [null, text] : {std::pair{0.0, "x = 0"}, std::pair{0.3, "x = 0.3"}}) {
        const Fit fit = fitted(7, formula, weights);
        const Index x = fit.k() - 2;
        EXPECT_DOUBLE_EQ(p_of(fit, std::string(text) + " by wild"), refitted_p(fit, x, null, true)) << formula << text;
        EXPECT_DOUBLE_EQ(p_of(fit, std::string(text) + " by wild(null = free)"), refitted_p(fit, x, null, false))
            << formula << text;
      }
}

TEST(Wild, SetHoldsTheNullsThatAreNotRejected) {
  for (const char* options : {"", "null = free", "p = equal_tail", "weights = webb, replicates = 499",
                              "weights = mammen, replicates = 499"}) {
    const Fit fit = fitted(8, "y ~ x + z | id + year");
    const std::string how = std::string(" by wild(") + options + ")";
    const headwater::Test test = asked_tests(fit, covariance(fit), "x = 0" + how).front();
    ASSERT_FALSE(test.set.empty());
    for (const auto& [low, high] : test.set)
      for (const double end : {low, high}) {
        if (std::isinf(end)) continue;
        const double inward = end == low ? 1e-6 : -1e-6;
        EXPECT_GT(p_of(fit, "x = " + std::to_string(end + inward * 10) + how), 0.05) << options;
        EXPECT_LE(p_of(fit, "x = " + std::to_string(end - inward * 10) + how), 0.05) << options;
      }
  }
}

TEST(Wild, SetIsUnboundedWhereNothingCanBeRejected) {
  const Fit fit = fitted(4, "y ~ x + z | year");  // 2 of 16 sign vectors have |t*| = |t|: p is never below 1/8
  const headwater::Test test = asked_tests(fit, covariance(fit), "x = 5 by wild").front();
  ASSERT_EQ(test.set.size(), 1);
  EXPECT_TRUE(std::isinf(test.set[0].first) && std::isinf(test.set[0].second));
  EXPECT_EQ(test.distribution, "restricted wild, rademacher, all 16 sign vectors");
}

TEST(Wild, DrawsAreTheSameForAnyNumberOfThreads) {
  const Fit fit = fitted(40, "y ~ x + z | id + year");
  std::vector<double> p;
  for (const int count : {1, 2, 3}) {
    set_threads(count);
    p.push_back(p_of(fit, "x = 0.25 by wild(weights = webb, replicates = 2999)"));
  }
  set_threads(0);
  EXPECT_EQ(p[0], p[1]);
  EXPECT_EQ(p[0], p[2]);
}

TEST(Families, StepDownAndUp) {
  const Fit fit = fitted(12, "y ~ x + z + w | year");
  const Covariance V = covariance(fit);
  const auto plain = asked_tests(fit, V, "all");
  std::vector<double> p;
  for (const headwater::Test& test : plain) p.push_back(test.p_value);
  ASSERT_EQ(p.size(), 3);
  std::vector<std::size_t> order = {0, 1, 2};
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  const double first = std::min(1.0, 3 * p[order[0]]), second = std::max(first, std::min(1.0, 2 * p[order[1]]));
  const auto holm = asked_tests(fit, V, "all by holm"), fdr = asked_tests(fit, V, "all by benjamini_hochberg");
  EXPECT_DOUBLE_EQ(holm[order[0]].p_value, first);
  EXPECT_DOUBLE_EQ(holm[order[1]].p_value, second);
  EXPECT_DOUBLE_EQ(holm[order[2]].p_value, std::max(second, p[order[2]]));
  EXPECT_DOUBLE_EQ(fdr[order[2]].p_value, p[order[2]]);
  EXPECT_DOUBLE_EQ(fdr[order[1]].p_value, std::min(p[order[2]], 1.5 * p[order[1]]));
  EXPECT_EQ(holm[0].distribution, "t(11); holm over 3");
}

// One hypothesis has the wild bootstrap's own p; the largest of several has that of the maximum.
TEST(Families, RomanoWolfIsTheWildBootstrapOfTheMaximum) {
  const Fit fit = fitted(9, "y ~ x + z | year");
  const Covariance V = covariance(fit);
  EXPECT_EQ(p_of(fit, "x = 0 by romano_wolf"), p_of(fit, "x = 0 by wild"));
  const WildBootstrap bootstrap(fit, V, parse_method_call("romano_wolf"));
  const LinearNull x = linear_null(fit, "x = 0"), z = linear_null(fit, "z = 0");
  const double tx = std::abs(bootstrap.statistic(x)), tz = std::abs(bootstrap.statistic(z));
  const Vector both = bootstrap.statistics(x).cwiseAbs().cwiseMax(bootstrap.statistics(z).cwiseAbs());
  const auto tests = asked_tests(fit, V, "all by romano_wolf");
  const double larger = std::max(tx, tz);
  EXPECT_DOUBLE_EQ(tests[tx > tz ? 0 : 1].p_value, static_cast<double>((both.array() >= larger * (1 - 1e-9)).count()) /
                                                       static_cast<double>(both.size()));
  EXPECT_GE(tests[tx > tz ? 1 : 0].p_value, tests[tx > tz ? 0 : 1].p_value);
}

TEST(Equivalence, IsTheShorterIntervalWithinTheMargin) {
  const Fit fit = fitted(20, "y ~ x + z | year");
  const Covariance V = covariance(fit);
  const double estimate = fit.coefficients(1), error = V.std_error(Index{1});
  const double margin = std::abs(estimate) + student_quantile(0.95, V.df) * error;
  const headwater::Test test =
      asked_tests(fit, V, "z = 0 by equivalence(margin = " + std::to_string(margin) + ")").front();
  EXPECT_NEAR(test.p_value, 0.05, 1e-5);
  EXPECT_EQ(test.distribution, "t(19), two one-sided");
}

std::string message_of(const std::string& text, const std::string& rule = "cluster(g)") {
  const Fit fit = fitted(8, "y ~ x + z | year", "", rule);
  try {
    asked_tests(fit, covariance(fit), text);
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST(AskedTests, RefuseWhatTheyCannotDo) {
  EXPECT_EQ(message_of("x = 0 by wald"), "there is no way to test 'wald'; did you mean 'wild'?");
  EXPECT_EQ(message_of("x = 0 by wild", "robust"),
            "a wild bootstrap draws a sign for each cluster of one column and needs covariance = cluster(one column), "
            "not robust");
  EXPECT_EQ(message_of("x = 0 by wild(replicates = 10)"), "wild has replicates = 10; it takes 99 to 9999999");
  EXPECT_EQ(message_of("drivers by romano_wolf"),
            "romano_wolf steps down over t statistics and takes all or one hypothesis, not drivers, whose tests are "
            "joint; use holm for these");
  EXPECT_EQ(message_of("x = 0 by equivalence"),
            "equivalence asks whether an effect is smaller than a margin and needs margin = a number above zero");
  EXPECT_EQ(
      message_of("x = 0 by equivalence(margin = -1)"),
      "equivalence asks whether an effect is smaller than a margin and needs margin = a number above zero, not -1");
}

}  // namespace
}  // namespace headwater
