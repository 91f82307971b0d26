#include "headwater/decompositions/omitted_variables.hpp"

#include <algorithm>
#include <cmath>

namespace headwater {
namespace {

double value_of(double f) { return f > 0 ? 2 / (1 + std::sqrt(1 + 4 / (f * f))) : 0; }

}  // namespace

double robustness_value(double partial_r2, double q) { return value_of(q * std::sqrt(partial_r2 / (1 - partial_r2))); }

double robustness_value_alpha(double partial_r2, double dof, double critical, double ratio, double q) {
  const double f = q * std::sqrt(partial_r2 / (1 - partial_r2)), needed = ratio * critical / std::sqrt(dof - 1);
  if (f <= needed) return 0;
  // Beyond f > 1/needed a confounder that explains none of the outcome, only of the treatment, is the cheaper one.
  if (f > 1 / needed) return (f * f - needed * needed) / (1 + f * f);
  return value_of(f - needed);
}

std::optional<ConfounderBound> confounder_bound(double treatment, double outcome, double strength) {
  if (strength * treatment >= 1) return std::nullopt;
  const double r2_treatment = strength * treatment / (1 - treatment);
  const double shared = strength * treatment * treatment / ((1 - strength * treatment) * (1 - treatment));
  if (r2_treatment >= 1 || shared >= 1) return std::nullopt;
  const double eta = (std::sqrt(strength) + std::sqrt(shared)) / std::sqrt(1 - shared);
  const double r2_outcome = eta * eta * outcome / (1 - outcome);
  return ConfounderBound{r2_treatment, std::min(1.0, r2_outcome), r2_outcome > 1};
}

AdjustedEstimate adjusted_for(const ConfounderBound& bound, double estimate, double classical, double error,
                              double dof) {
  const double bias =
      classical * std::sqrt(dof) * std::sqrt(bound.r2_outcome * bound.r2_treatment / (1 - bound.r2_treatment));
  const double unknown = std::nan("");  // a confounder that explains all of the outcome leaves no error to speak of
  if (bound.capped) return {std::copysign(1.0, estimate) * (std::abs(estimate) - bias), unknown};
  const double stretch = std::sqrt((1 - bound.r2_outcome) / (1 - bound.r2_treatment) * dof / (dof - 1));
  return {std::copysign(1.0, estimate) * (std::abs(estimate) - bias), error * stretch};
}

}  // namespace headwater
