#include <gtest/gtest.h>

#include <cmath>

#include "headwater/core/distributions.hpp"
#include "unit/estimators/linked_panel.hpp"

namespace headwater {
namespace {

using test::coefficient;
using test::counts;
using test::estimated;
using test::expect_error;
using test::expect_same;
using test::keyless;

const char* const kTwoGroups = "y,x,w,no\n1,0,1,0\n0,0,2,1\n0,0,1,1\n1,1,1,0\n0,1,3,1\n1,1,1,0\n1,1,2,0\n";

TEST(Logit, OneDummyIsTheLogarithmOfTheOddsRatio) {
  const Panel panel = keyless(kTwoGroups);
  const Fit fit = estimated(panel, "y ~ x", "logit", "", "iid");
  EXPECT_NEAR(fit.coefficients(0), std::log(0.5), 1e-13);
  EXPECT_NEAR(fit.coefficients(1), std::log(3.0) - std::log(0.5), 1e-13);
  EXPECT_NEAR(fit.bread(1, 1), 1.0 / 1 + 1.0 / 2 + 1.0 / 3 + 1.0 / 1, 1e-12);
  const Fit weighted = estimated(panel, "y ~ x", "logit", "w", "iid");
  EXPECT_NEAR(weighted.coefficients(1), std::log(4.0 / 3) - std::log(1.0 / 3), 1e-13);
  const Fit mirrored = estimated(panel, "no ~ x", "logit", "", "iid");
  EXPECT_NEAR(mirrored.coefficients(1), -fit.coefficients(1), 1e-13);
}

TEST(Probit, OneDummyIsADifferenceOfQuantiles) {
  const Fit fit = estimated(keyless(kTwoGroups), "y ~ x", "probit", "", "iid");
  EXPECT_NEAR(fit.coefficients(0), normal_quantile(1.0 / 3), 1e-13);
  EXPECT_NEAR(fit.coefficients(1), normal_quantile(0.75) - normal_quantile(1.0 / 3), 1e-13);
  // At the maximum of a saturated model the information of a group is n φ²/(Φ(1 − Φ)).
  const auto variance = [](double p, double n) {
    const double q = normal_quantile(p), density = std::exp(-0.5 * q * q) / std::sqrt(2 * M_PI);
    return p * (1 - p) / (n * density * density);
  };
  EXPECT_NEAR(fit.bread(1, 1), variance(1.0 / 3, 3) + variance(0.75, 4), 1e-12);
}

TEST(Binary, EqualsDummiesWrittenOut) {
  for (const std::string method : {"logit", "probit"})
    for (const std::uint64_t seed : {1, 2, 4})
      for (const std::string weights : {"", "w"}) {
        const Panel panel = counts(seed);
        const Fit absorbed = estimated(panel, "yes ~ x + z + offset(0.1*size) | area + year", method, weights, "iid");
        const Fit written =
            estimated(panel, "yes ~ x + z + offset(0.1*size) + factor(area) + factor(year)", method, weights, "iid");
        expect_same(absorbed, written, {"x", "z"}, 1e-9);
        EXPECT_NEAR(absorbed.likelihood->value, written.likelihood->value, 1e-9);
      }
}

TEST(FractionalLogit, OfSharesAndOfYesOrNo) {
  const Panel panel = counts(3);
  const Fit logit = estimated(panel, "yes ~ x + z | area", "logit", "", "iid");
  expect_same(estimated(panel, "yes ~ x + z | area", "fractional_logit", "", "iid"), logit, {"x", "z"}, 1e-12);
  const Fit shares = estimated(panel, "share ~ x + z | area", "fractional_logit", "", "iid");
  const Matrix rows = shares.scores.rows();
  EXPECT_LE(rows.colwise().sum().cwiseAbs().maxCoeff(), 1e-10 * rows.cwiseAbs().sum());
  // One share for each row of a group: the mean of the shares is fitted.
  const Fit groups = estimated(keyless("y,x\n0.2,0\n0,0\n0.7,0\n1,1\n0.4,1\n"), "y ~ x", "fractional_logit", "", "iid");
  EXPECT_NEAR(groups.coefficients(0), std::log(0.3 / 0.7), 1e-13);
  EXPECT_NEAR(groups.coefficients(1), std::log(0.7 / 0.3) - std::log(0.3 / 0.7), 1e-13);
}

TEST(Binary, RefusesOtherOutcomes) {
  const Panel panel = keyless("y,x\n0,1\n1,2\n0.5,3\n2,4\n");
  expect_error(ErrorKind::data,
               "counts.csv, row 4: the outcome y is 0.5; logit needs 0 or 1; for shares between them there is "
               "fractional_logit",
               [&] { estimated(panel, "y ~ x", "logit", "", "iid"); });
  expect_error(ErrorKind::data,
               "counts.csv, row 4: the outcome y is 0.5; probit needs 0 or 1; for shares between them there is "
               "fractional_logit",
               [&] { estimated(panel, "y ~ x", "probit", "", "iid"); });
  expect_error(
      ErrorKind::data,
      "counts.csv, row 5: the outcome y is 2; fractional_logit needs a share from 0 to 1; divide percentages by "
      "100, or leave such rows out",
      [&] { estimated(panel, "y ~ x", "fractional_logit", "", "iid"); });
}

TEST(Binary, SeparationOnBothSides) {
  // Rows with x = 5 are all one, those of unit c all zero; what is left has both.
  const Fit fit = estimated(keyless("y,x,u\n1,5,a\n0,1,a\n1,1,a\n0,2,b\n1,2,b\n1,5,b\n0,1,c\n0,2,c\n"),
                            "y ~ I(x == 5) | u", "logit", "", "iid");
  using Lost = std::vector<std::pair<std::string, std::int64_t>>;
  EXPECT_EQ(fit.design->ledger.dropped,
            (Lost{{"separated by I(x == 5)", 2}, {"no variation of the outcome within u (separated)", 2}}));
  EXPECT_EQ(fit.n(), 4);
  EXPECT_TRUE(fit.names.empty());
  expect_error(ErrorKind::identification,
               "every row has its outcome y at an end of what a mean can be, in a way that regressors and effects tell "
               "exactly, so no coefficient of logit is finite; use fewer regressors or effects",
               [] { estimated(keyless("y,x\n0,1\n0,2\n1,3\n1,4\n"), "y ~ x", "logit", "", "iid"); });
}

}  // namespace
}  // namespace headwater
