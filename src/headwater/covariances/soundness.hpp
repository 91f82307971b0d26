// Whether a covariance is one: variances that are zero by construction or negative, and what a profile does about them.
#pragma once

#include "headwater/covariances/covariance.hpp"

namespace headwater {

// Symmetrises the matrix, marks coefficients without a standard error (their rows and columns become NaN), repairs as
// the profile does and says so. `size` is the sum of the absolute diagonals of the sums that make up the matrix,
// `rounding` that of the scores.
void make_sound(Covariance& covariance, const Fit& fit, const Vector& size, const Vector& rounding);
// k: below these, before the factor, variances are rounding, whatever the rule.
Vector rounding_of_scores(const Fit& fit);

}  // namespace headwater
