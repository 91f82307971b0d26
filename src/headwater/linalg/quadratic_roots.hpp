// Where a quadratic polynomial of matrices is singular.
#pragma once

#include <vector>

#include "headwater/core/matrix.hpp"

namespace headwater {

// The real t at which det(A + tB + t²C) = 0, increasing; A, B, C square and of one size.
std::vector<double> real_singular_points(const Matrix& A, const Matrix& B, const Matrix& C);

}  // namespace headwater
