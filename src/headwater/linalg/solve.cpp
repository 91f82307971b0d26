// Least squares by Householder QR on columns scaled to norm one, with iterative refinement whose residuals are
// accumulated in double-double arithmetic (Björck 1967; Higham, Accuracy and Stability of Numerical Algorithms, 20.5).
// A column far from zero is moved to its middle beside a constant, for (X'WX)⁻¹ and X(X'WX)⁻¹: both keep the digits
// that the distance from zero would take. Rank is decided column by column in the order given, free of scale: fixest
// and reghdfe sweep in the same order.
#include "headwater/linalg/solve.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/Householder>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "headwater/core/error.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/linalg/compensated.hpp"
#include "headwater/linalg/tails.hpp"

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

// Columns and what rounding took from them: `tails` is empty, or the exact numbers are the sum of both.
struct ExactColumns {
  Matrix columns, tails;

  bool exact() const { return tails.size() == 0; }
};

// Scaling by powers of two is exact; what the weights' roots round away is added to the tails.
ExactColumns weighted_scaled(const ExactColumns& X, const Vector& root, const Vector& scale) {
  ExactColumns A{weighted_scaled(X.columns, root, scale), Matrix()};
  if (X.exact()) return A;
  A.tails = weighted_scaled(X.tails, root, scale);
  for (Index j = 0; root.size() > 0 && j < A.tails.cols(); ++j)
    for (Index i = 0; i < A.tails.rows(); ++i)
      A.tails(i, j) += std::fma(X.columns(i, j) * scale(j), root(i), -A.columns(i, j));
  return A;
}

using Qr = Eigen::HouseholderQR<Matrix>;
constexpr int kSteps = 3;  // of refinement

// One Björck step on (r, b): solves the augmented system for the current defects.
void refine(const ExactColumns& A, const Qr& qr, const Vector& y, const Vector& g, Vector& r, Vector& b) {
  const Index k = b.size();
  const Vector defect = compensated_residuals(A.columns, A.tails, y, b, r);
  const Vector gradient = g - compensated_products(A.columns, A.tails, r);
  const auto R = qr.matrixQR().topRows(k).template triangularView<Eigen::Upper>();
  const Vector h = R.transpose().solve(gradient);
  Vector d = qr.householderQ().adjoint() * defect;
  const Vector step = R.solve(d.head(k) - h);
  d.head(k) = h;
  r += qr.householderQ() * d;
  b += step;
}

// (X'WX)⁻¹ of columns with tails, by the same steps: r = A(A'A)⁻¹e and b = −(A'A)⁻¹e solve the augmented system with
// y = 0 and g = e.
Matrix refined_inverse(const ExactColumns& A, const Qr& qr, const Matrix& bread, const Vector& unscale) {
  const Index k = bread.cols();
  Matrix result(k, k);
  for (Index j = 0; j < k; ++j) {
    Vector b = -bread.col(j).cwiseQuotient(unscale) / unscale(j), r = -(A.columns * b);
    for (int step = 0; step < kSteps; ++step) refine(A, qr, Vector::Zero(qr.rows()), Vector::Unit(k, j), r, b);
    result.col(j) = -b.cwiseProduct(unscale) * unscale(j);
  }
  return 0.5 * (result + result.transpose());
}

// Moves to the middle of columns that lie further from zero than they vary, by a column that is constant.
constexpr double kFarFromZero = 1e3;

struct Centring {
  Index constant = -1;  // position of the constant column; -1: nothing is moved
  double value = 1;     // of the constant
  Vector moved;         // by how much each column is moved
};

Centring centring_of(const Matrix& X) {
  Centring result{-1, 1, Vector::Zero(X.cols())};
  for (Index j = 0; j < X.cols() && result.constant < 0; ++j)
    if (X(0, j) != 0 && (X.col(j).array() == X(0, j)).all()) result.constant = j;
  if (result.constant < 0) return result;
  result.value = X(0, result.constant);
  for (Index j = 0; j < X.cols(); ++j) {
    const double middle = X.col(j).mean();
    const double spread = (X.col(j).array() - middle).abs().maxCoeff();
    if (j != result.constant && std::abs(middle) > kFarFromZero * spread) result.moved(j) = middle;
  }
  if ((result.moved.array() == 0).all()) result.constant = -1;
  return result;
}

// A triangular G with GG' = (A'A)⁻¹.
Matrix half_inverse(const Qr& qr, Index k) {
  Matrix inverse = Matrix::Identity(k, k);
  qr.matrixQR().topRows(k).template triangularView<Eigen::Upper>().solveInPlace(inverse);
  return inverse;
}

// From coefficients of the moved columns to those of the columns: the constant's is less by what the others were moved.
void move_back(Vector& coefficients, Matrix& half, const Centring& centring) {
  DoubleDouble along;
  for (Index j = 0; j < coefficients.size(); ++j) along.add_product(centring.moved(j), coefficients(j));
  coefficients(centring.constant) -= along.value() / centring.value;
  half.row(centring.constant) -= (centring.moved.transpose() * half / centring.value).eval();
}

// Many numbers in columns that are far from collinear: the normal equations, and one step of refinement by compensated
// residuals (Björck 1987, corrected seminormal equations), which leaves cond(X)⁴ε² of an error and so, at the
// condition admitted here, what the refined QR leaves. Three passes over the rows and no copy of them. None where the
// columns have to be looked at one by one.
constexpr Index kManyNumbers = 100'000;
constexpr double kWellConditioned = 1e4;  // of the Gram matrix of columns of norm one

std::optional<LeastSquares> by_normal_equations(const Matrix& X, const Vector& y, const Vector& weights) {
  if (X.size() < kManyNumbers || X.rows() < 10 * X.cols() || X.cols() == 0) return {};
  const Matrix gram = cross_product(X, weights);
  const Vector moments = cross_product(X, Matrix(y), weights).col(0);
  if (!gram.allFinite() || !moments.allFinite() || !(gram.diagonal().minCoeff() > 0)) return {};
  const Vector unit = gram.diagonal().cwiseSqrt().cwiseInverse();
  const Matrix scaled = unit.asDiagonal() * gram * unit.asDiagonal();
  const SymmetricEigen eigen = symmetric_eigen(scaled);
  if (!(eigen.values.minCoeff() * kWellConditioned > eigen.values.maxCoeff())) return {};
  LeastSquares fit;
  fit.bread = unit.asDiagonal() * inverse_definite(scaled) * unit.asDiagonal();
  const auto solved = [&](const Vector& right) -> Vector {
    return unit.cwiseProduct(solve_definite(scaled, unit.cwiseProduct(right)).col(0));
  };
  fit.coefficients = solved(moments);
  const Vector first = compensated_residuals(X, Matrix(), y, fit.coefficients, Vector());
  fit.coefficients += solved(compensated_products(X, Matrix(), weighted(first, weights)));
  fit.residuals = compensated_residuals(X, Matrix(), y, fit.coefficients, Vector());
  fit.kept.resize(static_cast<std::size_t>(X.cols()));
  std::iota(fit.kept.begin(), fit.kept.end(), Index{0});
  return fit;
}

}  // namespace

LeastSquares least_squares(const Matrix& X, const Vector& y, const Vector& weights, double tolerance) {
  return least_squares(X, Matrix(), y, weights, tolerance);
}

LeastSquares least_squares(const Matrix& X, const Matrix& tails, const Vector& y, const Vector& weights,
                           double tolerance) {
  if (!y.allFinite())
    throw Error(ErrorKind::numerical, "linalg.not_finite", "the outcome holds an infinite or undefined value");
  if (tails.size() == 0)
    if (std::optional<LeastSquares> fit = by_normal_equations(X, y, weights)) return *std::move(fit);
  Vector scale(X.cols());
  for (Index j = 0; j < X.cols(); ++j) scale(j) = scale_of(X, j);
  const double outcome_scale = scale_of(y, 0);
  const Vector root = weights.size() > 0 ? Vector(weights.array().sqrt()) : Vector();
  LeastSquares fit;
  Selection selection = select_columns(weighted_scaled(X, root, scale), tolerance);
  fit.kept = std::move(selection.kept);
  fit.dropped = std::move(selection.dropped);
  const auto k = static_cast<Index>(fit.kept.size());
  if (k == 0) {
    fit.residuals = y;
    fit.coefficients.resize(0);
    fit.bread.resize(0, 0);
    return fit;
  }
  ExactColumns kept{X(Eigen::all, fit.kept), tails.size() == 0 ? Matrix() : Matrix(tails(Eigen::all, fit.kept))};
  const Centring centring = kept.exact() ? centring_of(kept.columns) : Centring{};
  if (centring.constant >= 0) kept.columns.rowwise() -= centring.moved.transpose();
  Vector unscale(k);
  for (Index j = 0; j < k; ++j) unscale(j) = scale_of(kept.columns, j);
  const ExactColumns A = weighted_scaled(kept, root, unscale);
  const Vector target = root.size() > 0 ? Vector(y.array() * root.array() * outcome_scale) : Vector(y * outcome_scale);
  const Qr qr(A.columns);
  Vector b = qr.solve(target);
  Vector r = compensated_residuals(A.columns, A.tails, target, b, Vector());
  for (int step = 0; step < kSteps; ++step) refine(A, qr, target, Vector::Zero(k), r, b);
  fit.coefficients = b.cwiseProduct(unscale) / outcome_scale;
  fit.residuals = compensated_residuals(kept.columns, kept.tails, y, fit.coefficients, Vector());
  Matrix half = unscale.asDiagonal() * half_inverse(qr, k);
  if (centring.constant >= 0) move_back(fit.coefficients, half, centring);
  fit.bread = half * half.transpose();
  if (!A.exact()) fit.bread = refined_inverse(A, qr, fit.bread, unscale);
  return fit;
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
