// Least squares of columns whose rounding is known: high powers, whose rounding alone costs columns that are nearly
// collinear half of the digits.
#pragma once

#include "headwater/linalg/solve.hpp"

namespace headwater {

// As least_squares() of X + tails, tails being what rounding took from X; empty tails mean X is exact.
LeastSquares least_squares(const Matrix& X, const Matrix& tails, const Vector& y, const Vector& weights,
                           double tolerance = kCollinear);

}  // namespace headwater
