// Least squares by Householder QR on columns scaled to norm one, with iterative refinement whose residuals are
// accumulated in double-double arithmetic (Björck 1967; Higham, Accuracy and Stability of Numerical Algorithms, 20.5).
// Rank is decided column by column in the order given, free of scale: fixest and reghdfe sweep in the same order.
#include "headwater/linalg/solve.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/Householder>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/threads.hpp"

namespace headwater {
namespace {

// Error-free transformations (Knuth; Dekker by fused multiply-add).
struct DoubleDouble {
  double high = 0, low = 0;

  void add(double value) {
    const double sum = high + value;
    const double back = sum - high;
    low += (high - (sum - back)) + (value - back);
    high = sum;
  }
  void add_product(double a, double b) {
    const double product = a * b;
    low += std::fma(a, b, -product);
    add(product);
  }
  double value() const { return high + low; }
};

// A power of two near 1/norm, so that scaling is exact; columns of any magnitude become comparable.
double scale_of(const Matrix& X, Index j) {
  const double largest = X.rows() == 0 ? 0 : X.col(j).cwiseAbs().maxCoeff();
  if (!std::isfinite(largest))
    throw Error(ErrorKind::numerical, "linalg.not_finite", "a regressor holds an infinite or undefined value");
  if (largest == 0) return 1;
  int exponent = 0;
  std::frexp(largest, &exponent);
  return std::ldexp(1.0, std::clamp(-exponent, -1000, 1000));
}

// Columns of W½X, scaled, orthogonalised one by one: keeps those with a part of their own.
struct Selection {
  std::vector<Index> kept;
  std::vector<LeastSquares::Dropped> dropped;
};

Matrix weighted_scaled(const Matrix& X, const Vector& root, const Vector& scale) {
  Matrix A = X;
  for (Index j = 0; j < A.cols(); ++j) {
    A.col(j) *= scale(j);
    if (root.size() > 0) A.col(j).array() *= root.array();
  }
  return A;
}

// The kept columns that a dropped column depends on, by its least-squares coefficients in norm-one units.
std::vector<Index> partners(const Matrix& A, const std::vector<Index>& kept, Index column) {
  Matrix basis(A.rows(), static_cast<Index>(kept.size()));
  for (std::size_t i = 0; i < kept.size(); ++i) basis.col(static_cast<Index>(i)) = A.col(kept[i]).normalized();
  const Vector target = A.col(column).normalized();
  if (basis.cols() == 0 || !(target.norm() > 0)) return {};
  const Vector coefficients = basis.householderQr().solve(target);
  std::vector<Index> found;
  for (std::size_t i = 0; i < kept.size(); ++i)
    if (std::abs(coefficients(static_cast<Index>(i))) > 1e-6) found.push_back(kept[i]);
  return found;
}

Selection select_columns(const Matrix& A, double tolerance) {
  Selection selection;
  Matrix Q(A.rows(), std::min(A.rows(), A.cols()));
  Index rank = 0;
  for (Index j = 0; j < A.cols(); ++j) {
    const double norm = A.col(j).norm();
    Vector own = A.col(j);
    for (int pass = 0; pass < 2 && rank > 0; ++pass) {
      const Vector along = Q.leftCols(rank).transpose() * own;
      own -= Q.leftCols(rank) * along;
    }
    const double ratio = norm > 0 ? own.norm() / norm : 0;
    if (ratio > tolerance && rank < Q.cols()) {
      Q.col(rank++) = own.normalized();
      selection.kept.push_back(j);
    } else {
      selection.dropped.push_back({j, partners(A, selection.kept, j), ratio});
    }
  }
  return selection;
}

Matrix columns_of(const Matrix& A, const std::vector<Index>& kept) {
  Matrix result(A.rows(), static_cast<Index>(kept.size()));
  for (std::size_t i = 0; i < kept.size(); ++i) result.col(static_cast<Index>(i)) = A.col(kept[i]);
  return result;
}

// y − Ab with every product and sum compensated. Row by row, the same for any number of threads.
Vector exact_residuals(const Matrix& A, const Vector& y, const Vector& b) {
  Vector residuals(y.size());
  for (Index i = 0; i < y.size(); ++i) {
    DoubleDouble sum;
    sum.add(y(i));
    for (Index j = 0; j < b.size(); ++j) sum.add_product(-A(i, j), b(j));
    residuals(i) = sum.value();
  }
  return residuals;
}

// r − Ab' for the augmented system: r + Ab = y, A'r = 0.
Vector exact_gradient(const Matrix& A, const Vector& r) {
  Vector gradient(A.cols());
  for (Index j = 0; j < A.cols(); ++j) {
    DoubleDouble sum;
    for (Index i = 0; i < A.rows(); ++i) sum.add_product(A(i, j), r(i));
    gradient(j) = -sum.value();
  }
  return gradient;
}

using Qr = Eigen::HouseholderQR<Matrix>;

// One Björck step on (r, b): solves the augmented system for the current defects.
void refine(const Matrix& A, const Qr& qr, const Vector& y, Vector& r, Vector& b) {
  const Index k = A.cols();
  Vector defect(y.size());
  for (Index i = 0; i < y.size(); ++i) {
    DoubleDouble sum;
    sum.add(y(i));
    sum.add(-r(i));
    for (Index j = 0; j < k; ++j) sum.add_product(-A(i, j), b(j));
    defect(i) = sum.value();
  }
  const Vector gradient = exact_gradient(A, r);
  const auto R = qr.matrixQR().topRows(k).template triangularView<Eigen::Upper>();
  const Vector h = R.transpose().solve(gradient);
  Vector d = qr.householderQ().adjoint() * defect;
  const Vector step = R.solve(d.head(k) - h);
  d.head(k) = h;
  r += qr.householderQ() * d;
  b += step;
}

Matrix bread_of(const Qr& qr, Index k) {
  Matrix inverse = Matrix::Identity(k, k);
  qr.matrixQR().topRows(k).template triangularView<Eigen::Upper>().solveInPlace(inverse);
  return inverse * inverse.transpose();
}

}  // namespace

LeastSquares least_squares(const Matrix& X, const Vector& y, const Vector& weights, double tolerance) {
  if (!y.allFinite())
    throw Error(ErrorKind::numerical, "linalg.not_finite", "the outcome holds an infinite or undefined value");
  Vector scale(X.cols());
  for (Index j = 0; j < X.cols(); ++j) scale(j) = scale_of(X, j);
  const double outcome_scale = scale_of(y, 0);
  const Vector root = weights.size() > 0 ? Vector(weights.array().sqrt()) : Vector();
  const Matrix scaled = weighted_scaled(X, root, scale);
  LeastSquares fit;
  Selection selection = select_columns(scaled, tolerance);
  fit.kept = std::move(selection.kept);
  fit.dropped = std::move(selection.dropped);
  const auto k = static_cast<Index>(fit.kept.size());
  if (k == 0) {
    fit.residuals = y;
    fit.coefficients.resize(0);
    fit.bread.resize(0, 0);
    return fit;
  }
  const Matrix A = columns_of(scaled, fit.kept);
  const Vector target = root.size() > 0 ? Vector(y.array() * root.array() * outcome_scale) : Vector(y * outcome_scale);
  const Qr qr(A);
  Vector b = qr.solve(target);
  Vector r = exact_residuals(A, target, b);
  for (int step = 0; step < 3; ++step) refine(A, qr, target, r, b);
  fit.coefficients.resize(k);
  Vector unscale(k);
  for (Index j = 0; j < k; ++j) {
    unscale(j) = scale(fit.kept[static_cast<std::size_t>(j)]);
    fit.coefficients(j) = b(j) * unscale(j) / outcome_scale;
  }
  fit.residuals = exact_residuals(columns_of(X, fit.kept), y, fit.coefficients);
  fit.bread = unscale.asDiagonal() * bread_of(qr, k) * unscale.asDiagonal();
  return fit;
}

Matrix cross_product(const Matrix& X, const Matrix& Y, const Vector& weights) {
  Matrix result(X.cols(), Y.cols());
  const auto n = static_cast<std::size_t>(X.rows());
  Vector weighted(X.rows());
  for (Index i = 0; i < X.cols(); ++i) {
    const double* left = X.data() + i * X.rows();
    if (weights.size() > 0) {
      weighted = X.col(i).cwiseProduct(weights);
      left = weighted.data();
    }
    for (Index j = 0; j < Y.cols(); ++j) result(i, j) = pairwise_dot(left, Y.data() + j * Y.rows(), n);
  }
  return result;
}

Matrix cross_product(const Matrix& X, const Vector& weights) {
  const Matrix product = cross_product(X, X, weights);
  return 0.5 * (product + product.transpose());
}

Matrix solve_definite(const Matrix& A, const Matrix& B) {
  Vector scale = A.diagonal();
  for (Index i = 0; i < scale.size(); ++i) {
    if (!(scale(i) > 0))
      throw Error(ErrorKind::numerical, "linalg.not_definite", "a symmetric system is not positive definite");
    scale(i) = 1 / std::sqrt(scale(i));
  }
  const Matrix scaled = scale.asDiagonal() * A * scale.asDiagonal();
  const Eigen::LLT<Matrix> factor(scaled);
  if (factor.info() != Eigen::Success)
    throw Error(ErrorKind::numerical, "linalg.not_definite", "a symmetric system is not positive definite");
  return scale.asDiagonal() * factor.solve(scale.asDiagonal() * B);
}

Matrix inverse_definite(const Matrix& A) { return solve_definite(A, Matrix::Identity(A.rows(), A.rows())); }

SymmetricEigen symmetric_eigen(const Matrix& A) {
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(A);
  if (solver.info() != Eigen::Success)
    throw Error(ErrorKind::numerical, "linalg.eigen", "an eigenvalue iteration did not converge");
  return {solver.eigenvalues(), solver.eigenvectors()};
}

Quadratic quadratic_pseudo_inverse(const Matrix& A, const Vector& b) {
  Vector scale(A.rows());
  for (Index i = 0; i < A.rows(); ++i) scale(i) = A(i, i) > 0 ? 1 / std::sqrt(A(i, i)) : 0;
  const SymmetricEigen eigen = symmetric_eigen(scale.asDiagonal() * A * scale.asDiagonal());
  const Vector along = eigen.vectors.transpose() * scale.cwiseProduct(b);
  Quadratic result{0, 0, Vector::Zero(b.size())};
  const double largest = eigen.values.size() > 0 ? eigen.values.maxCoeff() : 0;
  for (Index i = 0; i < eigen.values.size(); ++i) {
    if (!(eigen.values(i) > 1e-10 * largest)) continue;
    result.value += along(i) * along(i) / eigen.values(i);
    result.solution += along(i) / eigen.values(i) * scale.cwiseProduct(eigen.vectors.col(i));
    ++result.rank;
  }
  return result;
}

}  // namespace headwater
