// The one variance of independent errors.
#pragma once

#include "headwater/estimators/fit.hpp"

namespace headwater {

// σ² of V = σ² (X̃'WX̃)⁻¹: the mean square of the errors times the small-sample factor. With two random effects in an
// unbalanced panel it is the estimated variance of the rows' own errors, the generalised least squares of plm's formula
// (whose factor plm 2.6 forgets).
double error_variance(const Fit& fit, double factor);
bool by_own_variance(const Fit& fit);

}  // namespace headwater
