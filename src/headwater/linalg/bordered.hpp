// One elimination of a symmetric positive definite matrix that serves a likelihood: the determinant of a block and what
// the block leaves of its border.
#pragma once

#include "headwater/core/matrix.hpp"

namespace headwater {

struct BorderedForm {
  double log_determinant;  // of all rows and columns but the last
  double remainder;        // the corner less border' block⁻¹ border
};
// Reads the lower triangle. Throws Error{numerical, "linalg.not_definite"}.
BorderedForm bordered_form(const Matrix& matrix);

}  // namespace headwater
