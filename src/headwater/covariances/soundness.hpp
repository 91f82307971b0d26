// Whether a covariance is one: variances that are zero by construction or negative, and what a profile does about them.
#pragma once

#include "headwater/covariances/covariance.hpp"

namespace headwater {

// Symmetrises the matrix, marks coefficients without a standard error (their rows and columns become NaN), repairs as
// the profile does and says so. `size` is the sum of the absolute diagonals of the sums that make up the matrix.
void make_sound(Covariance& covariance, const Fit& fit, const Vector& size);

}  // namespace headwater
