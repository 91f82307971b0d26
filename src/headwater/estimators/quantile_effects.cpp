// Two ways to take an effect out of quantiles, both for many rows a level: with T rows a level the bias is of order
// 1/T.
//
// Canay (2011), an effect that moves all quantiles alike: y = x'θ(U) + α_i. α̂_i = ȳ_i − x̄_i'β̂ of the within fit, about
// its mean; then the quantile of y − α̂_i on a constant and x (his eqs. 6 and 7). The errors of the first step count:
// with F_i = Σ_t f x of a level, the scores are (τ − 1[e < 0])x − u F_i/T_i + Γ ψ_β, Γ = Σ_i F_i(x̄_i − x̄)', u and ψ_β
// residuals and influence of the within fit, and in the constant's the spread of the effects, which are drawn.
//
// Machado and Santos Silva (2019), location and scale: y = α_i + x'β + (δ_i + x'γ)U. Within fit of y: β, residuals R;
// within fit of |R|: γ and the spread σ = δ_i + x'γ; q least Σ ρ_τ(R − σq); β(τ) = β + qγ. Influence (their theorem 3):
// (R + qV)x̃ through the within bread, V = 2R(1[R ≥ 0] − share of R ≥ 0) − σ, and γ times that of q,
// (σ(τ − 1[R < σq])/f − R − qV)/Σσ, f the density of U at q. Equals Stata xtqreg in coefficients.
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/estimators/quantile.hpp"
#include "headwater/linalg/regression_quantile.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

Matrix with_constant(const Matrix& X) {
  Matrix all(X.rows(), X.cols() + 1);
  all << Vector::Ones(X.rows()), X;
  return all;
}

Matrix columns_kept(const Fit& fit) {
  Matrix X(fit.n(), fit.k());
  for (Index j = 0; j < fit.k(); ++j) X.col(j) = fit.design->X.col(*fit.origins[static_cast<std::size_t>(j)].column);
  return X;
}

// What the within fit's errors bring to the scores of the second step. `density` are densities times columns.
Matrix through_first_step(const Fit& within, const Matrix& X, const Matrix& density, const Vector& shift) {
  const Grouping& groups = within.effects.front().levels;
  const Vector size = sums_by(Vector::Ones(X.rows()), groups);
  const Vector& u = within.linear->residuals;
  const Matrix by_level = sums_by(density, groups);
  Matrix means = sums_by(X, groups).array().colwise() / size.array();
  means.rowwise() -= X.colwise().mean();
  Matrix brought = within.scores.rows() * within.bread * (means.transpose() * by_level);
  for (Index i = 0; i < X.rows(); ++i) {
    const std::int32_t level = groups.code[static_cast<std::size_t>(i)];
    brought.row(i) -= by_level.row(level) * (u(i) / size(level));
  }
  const Vector about_mean = (shift + u) / static_cast<double>(X.rows());
  return brought + about_mean * by_level.colwise().sum();
}

void take_rows_as_independent(Fit& fit) {
  const Matrix psi = fit.scores.rows() * fit.bread;
  fit.equal_errors = EqualErrors{psi.transpose() * psi, "squared influence of each row, no factor"};
}

void add_by_term(Fit& fit, const std::string& name, const Vector& values, const std::string& description) {
  fit.extras[name] = {name,        {"term"},
                      {fit.k()},   std::vector<double>(values.data(), values.data() + values.size()),
                      description, "outcome per regressor"};
}

void note_negative_spread(Fit& fit, Index rows) {
  if (rows == 0) return;
  fit.notes.push_back({"quantile.spread", "the spread comes out at zero or below in " + counted(rows, "row") +
                                              ", where location and scale describe no distribution; look at "
                                              "regressors whose values there are unusual"});
}

// Of the errors over their spread, where there is some.
double standard_density(const Vector& R, const Vector& spread, double q, const QuantileCall& call) {
  std::vector<double> standardised;
  for (Index i = 0; i < R.size(); ++i)
    if (spread(i) > 0) standardised.push_back(R(i) / spread(i));
  const Vector U = Eigen::Map<const Vector>(standardised.data(), static_cast<Index>(standardised.size()));
  const Matrix ones = Matrix::Ones(U.size(), 1);
  return error_densities(call.density.value_or(ErrorDensity::kernel), ones, U, U.array() - q, call.tau).mean();
}

}  // namespace

Fit fit_quantile_shifted(const EstimatorInput& input, const QuantileCall& call) {
  Fit fit = solve_least_squares(input.design, rows_as_they_are(*input.design));
  const Matrix slopes = columns_kept(fit), X = with_constant(slopes);
  Vector shift = input.design->y - slopes * fit.coefficients - fit.linear->residuals;
  shift.array() -= shift.mean();
  const Vector y = input.design->y - shift;
  const RegressionQuantile found = regression_quantile(X, y, call.tau);
  const Vector f = error_densities(call.density.value_or(ErrorDensity::kernel), X, y, found.residuals, call.tau);
  const Matrix brought = through_first_step(fit, slopes, X.array().colwise() * f.array(), shift);
  fit.scores = {std::make_shared<const Matrix>((X.array().colwise() * found.signs.array()).matrix() + brought),
                std::nullopt};
  fit.bread = fit.unit_covariance = quantile_bread(X, f);
  fit.coefficients = found.coefficients;
  fit.names.insert(fit.names.begin(), "(Intercept)");
  fit.origins.insert(fit.origins.begin(), CoefficientOrigin{});
  fit.scales.insert(fit.scales.begin(), ParameterScale::linear);
  take_rows_as_independent(fit);
  forget_least_squares(fit);
  add_quantile_extras(fit, found.objective, found.residuals);
  return fit;
}

Fit fit_quantile_by_moments(const EstimatorInput& input, const QuantileCall& call) {
  Fit fit = solve_least_squares(input.design, rows_as_they_are(*input.design));
  const Vector R = fit.linear->residuals;
  Transformed sizes = rows_as_they_are(*input.design);
  sizes.y = R.cwiseAbs();
  const Fit of_size = solve_least_squares(input.design, std::move(sizes));
  const Vector spread = R.cwiseAbs() - of_size.linear->residuals, gamma = of_size.coefficients;
  const RegressionQuantile found = regression_quantile(spread, R, call.tau);
  const double q = found.coefficients(0), above = (R.array() >= 0).cast<double>().mean();
  const double f = standard_density(R, spread, q, call);
  const Vector V = R.unaryExpr([&](double r) { return 2 * r * ((r >= 0 ? 1 : 0) - above); }) - spread;
  const Vector moved = R + q * V, of_q = (spread.cwiseProduct(found.signs) / f - moved) / spread.sum();
  const Matrix& X = *fit.linear->regressors;
  const Vector through = inverse_definite(fit.bread) * gamma;
  fit.scores = {
      std::make_shared<const Matrix>((X.array().colwise() * moved.array()).matrix() + of_q * through.transpose()),
      std::nullopt};
  add_by_term(fit, "location", fit.coefficients, "of the mean: coefficients of the within fit");
  add_by_term(fit, "spread", gamma, "of the spread: coefficients of the within fit of the residuals' size");
  fit.coefficients += q * gamma;
  fit.extras["spread_quantile"] = {
      "spread_quantile", {}, {}, std::vector<double>{q}, "quantile of errors over spread", "1"};
  take_rows_as_independent(fit);
  forget_least_squares(fit);
  add_quantile_extras(fit, found.objective, found.residuals);
  note_negative_spread(fit, (spread.array() <= 0).count());
  return fit;
}

}  // namespace headwater
