#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>

#include "unit/estimators/small_rows.hpp"

namespace headwater {
namespace {

using test::coefficient;
using test::estimated;
using test::expect_error;
using test::expect_numbers;
using test::extra;
using test::keyless;
using test::small_rows;

// Numbers of statsmodels 0.15 NegativeBinomial (nb2) and R MASS::glm.nb.
TEST(NegativeBinomial, EqualsStatsmodels) {
  const Fit fit = estimated(small_rows(), "y ~ x + z", "negative_binomial", "", "iid");
  expect_numbers(fit.coefficients, {1.1837564991376786, 0.18329405959739806, -0.3361756543955108, 0.446500447062087},
                 1e-10);
  expect_numbers(fit.bread.diagonal().cwiseSqrt(),
                 {0.37373510075345545, 0.21124036168895802, 0.31409707976693526, 0.2818350517819099}, 1e-9);
  EXPECT_NEAR(fit.likelihood->value, -53.77360214169739, 1e-11);
  EXPECT_NEAR(fit.linked->null_value, -54.56266607954825, 1e-9);
  EXPECT_LE(fit.scores.rows().colwise().sum().cwiseAbs().maxCoeff(), 1e-9);
}

double log_likelihood(const Fit& fit, const Vector& theta) {
  const Index k = theta.size() - 1;
  const double r = 1 / theta(k);
  double value = 0;
  for (Index i = 0; i < fit.n(); ++i) {
    const double offset = fit.design->offset.size() > 0 ? fit.design->offset(i) : 0;
    const double y = fit.design->y(i), mu = std::exp(fit.design->X.row(i).dot(theta.head(k)) + offset);
    const double w = fit.design->weights.size() > 0 ? fit.design->weights(i) : 1;
    value += w * (std::lgamma(y + r) - std::lgamma(r) - std::lgamma(y + 1) + r * std::log(r / (r + mu)) +
                  y * std::log(mu / (r + mu)));
  }
  return value;
}

// Value, gradient and curvature against the likelihood as it stands in books, with weights and an offset.
TEST(NegativeBinomial, IsTheMaximumOfItsLikelihood) {
  for (const std::uint64_t seed : {1, 2, 5}) {
    const Fit fit = estimated(test::counts(seed), "y ~ x + z + offset(0.3*log(size))", "negative_binomial", "w", "iid");
    EXPECT_NEAR(fit.likelihood->value, log_likelihood(fit, fit.coefficients), 1e-8);
    const Matrix information = fit.bread.inverse();
    for (Index a = 0; a < fit.k(); ++a)
      for (Index b = 0; b <= a; ++b) {
        const Vector u = 1e-3 * Vector::Unit(fit.k(), a), v = 1e-3 * Vector::Unit(fit.k(), b);
        const auto at = [&](const Vector& move) { return log_likelihood(fit, fit.coefficients + move); };
        const double curvature = (at(u + v) - at(u - v) - at(v - u) + at(-u - v)) / 4e-6;
        EXPECT_NEAR(-curvature, information(a, b), 1e-4 * std::sqrt(information(a, a) * information(b, b)));
      }
  }
}

TEST(NegativeBinomial, WeightsAreRepeatedRows) {
  const Fit weighted = estimated(keyless("y,x,w\n0,1,2\n9,2,1\n1,3,3\n14,4,1\n2,1,1\n0,3,1\n"), "y ~ x",
                                 "negative_binomial", "w", "iid"),
            repeated = estimated(keyless("y,x\n0,1\n0,1\n9,2\n1,3\n1,3\n1,3\n14,4\n2,1\n0,3\n"), "y ~ x",
                                 "negative_binomial", "", "iid");
  for (Index j = 0; j < 3; ++j) {
    EXPECT_NEAR(weighted.coefficients(j), repeated.coefficients(j), 1e-9);
    EXPECT_NEAR(weighted.bread(j, j), repeated.bread(j, j), 1e-8 * repeated.bread(j, j));
  }
}

// The likelihood's value has few digits left where counts are large, and its maximum none of that.
TEST(NegativeBinomial, OfLargeCountsIsAtItsMaximum) {
  const Panel panel = keyless(
      "y,x,u\n51234,1,a\n72345,2,a\n69012,3,a\n123456,4,a\n30211,1,b\n45678,2,b\n91011,3,b\n80123,4,b\n99887,1,c\n"
      "140321,2,c\n120456,3,c\n250789,4,c\n61234,1,d\n58123,2,d\n77345,3,d\n99012,4,d\n");
  for (const auto& [formula, method] : {std::pair<std::string, std::string>{"y ~ x", "negative_binomial"},
                                        {"y ~ x | u", "conditional_negative_binomial"}}) {
    const Fit fit = estimated(panel, formula, method, "", "iid");
    const Vector left = fit.scores.rows().colwise().sum().transpose();
    EXPECT_LE(left.dot(fit.bread * left), 1e-14) << method;
  }
}

TEST(NegativeBinomial, Refuses) {
  expect_error(
      ErrorKind::identification,
      "the counts y spread no more than their mean once the regressors are known, so the likelihood of "
      "negative_binomial is highest at alpha = 0, where it is the Poisson's; use ppml",
      [] { estimated(keyless("y,x\n3,1\n4,2\n5,3\n4,1\n5,2\n6,4\n"), "y ~ x", "negative_binomial", "", "iid"); });
  expect_error(
      ErrorKind::data,
      "counts.csv, row 3: the outcome y is 1.5; negative_binomial needs a whole number from 0 to 10,000,000; for "
      "others there is ppml",
      [] { estimated(keyless("y,x\n3,1\n1.5,2\n5,3\n4,1\n"), "y ~ x", "negative_binomial", "", "iid"); });
  expect_error(ErrorKind::usage,
               "the estimator negative_binomial does not take effects, which the model y ~ x | unit has; use within",
               [] { estimated(small_rows(), "y ~ x | unit", "negative_binomial", "", "iid"); });
}

double conditional_likelihood(const Fit& fit, const Vector& beta) {
  const Grouping& units = fit.design->effects.front().levels;
  double value = 0;
  for (std::int32_t unit = 0; unit < units.count; ++unit) {
    double all = 0, sum = 0;
    for (Index i = 0; i < fit.design->n(); ++i) {
      if (units.code[static_cast<std::size_t>(i)] != unit) continue;
      const double offset = fit.design->offset.size() > 0 ? fit.design->offset(i) : 0;
      const double l = std::exp(beta(0) + fit.design->X.row(i).dot(beta.tail(beta.size() - 1)) + offset);
      const double y = fit.design->y(i);
      value += std::lgamma(l + y) - std::lgamma(l) - std::lgamma(y + 1);
      all += l;
      sum += y;
    }
    value += std::lgamma(all) + std::lgamma(sum + 1) - std::lgamma(all + sum);
  }
  return value;
}

// Numbers of a maximisation of the likelihood by scipy, errors by differences.
TEST(ConditionalNegativeBinomial, EqualsADirectMaximisation) {
  const Fit fit = estimated(small_rows(), "y ~ x + z | unit", "conditional_negative_binomial", "", "iid");
  expect_numbers(fit.coefficients, {1.43163408686195, 0.21864271436508034, -0.5794156701101872}, 1e-6);
  expect_numbers(fit.bread.diagonal().cwiseSqrt(), {0.956342169254908, 0.3160119016980306, 0.37713496632308124}, 1e-5);
  EXPECT_NEAR(fit.likelihood->value, -36.3826553002528, 1e-11);
  EXPECT_EQ(extra(fit, "strata"), 6);
  EXPECT_EQ(fit.names, (Names{"(Intercept)", "x", "z"}));
}

TEST(ConditionalNegativeBinomial, IsTheMaximumOfItsLikelihood) {
  for (const std::uint64_t seed : {1, 3}) {
    const Fit fit = estimated(test::counts(seed), "y ~ x + z + offset(0.2*log(size)) | id",
                              "conditional_negative_binomial", "", "iid");
    EXPECT_NEAR(fit.likelihood->value, conditional_likelihood(fit, fit.coefficients), 1e-8);
    const Matrix information = fit.bread.inverse();
    for (Index a = 0; a < fit.k(); ++a) {
      const Vector u = 1e-3 * Vector::Unit(fit.k(), a);
      const double above = conditional_likelihood(fit, fit.coefficients + u),
                   below = conditional_likelihood(fit, fit.coefficients - u);
      EXPECT_NEAR((above - below) / 2e-3, 0, 1e-4 * std::sqrt(information(a, a)));
      EXPECT_NEAR(-(above - 2 * fit.likelihood->value + below) / 1e-6, information(a, a), 1e-4 * information(a, a));
    }
  }
}

TEST(ConditionalNegativeBinomial, SetsSilentUnitsAside) {
  const std::string loud = "3,1,a\n1,2,a\n7,3,a\n2,1,b\n9,4,b\n0,2,b\n4,3,c\n0,1,c\n12,5,c\n";
  const Fit fit = estimated(keyless("y,x,u\n" + loud + "0,1,d\n0,2,d\n8,1,e\n"), "y ~ x | u",
                            "conditional_negative_binomial", "", "iid"),
            without = estimated(keyless("y,x,u\n" + loud), "y ~ x | u", "conditional_negative_binomial", "", "iid");
  EXPECT_EQ(coefficient(fit, "x"), coefficient(without, "x"));
  using Lost = std::vector<std::pair<std::string, std::int64_t>>;
  EXPECT_EQ(fit.design->ledger.dropped, (Lost{{"no count above zero within u", 2}, {"the only row of its u", 1}}));
  EXPECT_EQ(fit.notes.back().message,
            "3 rows were set aside, of a u with one row or zeros alone: given their sum they say nothing");
  expect_error(ErrorKind::identification,
               "no u has two rows and a count of y above zero, so nothing is left once their sums are given; use "
               "negative_binomial or ppml",
               [] {
                 estimated(keyless("y,x,u\n0,1,a\n0,2,a\n4,1,b\n"), "y ~ x | u", "conditional_negative_binomial", "",
                           "iid");
               });
  expect_error(ErrorKind::usage,
               "conditional_negative_binomial conditions on one effect without slopes, such as y ~ x | trust, and the "
               "model y ~ x + z has 0 effects; write the others as factor(year), or use ppml",
               [] { estimated(small_rows(), "y ~ x + z", "conditional_negative_binomial", "", "iid"); });
}

}  // namespace
}  // namespace headwater
