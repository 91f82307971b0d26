// Question: is a combination c'β(τ) of a quantile regression r? The score of the fit with c'β held at r, S = x's, x the
// combination's own column and s the signs of that fit, over √(τ(1 − τ)/c'(X'X)⁻¹c), the errors independent and of one
// distribution, which need no density. p by t with n − k degrees of freedom. The set is that of the values r that are
// not rejected, between the jumps of S by a straight line. Gutenbrunner, Jurečková, Koenker and Portnoy (1993), 3;
// Koenker (1994). The set equals quantreg 5.94, se = "rank", iid, tcrit, to 1e-8 in 139 of 140 ends of
// the reference cases; in the other two rows are the same at a jump, which quantreg takes half.
#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/diagnostics/asked_tests.hpp"
#include "headwater/estimators/quantile.hpp"
#include "headwater/linalg/regression_quantile.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

double quantile_tested(const Asked& asked) {
  const std::optional<double> tau = fitted_quantile(asked.fit);
  if (tau && !asked.drivers) return *tau;
  throw Error(ErrorKind::usage, "test.rank",
              "rank tests one coefficient or combination at a time of quantile without absorbed effects, which " +
                  (asked.drivers ? std::string("drivers, tested together, are not") : asked.fit.estimator + " is not") +
                  "; leave 'by rank' out");
}

// Columns in which the combination is the last coefficient.
Matrix with_combination_last(const Fit& fit, const Vector& weights) {
  Index largest = 0;
  weights.cwiseAbs().maxCoeff(&largest);
  Matrix X(fit.n(), fit.k());
  Index to = 0;
  const auto column = [&](Index j) { return fit.design->X.col(*fit.origins[static_cast<std::size_t>(j)].column); };
  const Vector own = column(largest) / weights(largest);
  for (Index j = 0; j < fit.k(); ++j)
    if (j != largest) X.col(to++) = column(j) - weights(j) * own;
  X.col(to) = own;
  return X;
}

Test rank_score_test(const Asked& asked, const LinearNull& null, double tau) {
  const Fit& fit = asked.fit;
  const Matrix X = with_combination_last(fit, null.weights);
  const Index last = fit.k() - 1;
  const Vector own = X.col(last);
  const double scale = std::sqrt(tau * (1 - tau) / inverse_definite(cross_product(X, Vector()))(last, last));
  const RegressionQuantile held = regression_quantile(X.leftCols(last), fit.design->y - null.value * own, tau);
  Test test = linear_test(fit, asked.covariance, null);
  test.name = "rank";
  test.df2 = static_cast<double>(fit.df_residual);
  test.statistic = own.dot(held.signs) / scale;
  test.distribution = "t(" + std::to_string(fit.df_residual) + ") of rank scores";
  test.p_value = student_two_sided(test.statistic, test.df2);
  const double cut = student_quantile(0.5 + fit.design->spec.level / 2, test.df2);
  const RankRange range = rank_range(X, fit.design->y, tau, last, cut * scale);
  test.set = {{range.low, range.high}};
  return test;
}

}  // namespace

std::vector<Test> rank_tests(const Asked& asked, const MethodCall&) {
  const double tau = quantile_tested(asked);
  std::vector<Test> tests;
  for (const LinearNull& null : asked.nulls) tests.push_back(rank_score_test(asked, null, tau));
  return tests;
}

}  // namespace headwater
