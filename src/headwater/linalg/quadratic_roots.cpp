// The polynomial is linear on vectors twice as long, (x, tx): [0 I; −A −B] v = t [I 0; 0 C] v, solved by QZ, so that C
// may be singular: points at infinity are none.
#include "headwater/linalg/quadratic_roots.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

namespace headwater {
namespace {

constexpr double kReal = 1e-6;       // imaginary part, relative to the point, up to which a point is real
constexpr double kInfinite = 1e-14;  // of a homogeneous point

}  // namespace

std::vector<double> real_singular_points(const Matrix& A, const Matrix& B, const Matrix& C) {
  const Index q = A.rows();
  Matrix left = Matrix::Zero(2 * q, 2 * q), right = Matrix::Identity(2 * q, 2 * q);
  left.topRightCorner(q, q).setIdentity();
  left.bottomLeftCorner(q, q) = -A;
  left.bottomRightCorner(q, q) = -B;
  right.bottomRightCorner(q, q) = C;
  const Eigen::GeneralizedEigenSolver<Matrix> solver(left, right, false);
  std::vector<double> points;
  for (Index i = 0; i < 2 * q; ++i) {
    const auto above = solver.alphas()(i);
    const double below = solver.betas()(i);
    if (std::abs(below) <= kInfinite * std::abs(above)) continue;
    const auto point = above / below;
    if (std::abs(point.imag()) <= kReal * std::abs(point)) points.push_back(point.real());
  }
  std::sort(points.begin(), points.end());
  return points;
}

}  // namespace headwater
