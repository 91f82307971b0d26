// Question: which coefficients of the endogenous regressor are compatible with the instruments, however weak they are?
// β₀ is, where the instruments have no coefficient together in the regression of y − Yβ₀ on (X₁, Z₂): with δ the
// instruments' coefficients in the regression of y and Δ those in that of Y, d(b) = δ − bΔ, F(b) = d(b)'V(b)⁻¹d(b)/q,
// V(b) the covariance of d(b) under the fit's rule, a quadratic of b. The set {b : F(b) ≤ c} ends where c·q·V(b) −
// d(b)d(b)' is singular: an interval, two rays, the whole line or nothing, found exactly instead of on a grid. Anderson
// and Rubin (1949); Mikusheva (2010).
#include <algorithm>
#include <cmath>
#include <limits>

#include "headwater/core/distributions.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/diagnostics/instruments.hpp"
#include "headwater/estimators/instrumented.hpp"
#include "headwater/linalg/quadratic_roots.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct ReducedForm {
  Vector outcome, regressor;                 // δ, Δ
  Matrix of_outcome, between, of_regressor;  // covariances, between symmetric
};

Matrix joint(const Fit& a, const Fit& b, const Covariance& own, const std::vector<Index>& members, double factor) {
  if (own.gathers == Gathers::nothing) {
    return factor * weighted(a.linear->residuals, a.weights).dot(b.linear->residuals) / static_cast<double>(a.n()) *
           a.bread(members, members);
  }
  const Index q = static_cast<Index>(members.size());
  Matrix psi(a.n(), 2 * q);
  psi << influence(a)(Eigen::all, members), influence(b)(Eigen::all, members);
  const Matrix both = factor * meat(own.rule, psi, a.atoms);
  return both.topRightCorner(q, q);
}

ReducedForm reduced_form(const Fit& outcome, const Fit& regressor, const Covariance& own,
                         const std::vector<Index>& members, double factor) {
  ReducedForm r{outcome.coefficients(members), regressor.coefficients(members), {}, {}, {}};
  r.of_outcome = joint(outcome, outcome, own, members, factor);
  r.of_regressor = joint(regressor, regressor, own, members, factor);
  const Matrix cross = joint(outcome, regressor, own, members, factor);
  r.between = cross + cross.transpose();
  return r;
}

// q F(b) less its critical value; at infinity by the leading terms.
double excess(const ReducedForm& r, double b, double limit) {
  const bool far = std::isinf(b);
  const Vector d = far ? r.regressor : Vector(r.outcome - b * r.regressor);
  const Matrix V = far ? r.of_regressor : Matrix(r.of_outcome - b * r.between + b * b * r.of_regressor);
  return quadratic_pseudo_inverse(V, d).value - limit;
}

std::vector<std::pair<double, double>> set_of(const ReducedForm& r, double limit) {
  const Matrix cross = r.outcome * r.regressor.transpose();
  std::vector<double> ends = real_singular_points(limit * r.of_outcome - r.outcome * r.outcome.transpose(),
                                                  -limit * r.between + cross + cross.transpose(),
                                                  limit * r.of_regressor - r.regressor * r.regressor.transpose());
  ends.insert(ends.begin(), -kInfinity);
  ends.push_back(kInfinity);
  std::vector<std::pair<double, double>> set;
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    const double low = ends[i], high = ends[i + 1];
    const double inside = std::isinf(low) && std::isinf(high) ? 0
                          : std::isinf(low)                   ? -kInfinity
                          : std::isinf(high)                  ? kInfinity
                                                              : 0.5 * (low + high);
    if (excess(r, inside, limit) > 0) continue;
    if (!set.empty() && set.back().second == low)
      set.back().second = high;
    else
      set.emplace_back(low, high);
  }
  return set;
}

std::string words_of(const std::vector<std::pair<double, double>>& set) {
  if (set.empty()) return "no value at all: the instruments contradict one another";
  std::vector<std::string> parts;
  for (const auto& [low, high] : set) {
    if (std::isinf(low) && std::isinf(high)) return "every value: the instruments tell nothing";
    parts.push_back(std::isinf(low)    ? "all below " + significant(high, 4)
                    : std::isinf(high) ? "all above " + significant(low, 4)
                                       : significant(low, 4) + " to " + significant(high, 4));
  }
  return joined(parts, " and ");
}

}  // namespace

Test anderson_rubin(const Fit& fit, const Covariance& own) {
  const FirstStages& stages = *fit.first_stages;
  const Fit& first = stages.fits.front();
  const Fit outcome =
      auxiliary_fit(fit, *first.linear->regressors, solved_rows(fit).outcome, first.names, "reduced form");
  const Covariance rule = covariance(outcome, own.rule, own.profile);
  std::vector<Index> members;
  for (Index j = outcome.k() - stages.excluded; j < outcome.k(); ++j) members.push_back(j);
  Names endogenous;
  for (const Fit& stage : stages.fits) endogenous.push_back(stage.estimator);
  Test test = zero_test(outcome, rule, members,
                        joined(endogenous, ", ") + (endogenous.size() == 1 ? " has" : " have") +
                            " no coefficient (Anderson-Rubin, however weak the instruments)");
  test.name = "anderson_rubin";
  if (stages.fits.size() > 1 || !std::isfinite(test.statistic)) return test;
  const double q = static_cast<double>(stages.excluded);
  const double limit = q * f_quantile(fit.design->spec.level, q, rule.df);
  test.set = set_of(reduced_form(outcome, first, own, members, rule.factor), limit);
  test.notes.push_back({"iv.anderson_rubin", "coefficients of " + endogenous.front() +
                                                 " that the instruments allow at " +
                                                 significant(100 * fit.design->spec.level, 3) +
                                                 " %, however weak they are (Anderson-Rubin): " + words_of(test.set)});
  return test;
}

}  // namespace headwater
