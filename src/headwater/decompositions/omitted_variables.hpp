// Arithmetic of omitted-variable sensitivity, free of any fit (Cinelli and Hazlett 2020).
#pragma once

#include <optional>

namespace headwater {

// Strength that a confounder must have, in partial R² with treatment and outcome alike, to bring |estimate| down to
// (1 − q) of itself: from the partial R² of the treatment alone, 2/(1 + √(1 + 4/f²)) with f = q √(R²/(1 − R²)).
double robustness_value(double partial_r2, double q = 1);
// The same for the estimate's interval to reach (1 − q) of it. `ratio` is the standard error in use divided by the
// classical one, `critical` the quantile of its distribution; dof are the residual degrees of freedom.
double robustness_value_alpha(double partial_r2, double dof, double critical, double ratio, double q = 1);

// A confounder `strength` times as strong as the benchmark, whose partial R² with the treatment (given the others) and
// with the outcome (given treatment and others) are known. Empty when no confounder can be that strong.
struct ConfounderBound {
  double r2_treatment, r2_outcome;
  bool capped = false;  // r2_outcome was above one
};
std::optional<ConfounderBound> confounder_bound(double benchmark_treatment, double benchmark_outcome, double strength);

struct AdjustedEstimate {
  double estimate, std_error;
};
// What estimate and error become with that confounder; `classical` is the classical standard error, `error` the one in
// use.
AdjustedEstimate adjusted_for(const ConfounderBound& bound, double estimate, double classical, double error,
                              double dof);

}  // namespace headwater
