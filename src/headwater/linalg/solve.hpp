// Least squares and symmetric systems as plain functions. Columns are scaled before any rank decision.
#pragma once

#include <string>
#include <vector>

#include "headwater/core/matrix.hpp"

namespace headwater {

// min ‖W½(y − Xb)‖ by Householder QR on scaled columns with refinement, or by the normal equations with refinement
// where there are many rows and the columns are far from collinear. Columns are taken in order: a column whose part
// orthogonal to the kept ones is below `tolerance` of its own norm is dropped.
struct LeastSquares {
  std::vector<Index> kept;  // identified columns of X, in order
  Vector coefficients;      // one per kept column
  Vector residuals;         // n, y − Xb, unweighted
  Matrix bread;             // (X'WX)⁻¹ over the kept columns
  struct Dropped {
    Index column;
    std::vector<Index> collinear_with;  // kept columns it depends on
    double ratio;                       // ‖orthogonal part‖ / ‖column‖
  };
  std::vector<Dropped> dropped;
};
constexpr double kCollinear = 1e-9;

// `weights` empty means all one. `reference_norms` (empty or one a column) are norms before absorption: a column is
// absorbed when its norm is below `absorbed` of its reference.
LeastSquares least_squares(const Matrix& X, const Vector& y, const Vector& weights, double tolerance = kCollinear);

// X'WX, exactly symmetric, and X'WY; `weights` empty means all one. A block of rows is summed in vector registers, and
// blocks in a fixed pairwise tree: the same bits for any number of threads.
Matrix cross_product(const Matrix& X, const Vector& weights);
Matrix cross_product(const Matrix& X, const Matrix& Y, const Vector& weights);

// Solves A x = B for symmetric positive definite A (Cholesky with scaling). Throws Error{numerical} when not definite.
Matrix solve_definite(const Matrix& A, const Matrix& B);
Matrix inverse_definite(const Matrix& A);
// b'A⁺b, A⁺b and the rank used, by a scaled symmetric eigendecomposition.
struct Quadratic {
  double value;
  int rank;
  Vector solution;
};
Quadratic quadratic_pseudo_inverse(const Matrix& A, const Vector& b);

struct SymmetricEigen {
  Vector values;   // increasing
  Matrix vectors;  // columns
};
SymmetricEigen symmetric_eigen(const Matrix& A);

}  // namespace headwater
