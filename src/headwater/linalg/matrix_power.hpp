// Powers of symmetric positive semi-definite matrices: dense, or of a matrix known by what it does to a vector.
#pragma once

#include <functional>

#include "headwater/core/matrix.hpp"

namespace headwater {

// A^power on the span of the eigenvectors whose eigenvalue exceeds `zero`, nothing on the others (a pseudo-inverse).
Matrix symmetric_power(const Matrix& A, double power, double zero = 1e-12);

struct PowerProduct {
  Matrix value;  // A^power B
  Vector lost;   // of each column of B, the norm of what lies where A is zero
};
PowerProduct symmetric_power_product(const Matrix& A, double power, const Matrix& B, double zero = 1e-12);
// The same by Lanczos with full reorthogonalisation, column by column: exact after as many steps as A has distinct
// eigenvalues, far fewer where these lie close together. Throws Error{numerical, "linalg.not_settled"} when 500 steps
// do not settle it.
PowerProduct symmetric_power_product(const std::function<Vector(const Vector&)>& A, double power, const Matrix& B);

}  // namespace headwater
