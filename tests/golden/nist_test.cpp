// NIST StRD linear regression: correct digits (log relative error) of coefficients, standard errors and residual
// spread.
#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>
#include <tuple>

#include "case.hpp"
#include "filip.hpp"
#include "headwater/core/text.hpp"
#include "headwater/estimators/powers.hpp"
#include "headwater/linalg/tails.hpp"

namespace headwater::golden {
namespace {

double digits(double got, double certified) {
  const double error = certified == 0 ? std::abs(got) : std::abs(got - certified) / std::abs(certified);
  return error == 0 ? 15 : std::clamp(-std::log10(error), 0.0, 15.0);
}

struct Least {
  double coefficients, errors;
};
// At least the digits of Eigen's Householder QR; Longley and Filip as promised.
const std::map<std::string, Least>& least() {
  static const std::map<std::string, Least> table = {
      {"nist_linear_longley", {12, 12}},   {"nist_linear_norris", {12.3, 12}},   {"nist_linear_noint1", {14, 13}},
      {"nist_linear_wampler1", {10.1, 9}}, {"nist_linear_wampler2", {13.1, 13}}, {"nist_linear_wampler3", {9.8, 9}}};
  return table;
}

class Nist : public ::testing::TestWithParam<Case> {};

TEST_P(Nist, IsReachedToItsDigits) {
  const Case& one = GetParam();
  if (one.absent()) GTEST_SKIP() << "the reference values are not beside the source tree";
  const Fit fit = fit_case(one);
  const auto& parameters = one.json["certified"]["parameters"];
  ASSERT_EQ(static_cast<std::size_t>(fit.k()), parameters.size());
  double coefficients = 15, errors = 15;
  Index j = 0;
  for (const auto& [name, certified] : parameters.items()) {
    coefficients = std::min(coefficients, digits(fit.coefficients(j), number(certified["estimate"])));
    errors = std::min(errors, digits(std::sqrt(fit.goodness.sigma2 * fit.bread(j, j)), number(certified["se"])));
    ++j;
  }
  std::cout << one.id << ": log relative error of coefficients " << significant(coefficients, 3)
            << ", of standard errors " << significant(errors, 3) << "\n";
  RecordProperty("coefficients", significant(coefficients, 3));
  RecordProperty("errors", significant(errors, 3));
  const auto wanted = least().find(one.id);
  if (wanted == least().end()) return;
  EXPECT_GE(coefficients, wanted->second.coefficients);
  EXPECT_GE(errors, wanted->second.errors);
}
INSTANTIATE_TEST_SUITE_P(Reference, Nist, ::testing::ValuesIn(cases_of({"nist_linear"})), case_name);

// Wampler 4 and 5 are Wampler 3 with its noise times 100 and 10,000; every certified coefficient is one.
TEST(NistWampler, HoldsUnderMoreNoise) {
  const std::vector<Case> cases = cases_of({"nist_linear"});
  const auto third =
      std::find_if(cases.begin(), cases.end(), [](const Case& one) { return one.id == "nist_linear_wampler3"; });
  if (third == cases.end()) GTEST_SKIP() << "the reference values are not beside the source tree";
  const Fit fit = fit_case(*third);
  const Matrix& X = fit.design->X;
  const Vector exact = X.rowwise().sum(), noise = fit.design->y - exact;
  for (const auto& [name, factor, wanted] :
       {std::tuple{"wampler4", 100.0, 8.1}, std::tuple{"wampler5", 10000.0, 6.1}}) {
    const LeastSquares solution = least_squares(X, exact + factor * noise, Vector());
    double worst = 15;
    for (Index j = 0; j < X.cols(); ++j) worst = std::min(worst, digits(solution.coefficients(j), 1));
    std::cout << "nist_linear_" << name << ": log relative error of coefficients " << significant(worst, 3) << "\n";
    EXPECT_GE(worst, wanted) << name;
  }
}

// y ~ x + I(x^2) + ... + I(x^10), as the command would design it.
Design filip_design() {
  const Index n = static_cast<Index>(kFilipX.size());
  Design design;
  std::string formula = "y ~ x";
  for (int power = 2; power < 11; ++power) formula += " + I(x^" + std::to_string(power) + ")";
  design.spec.formula = expand(parse_formula(formula)).at(0);
  design.X.resize(n, 11);
  design.y.resize(n);
  for (Index i = 0; i < n; ++i) {
    design.y(i) = kFilipY[static_cast<std::size_t>(i)];
    for (int power = 0; power < 11; ++power) design.X(i, power) = std::pow(kFilipX[static_cast<std::size_t>(i)], power);
  }
  design.origins.emplace_back();
  for (std::size_t term = 0; term < 10; ++term) design.origins.push_back({term});
  return design;
}

// Rounding the powers alone leaves 7.6 digits, whatever is done afterwards.
TEST(NistFilip, ReachesThirteenDigits) {
  const Design design = filip_design();
  const LeastSquares fit = least_squares(design.X, power_tails(design), design.y, Vector());
  ASSERT_EQ(fit.kept.size(), 11u) << "a column was called collinear";
  const double sigma2 = fit.residuals.squaredNorm() / static_cast<double>(design.n() - 11);
  double coefficients = 15, errors = 15;
  for (Index j = 0; j < 11; ++j) {
    const auto at = static_cast<std::size_t>(j);
    coefficients = std::min(coefficients, digits(fit.coefficients(j), kFilipCertified[at]));
    errors = std::min(errors, digits(std::sqrt(sigma2 * fit.bread(j, j)), kFilipCertifiedErrors[at]));
  }
  std::cout << "nist_linear_filip: log relative error of coefficients " << significant(coefficients, 3)
            << ", of standard errors " << significant(errors, 3) << "\n";
  EXPECT_GE(coefficients, 13);
  EXPECT_GE(errors, 13);
  EXPECT_GE(digits(std::sqrt(sigma2), kFilipResidualSpread), 13);
}

}  // namespace
}  // namespace headwater::golden
