#include "headwater/linalg/bordered.hpp"

#include <Eigen/Cholesky>
#include <cmath>

#include "headwater/core/error.hpp"

namespace headwater {

BorderedForm bordered_form(const Matrix& matrix) {
  const Eigen::LLT<Matrix, Eigen::Lower> factor(matrix);
  if (factor.info() != Eigen::Success)
    throw Error(ErrorKind::numerical, "linalg.not_definite",
                "a symmetric system that must be positive definite is not, to the precision of its numbers");
  const auto pivots = factor.matrixLLT().diagonal();
  const Index block = matrix.rows() - 1;
  double log_determinant = 0;
  for (Index j = 0; j < block; ++j) log_determinant += 2 * std::log(pivots(j));
  return {log_determinant, pivots(block) * pivots(block)};
}

}  // namespace headwater
