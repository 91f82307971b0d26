// Question: are the regressors endogenous at all, and do the instruments move the outcome otherwise than through them?
//   Wu-Hausman: F that the first stages' residuals have no coefficient beside the regressors (Wooldridge 2010, 6.2.1);
//   Sargan: n e'Pe/e'e, χ²(q − p), under equal variances (Sargan 1958);
//   Hansen's J: g'S⁻¹g at two-step GMM under the fit's rule, S the meat at 2SLS (Hansen 1982); of a fit by GMM its own.
// Equal to AER's and fixest's statistics to 1e-10 on the reference cases, and to ivregress's J to the digits printed.
#include <cmath>

#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/diagnostics/instruments.hpp"
#include "headwater/estimators/instrumented.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

// Nothing where every first stage fits exactly: an endogenous regressor that is its own instrument is exogenous.
std::optional<Test> exogeneity(const Fit& fit, const Covariance& own, const Names& endogenous) {
  const FirstStages& stages = *fit.first_stages;
  const auto p = static_cast<Index>(stages.fits.size());
  Matrix X(fit.n(), fit.k() + p);
  const LinearRows rows = solved_rows(fit);
  X.leftCols(fit.k()) = *rows.regressors;
  Names names = fit.names;
  std::vector<Index> members;
  for (Index j = 0; j < p; ++j) {
    X.col(fit.k() + j) = stages.fits[static_cast<std::size_t>(j)].linear->residuals;
    names.push_back("first-stage residual of " + endogenous[static_cast<std::size_t>(j)]);
  }
  const Fit with = auxiliary_fit(fit, std::move(X), rows.outcome, std::move(names), "regression with residuals");
  for (Index j = 0; j < with.k(); ++j)
    if (with.names[static_cast<std::size_t>(j)].rfind("first-stage residual of ", 0) == 0) members.push_back(j);
  if (members.empty()) return std::nullopt;
  Test test = zero_test(with, covariance(with, own.rule, own.profile), members,
                        joined(endogenous, ", ") + (p == 1 ? " is" : " are") + " exogenous (Wu-Hausman)");
  test.name = "wu_hausman";
  return test;
}

double sargan(const Fit& fit, const Matrix& Z) {
  const Vector e = solved_rows(fit).residuals;
  const Vector left = least_squares(Z, e, fit.weights).residuals;
  const double all = e.dot(weighted(e, fit.weights));
  return static_cast<double>(fit.n()) * (all - left.dot(weighted(left, fit.weights))) / all;
}

double hansen(const Fit& fit, const Covariance& own, Matrix Z) {
  for (Index j = 0; j < Z.cols(); ++j) Z.col(j) /= Z.col(j).norm();
  const LinearRows rows = solved_rows(fit);
  const Matrix& X = *rows.regressors;
  const Vector& e = rows.residuals;
  const Matrix S = meat(own.rule, Z.array().colwise() * weighted(e, fit.weights).array(), fit.atoms);
  const Matrix G = cross_product(Z, X, fit.weights);
  Matrix inverse(S.rows(), S.cols());
  for (Index j = 0; j < S.cols(); ++j) inverse.col(j) = quadratic_pseudo_inverse(S, Vector::Unit(S.rows(), j)).solution;
  const Vector g = Z.transpose() * weighted(e, fit.weights);
  const Vector step = solve_definite(G.transpose() * inverse * G, G.transpose() * inverse * g).col(0);
  const Vector left = Z.transpose() * weighted(e - X * step, fit.weights);
  return left.dot(inverse * left);
}

Test overidentification(const Fit& fit, const Covariance& own, double df) {
  const FirstStages& stages = *fit.first_stages;
  const Matrix& Z = *stages.fits.front().linear->regressors;
  const std::string what = "the instruments move the outcome through the endogenous regressors alone ";
  if (stages.objective) return chi_squared_test("hansen", what + "(Hansen's J)", *stages.objective, df);
  if (own.gathers == Gathers::nothing) return chi_squared_test("sargan", what + "(Sargan)", sargan(fit, Z), df);
  return chi_squared_test("hansen", what + "(Hansen's J of two-step GMM)", hansen(fit, own, Z), df);
}

}  // namespace

std::vector<Test> instrument_tests(const Fit& fit, const Covariance& own, const InstrumentStrength& strength) {
  const FirstStages& stages = *fit.first_stages;
  std::vector<Test> tests = strength.first_stage;
  tests.push_back(chi_squared_test(
      "kleibergen_paap", "the instruments leave the endogenous regressors unidentified (Kleibergen-Paap rk LM)",
      strength.rk_lm, strength.rk_df));
  tests.push_back(anderson_rubin(fit, own));
  if (std::optional<Test> test = exogeneity(fit, own, strength.endogenous)) tests.push_back(std::move(*test));
  const auto df = static_cast<double>(stages.excluded) - static_cast<double>(stages.fits.size());
  if (df > 0) tests.push_back(overidentification(fit, own, df));
  return tests;
}

}  // namespace headwater
