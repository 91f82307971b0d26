#include <gtest/gtest.h>

#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/diagnostics/asked_tests.hpp"
#include "unit/estimators/small_rows.hpp"

namespace headwater {
namespace {

using test::counts;
using test::estimated;
using test::expect_error;
using test::small_rows;

std::vector<Test> asked_of(const Fit& fit, const std::string& text) { return asked_tests(fit, covariance(fit), text); }

// Values inside the set are not rejected, those beyond its next jump are.
TEST(RankTest, SetIsWhatItDoesNotReject) {
  for (const double tau : {0.25, 0.5, 0.7}) {
    const Fit fit = estimated(counts(3), "share ~ x + z", "quantile(tau = " + shortest(tau) + ")", "", "iid");
    for (const std::string term : {"x", "z", "x - z"}) {
      const headwater::Test test = asked_of(fit, term + " = 0 by rank").front();
      const auto p_at = [&](double r) {
        return asked_of(fit, term + " = " + shortest(r) + " by rank").front().p_value;
      };
      const auto& [low, high] = test.set.front();
      ASSERT_LT(low, test.estimate);
      ASSERT_GT(high, test.estimate);
      for (const double share : {0.05, 0.5, 0.99}) {
        EXPECT_GE(p_at(test.estimate + share * (high - test.estimate)), 0.05) << term << tau;
        EXPECT_GE(p_at(test.estimate + share * (low - test.estimate)), 0.05) << term << tau;
      }
      EXPECT_LT(p_at(high + 0.3 * (high - low)), 0.05);
      EXPECT_LT(p_at(low - 0.3 * (high - low)), 0.05);
      EXPECT_EQ(test.p_value<0.05, low> 0 || high < 0) << term << tau;
    }
  }
}

TEST(RankTest, OfAMedianIsASignTest) {
  const Fit fit = estimated(counts(4), "share ~ 1", "quantile", "", "iid");
  double above = 0;
  for (Index i = 0; i < fit.n(); ++i) above += fit.design->y(i) > 0.4 ? 0.5 : -0.5;
  const headwater::Test test = asked_of(fit, "`(Intercept)` = 0.4 by rank").front();
  EXPECT_NEAR(test.statistic, above / std::sqrt(0.25 * static_cast<double>(fit.n())), 1e-12);
}

TEST(RankTest, RefusesOtherFits) {
  const auto asked = [](const std::string& formula, const std::string& call, const std::string& text) {
    return [=] { asked_of(estimated(small_rows(), formula, call, "", "iid"), text); };
  };
  const std::string start =
      "rank tests one coefficient or combination at a time of quantile without absorbed effects, which ";
  expect_error(ErrorKind::usage, start + "pooled is not; leave 'by rank' out",
               asked("v ~ x", "pooled", "x = 0 by rank"));
  expect_error(ErrorKind::usage, start + "quantile(effects = mm) is not; leave 'by rank' out",
               asked("v ~ x | unit", "quantile(effects = mm)", "x = 0 by rank"));
  expect_error(ErrorKind::usage, start + "drivers, tested together, are not; leave 'by rank' out",
               asked("v ~ x", "quantile", "drivers by rank"));
}

double cut_of(const Test& test) { return (test.set.front().second - test.estimate) / test.std_error; }

// P(|Z₁| ≤ c, |Z₂| ≤ c) of two normals with correlation ρ, by integration.
double inside(double c, double rho) {
  const double rest = std::sqrt(1 - rho * rho);
  double sum = 0;
  for (int i = 0; i < 20000; ++i) {
    const double z = -c + 2 * c * (i + 0.5) / 20000;
    sum += std::exp(-z * z / 2) * (normal_cdf((c - rho * z) / rest) - normal_cdf((-c - rho * z) / rest));
  }
  return sum * 2 * c / 20000 / std::sqrt(2 * M_PI);
}

TEST(Simultaneous, HoldsTwoTogether) {
  for (const std::uint64_t seed : {1, 2}) {
    const Fit fit = estimated(counts(seed), "yes ~ x + z + I(x*z + x)", "logit", "", "iid");
    const Covariance own = covariance(fit);
    const std::vector<headwater::Test> all = asked_of(fit, "all by simultaneous");
    ASSERT_EQ(all.size(), 3U);  // not the constant
    EXPECT_NEAR(cut_of(all[0]), cut_of(all[1]), 1e-12);
    EXPECT_GT(cut_of(all[0]), normal_quantile(0.975));
    EXPECT_LT(cut_of(all[0]), normal_quantile(1 - 0.025 / 3));
  }
  const Fit fit = estimated(counts(5), "yes ~ x + I(x + z)", "logit", "", "iid");
  const Covariance own = covariance(fit);
  const double rho = own.matrix(1, 2) / (own.std_error(Index{1}) * own.std_error(Index{2}));
  const headwater::Test first = asked_of(fit, "all by simultaneous").front();
  EXPECT_NEAR(inside(cut_of(first), rho), 0.95, 0.002);
  EXPECT_NEAR(1 - inside(std::abs(first.statistic), rho), first.p_value, 0.004);
}

TEST(Simultaneous, OfOneIsItsOwnInterval) {
  const Fit fit = estimated(small_rows(), "v ~ x + z", "pooled", "", "iid");
  const headwater::Test one = asked_of(fit, "x = 0.2 by simultaneous").front(), own = asked_of(fit, "x = 0.2").front();
  EXPECT_NEAR(cut_of(one), cut_of(own), 0.02 * cut_of(own));
  EXPECT_NEAR(one.p_value, own.p_value, 0.005);
}

TEST(Simultaneous, Refuses) {
  const Fit fit = estimated(small_rows(), "v ~ x + z", "pooled", "", "iid");
  expect_error(ErrorKind::usage, "simultaneous draws between 999 and 10,000,000 times, not 10",
               [&] { asked_of(fit, "all by simultaneous(replicates = 10)"); });
  expect_error(ErrorKind::usage,
               "simultaneous gives intervals of coefficients and takes all or one hypothesis, not drivers, whose tests "
               "are joint; use holm for these",
               [&] { asked_of(fit, "drivers by simultaneous"); });
}

}  // namespace
}  // namespace headwater
