#include "headwater/linalg/matrix_power.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr double kRitzZero = 1e-10;      // a Ritz value below is an eigenvalue that is zero
constexpr double kSettledPower = 1e-13;  // change between looks, relative
constexpr double kExhausted = 1e-13;     // what is left of a direction once the space is invariant
constexpr Index kMostSteps = 500;

Vector power_of(const Vector& values, double power, double zero) {
  return values.unaryExpr([&](double v) { return v > zero ? std::pow(v, power) : 0.0; });
}

// ‖b‖ T^power e₁ for the tridiagonal T of m steps, and the norm of what of b lies where T is zero.
struct InKrylov {
  Vector value;
  double lost;
};
InKrylov in_krylov(const std::vector<double>& alpha, const std::vector<double>& beta, double power, double norm) {
  const auto m = static_cast<Index>(alpha.size());
  Matrix T = Matrix::Zero(m, m);
  for (Index i = 0; i < m; ++i) {
    T(i, i) = alpha[static_cast<std::size_t>(i)];
    if (i + 1 < m) T(i, i + 1) = T(i + 1, i) = beta[static_cast<std::size_t>(i)];
  }
  const SymmetricEigen eigen = symmetric_eigen(T);
  const Vector first = norm * eigen.vectors.row(0).transpose();
  return {eigen.vectors * power_of(eigen.values, power, kRitzZero).cwiseProduct(first),
          (eigen.values.array() <= kRitzZero).select(first, 0.0).norm()};
}

struct Lanczos {
  const std::function<Vector(const Vector&)>& A;
  double power;

  Vector operator()(const Vector& b, double& lost) const;
};

Vector Lanczos::operator()(const Vector& b, double& lost) const {
  const double norm = b.norm();
  const Index n = b.size(), most = std::min(n, kMostSteps);
  lost = 0;
  if (norm == 0) return Vector::Zero(n);
  Matrix V(n, std::min<Index>(most, 16));
  V.col(0) = b / norm;
  std::vector<double> alpha, beta;
  Vector before;
  for (Index step = 0;; ++step) {
    Vector next = A(V.col(step));
    alpha.push_back(V.col(step).dot(next));
    for (int pass = 0; pass < 2; ++pass)
      next -= V.leftCols(step + 1) * (V.leftCols(step + 1).transpose() * next).eval();
    const double left = next.norm();
    const bool last = left <= kExhausted || step + 1 == n;
    if (last || step % 3 == 2) {
      const InKrylov now = in_krylov(alpha, beta, power, norm);
      Vector change = now.value;
      change.head(before.size()) -= before;
      lost = now.lost;
      if (last || change.norm() <= kSettledPower * now.value.norm()) return V.leftCols(step + 1) * now.value;
      before = now.value;
    }
    if (step + 1 == most)
      throw Error(ErrorKind::numerical, "linalg.not_settled",
                  "the power of a matrix of " + std::to_string(n) + " rows did not settle in " + std::to_string(most) +
                      " steps");
    if (step + 1 == V.cols()) V.conservativeResize(Eigen::NoChange, std::min(most, 2 * V.cols()));
    beta.push_back(left);
    V.col(step + 1) = next / left;
  }
}

}  // namespace

Matrix symmetric_power(const Matrix& A, double power, double zero) {
  const SymmetricEigen eigen = symmetric_eigen(A);
  return eigen.vectors * power_of(eigen.values, power, zero).asDiagonal() * eigen.vectors.transpose();
}

PowerProduct symmetric_power_product(const Matrix& A, double power, const Matrix& B, double zero) {
  const SymmetricEigen eigen = symmetric_eigen(A);
  const Matrix inside = eigen.vectors.transpose() * B;
  const Vector none = (eigen.values.array() <= zero).select(Vector(Vector::Ones(B.rows())), 0.0);
  return {eigen.vectors * (power_of(eigen.values, power, zero).asDiagonal() * inside),
          (none.asDiagonal() * inside).colwise().norm().transpose()};
}

PowerProduct symmetric_power_product(const std::function<Vector(const Vector&)>& A, double power, const Matrix& B) {
  PowerProduct result{Matrix(B.rows(), B.cols()), Vector(B.cols())};
  const Lanczos times{A, power};
  for (Index j = 0; j < B.cols(); ++j) result.value.col(j) = times(B.col(j), result.lost(j));
  return result;
}

}  // namespace headwater
