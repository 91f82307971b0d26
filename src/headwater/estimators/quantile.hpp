// What the forms of quantile regression share.
#pragma once

#include <optional>

#include "headwater/estimators/fit.hpp"

namespace headwater {

// How the density of the errors at the quantile is estimated: one number for all rows; the distance of two quantiles on
// either side, row by row; or a kernel around the fitted quantile.
enum class ErrorDensity { constant, difference, kernel };

struct QuantileCall {
  double tau;
  std::optional<ErrorDensity> density;  // none: constant under equal errors, else kernel
};

// n densities. Throws Error{identification, "quantile.no_density"}.
Vector error_densities(ErrorDensity how, const Matrix& X, const Vector& y, const Vector& residuals, double tau);
// (Σ f x x')⁻¹. Throws Error{identification, "quantile.no_density"}.
Matrix quantile_bread(const Matrix& X, const Vector& densities);

// Where an effect moves all quantiles alike: Canay's two steps. Where it stretches the spread as well: quantiles by
// moments.
Fit fit_quantile_shifted(const EstimatorInput& input, const QuantileCall& call);
Fit fit_quantile_by_moments(const EstimatorInput& input, const QuantileCall& call);

// The share below of a quantile fit without absorbed effects; none: another fit.
std::optional<double> fitted_quantile(const Fit& fit);

// Nothing of least squares is left in the fit.
void forget_least_squares(Fit& fit);
void add_quantile_extras(Fit& fit, double objective, const Vector& residuals);

}  // namespace headwater
