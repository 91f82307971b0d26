// Questions: are there effects at all, and have they nothing to do with the regressors, as random effects suppose?
// breusch_pagan, honda: with e the pooled residuals and n_i rows a level, A = Σ_i (Σ e)²/Σe² − 1 and
//   LM = n/√(2(Σ n_i² − n)) A; LM² is χ²(1) (Breusch and Pagan 1980; unbalanced Baltagi and Li 1990), LM itself normal
//   against positive variances alone (Honda 1985). Two effects: the sum of the squares, χ²(2); the sum over √2.
// hausman: d = β_within − β_random over the slopes that within identifies, d'(V_within − V_random)⁻¹d ~ χ²(q) (Hausman
//   1978, th. 2.1), each covariance with its own σ² as plm's phtest and Stata's hausman have it. Where the difference
//   is not positive definite there is no such distribution: plm takes the absolute value, Stata prints the number; here
//   it stands without a p value, and the regression form answers.
// mundlak: the same hypothesis in a regression, which any covariance rule can test: unit means of the regressors are
//   added to the whitened rows, and their coefficients are zero (Mundlak 1978; Wooldridge 2010, 10.7.3); Wald, χ²(q).
// Equal to plm's plmtest, phtest and to its Wald test of added means to 1e-9.
#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/covariances/error_variance.hpp"
#include "headwater/diagnostics/test.hpp"
#include "headwater/estimators/unit_means.hpp"
#include "headwater/estimators/whitening.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

constexpr double kNotPositive = 1e-10;  // an eigenvalue below this share of the largest is none

std::string words_of_effects(const RandomEffects& random) {
  Names names;
  for (const RandomEffects::Effect& effect : random.effects) names.push_back(effect.levels.name);
  return joined(names, " and ");
}

Test unanswered(Test test, Note why) {
  test.p_value = std::nan("");
  test.distribution = "not estimable";
  test.notes.push_back(std::move(why));
  return test;
}

double lagrange(const Vector& e, const Grouping& groups) {
  const auto n = static_cast<double>(e.size());
  const double apart = sums_by(e, groups).squaredNorm() / e.squaredNorm() - 1;
  return n / std::sqrt(2 * (level_sizes(groups).squaredNorm() - n)) * apart;
}

std::vector<Test> tests_of_variances(const Fit& fit) {
  const Vector e = least_squares(*fit.linear->regressors, fit.design->y, Vector()).residuals;
  const auto count = static_cast<double>(fit.random->effects.size());
  double squares = 0, sum = 0;
  for (const RandomEffects::Effect& effect : fit.random->effects) {
    const double one = lagrange(e, effect.levels);
    squares += one * one;
    sum += one / std::sqrt(count);
  }
  const std::string effects = "the effects of " + words_of_effects(*fit.random) + " have no variance";
  Test honda = chi_squared_test("honda", effects + ", against a positive one", 0, 1);
  honda.statistic = sum;
  honda.distribution = "normal";
  honda.p_value = normal_cdf(-sum);
  return {chi_squared_test("breusch_pagan", effects, squares, count), std::move(honda)};
}

Fit within_fit(const Fit& fit) {
  const Design& design = *fit.design;
  Transformed rows{.X = design.X,
                   .y = design.y,
                   .names = design.names,
                   .origins = column_origins(design),
                   .atoms = atoms_of(design),
                   .constant = design.intercept};
  for (const RandomEffects::Effect& effect : fit.random->effects) {
    rows.effects.emplace_back();
    rows.effects.back().levels = effect.levels;
  }
  return solve_least_squares(fit.design, std::move(rows));
}

// Positions of the same slopes in both fits.
struct Shared {
  std::vector<Index> random, within;
};

Shared shared_slopes(const Fit& fit, const Fit& within) {
  Shared shared;
  for (Index j = 0; j < fit.k(); ++j)
    for (Index i = 0; i < within.k(); ++i)
      if (fit.origins[static_cast<std::size_t>(j)].column == within.origins[static_cast<std::size_t>(i)].column) {
        shared.random.push_back(j);
        shared.within.push_back(i);
      }
  return shared;
}

Test hausman(const Fit& fit, const Fit& within, const Shared& shared) {
  const Vector apart = within.coefficients(shared.within) - fit.coefficients(shared.random);
  const double own = by_own_variance(fit) ? fit.random->own_variance : fit.goodness.sigma2;
  const Matrix V = within.goodness.sigma2 * within.bread(shared.within, shared.within) -
                   own * fit.bread(shared.random, shared.random);
  const auto q = static_cast<double>(apart.size());
  const Vector scale = (within.bread.diagonal()(shared.within) * within.goodness.sigma2).cwiseSqrt().cwiseInverse();
  const Vector values = symmetric_eigen(scale.asDiagonal() * V * scale.asDiagonal()).values;
  const double smallest = values.minCoeff() / values.cwiseAbs().maxCoeff();
  const LeastSquares solved = least_squares(V, apart, Vector());  // V may be indefinite
  Test test = chi_squared_test("hausman",
                               "the random and the within coefficients are the same (" +
                                   counted(static_cast<long long>(apart.size()), "slope") + "; independent errors)",
                               apart(solved.kept).dot(solved.coefficients), q);
  if (smallest > kNotPositive) return test;
  return unanswered(std::move(test),
                    {"test.hausman_not_positive",
                     "Hausman's contrast has no distribution here: the covariance of the within coefficients less that "
                     "of the random ones is not positive definite (smallest eigenvalue " +
                         significant(smallest, 2) +
                         " of the largest), so the random estimator is not the more precise one it should be under the "
                         "hypothesis; read the test by unit means instead"});
}

Test mundlak(const Fit& fit, const Covariance& covariance) {
  const Design& design = *fit.design;
  Fit own;
  const Fit* tested = &fit;
  if (!has_unit_means(fit)) {
    Transformed rows = with_unit_means(design, fit.estimator);
    rows.X = fit.random->whitening->apply(rows.X);
    rows.y = fit.random->whitening->apply(rows.y);
    own = solve_least_squares(fit.design, std::move(rows));
    tested = &own;
  }
  std::vector<Index> means;
  for (Index j = 0; j < tested->k(); ++j)
    if (tested->origins[static_cast<std::size_t>(j)].unit_means) means.push_back(j);
  const Covariance V = headwater::covariance(*tested, covariance.rule, covariance.profile);
  Test test = chi_squared_test("mundlak",
                               "the unit means of the regressors have no coefficient of their own (" +
                                   counted(static_cast<long long>(means.size()), "mean") + "; errors " + V.text + ")",
                               0, static_cast<double>(means.size()));
  for (const Index j : means)
    if (!V.estimable(j))
      return unanswered(std::move(test), {"test.not_estimable", "the test by unit means is not estimable: " +
                                                                    tested->names[static_cast<std::size_t>(j)] +
                                                                    " has no standard error"});
  const Quadratic wald = quadratic_pseudo_inverse(V.matrix(means, means), tested->coefficients(means));
  return chi_squared_test("mundlak", std::move(test.hypothesis), wald.value, wald.rank);
}

}  // namespace

std::vector<Test> random_effects_tests(const Fit& fit, const Covariance& covariance) {
  if (!fit.random || fit.first_stages) return {};  // all three are of least squares
  std::vector<Test> tests = tests_of_variances(fit);
  const bool of_units = fit.random->effects.front().levels.code == fit.design->unit.code;
  try {
    const Fit within = within_fit(fit);
    const Shared shared = shared_slopes(fit, within);
    if (shared.random.empty()) return tests;
    if (!has_unit_means(fit)) tests.push_back(hausman(fit, within, shared));
    if (of_units) tests.push_back(mundlak(fit, covariance));
  } catch (const Error& error) {  // too few rows for the other regression
    tests.push_back(unanswered(
        chi_squared_test("hausman", "the effects go with no regressor", std::nan(""), 0),
        {"test.not_estimable", "whether the effects go with the regressors cannot be tested: " + error.message()}));
  }
  return tests;
}

}  // namespace headwater
