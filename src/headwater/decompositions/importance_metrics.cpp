#include "headwater/decompositions/importance_metrics.hpp"

#include <cmath>
#include <string>

#include "headwater/core/error.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

Index outcome(const SubsetGame& game) { return game.moments.rows() - 1; }

Matrix picked(const Matrix& A, const std::vector<Index>& rows, const std::vector<Index>& columns) {
  Matrix result(static_cast<Index>(rows.size()), static_cast<Index>(columns.size()));
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = 0; j < columns.size(); ++j)
      result(static_cast<Index>(i), static_cast<Index>(j)) = A(rows[i], columns[j]);
  return result;
}

// Explained sum of squares of a regression on some columns and its derivative.
struct Explained {
  double value = 0;
  Matrix gradient;
};

Explained explained_by(const Matrix& A, const std::vector<Index>& columns) {
  const Index y = A.rows() - 1;
  Explained result{0, Matrix::Zero(A.rows(), A.rows())};
  if (columns.empty()) return result;
  const Matrix Xy = picked(A, columns, {y});
  const Matrix b = solve_definite(picked(A, columns, columns), Xy);
  Vector apart = Vector::Zero(A.rows());
  apart(y) = 1;
  for (std::size_t j = 0; j < columns.size(); ++j) apart(columns[j]) = -b(static_cast<Index>(j), 0);
  result.value = Xy.col(0).dot(b.col(0));
  result.gradient = -apart * apart.transpose();
  result.gradient(y, y) += 1;
  return result;
}

std::vector<Index> columns_without(const SubsetGame& game, std::size_t player) {
  std::vector<Index> columns;
  for (std::size_t i = 0; i < game.size(); ++i)
    if (i != player) columns.insert(columns.end(), game.players[i].begin(), game.players[i].end());
  return columns;
}

void store(MomentFunctions& functions, std::size_t i, double value, Matrix gradient) {
  functions.values(static_cast<Index>(i)) = value;
  functions.gradients[i] = std::move(gradient);
}

MomentFunctions sized(std::size_t items) {
  return {Vector::Zero(static_cast<Index>(items)), std::vector<Matrix>(items)};
}

// The full regression of a game.
struct Full {
  Matrix inverse;  // of X'X
  Vector b;
};
Full full_regression(const SubsetGame& game) {
  const Index p = outcome(game);
  const Matrix inverse = inverse_definite(game.moments.topLeftCorner(p, p));
  return {inverse, inverse * game.moments.col(p).head(p)};
}

// Adds the derivative of s'b: b = (X'X)⁻¹X'y moves by (X'X)⁻¹(dX'y − dX'X b).
void add_slope(Matrix& gradient, const Full& full, const Vector& s) {
  const Index p = s.size();
  const Vector u = full.inverse * s;
  gradient.col(p).head(p) += 0.5 * u;
  gradient.row(p).head(p) += 0.5 * u.transpose();
  gradient.topLeftCorner(p, p) -= 0.5 * (u * full.b.transpose() + full.b * u.transpose());
}

// Correlations of the regressors by eigenvectors: R = U diag(λ) U', and c_j = x_j'y/|x_j|.
struct Correlations {
  Matrix R, U;
  Vector root;  // √λ
  Vector c, norm2;
  Vector omega;        // R^(−1/2) c
  Matrix half, minus;  // R^(1/2), R^(−1/2)
};

Correlations correlations(const SubsetGame& game) {
  const Index p = outcome(game);
  Correlations k;
  k.norm2 = game.moments.diagonal().head(p);
  const Vector scale = k.norm2.cwiseSqrt().cwiseInverse();
  k.R = scale.asDiagonal() * game.moments.topLeftCorner(p, p) * scale.asDiagonal();
  k.c = scale.cwiseProduct(game.moments.col(p).head(p));
  const SymmetricEigen eigen = symmetric_eigen(k.R);
  if (!(eigen.values.minCoeff() > 0))
    throw Error(ErrorKind::numerical, "importance.collinear",
                "the regressors are collinear to rounding, so car and genizi do not exist; leave one of them out");
  k.U = eigen.vectors;
  k.root = eigen.values.cwiseSqrt();
  k.half = k.U * k.root.asDiagonal() * k.U.transpose();
  k.minus = k.U * k.root.cwiseInverse().asDiagonal() * k.U.transpose();
  k.omega = k.minus * k.c;
  return k;
}

// Derivative of Σ Ḡ ∘ f(R) in R (Daleckii and Krein), for f the square root or its inverse.
Matrix led_back(const Correlations& k, const Matrix& seed, bool inverse_root) {
  const Matrix symmetric = 0.5 * (seed + seed.transpose());
  Matrix inner = k.U.transpose() * symmetric * k.U;
  for (Index i = 0; i < inner.rows(); ++i)
    for (Index j = 0; j < inner.cols(); ++j) {
      const double slope = 1 / (k.root(i) + k.root(j));
      inner(i, j) *= inverse_root ? -slope / (k.root(i) * k.root(j)) : slope;
    }
  return k.U * inner * k.U.transpose();
}

// From derivatives in R, c to derivatives in the moments.
Matrix in_moments(const Correlations& k, const Matrix& in_R, const Vector& in_c) {
  const Index p = k.c.size();
  const Vector scale = k.norm2.cwiseSqrt().cwiseInverse();
  Matrix gradient = Matrix::Zero(p + 1, p + 1);
  gradient.topLeftCorner(p, p) = scale.asDiagonal() * in_R * scale.asDiagonal();
  gradient.col(p).head(p) = 0.5 * in_c.cwiseProduct(scale);
  gradient.row(p).head(p) = gradient.col(p).head(p).transpose();
  gradient.diagonal().head(p) -=
      (in_R.cwiseProduct(k.R).rowwise().sum() + 0.5 * in_c.cwiseProduct(k.c)).cwiseQuotient(k.norm2);
  return gradient;
}

// Derivatives when ω̄ falls on ω = R^(−1/2)c and T̄ on R^(1/2).
Matrix through_roots(const Correlations& k, const Vector& on_omega, const Matrix& on_half) {
  Matrix in_R = led_back(k, on_omega * k.c.transpose(), true);
  if (on_half.size() > 0) in_R += led_back(k, on_half, false);
  return in_moments(k, in_R, k.minus * on_omega);
}

}  // namespace

MomentFunctions first_in(const SubsetGame& game) {
  MomentFunctions result = sized(game.size());
  for (std::size_t i = 0; i < game.size(); ++i) {
    Explained alone = explained_by(game.moments, game.players[i]);
    store(result, i, alone.value, std::move(alone.gradient));
  }
  return result;
}

MomentFunctions last_in(const SubsetGame& game) {
  MomentFunctions result = sized(game.size());
  const Explained all = explained_by(game.moments, columns_without(game, game.size()));
  for (std::size_t i = 0; i < game.size(); ++i) {
    const Explained rest = explained_by(game.moments, columns_without(game, i));
    store(result, i, all.value - rest.value, all.gradient - rest.gradient);
  }
  return result;
}

MomentFunctions squared_betas(const SubsetGame& game) {
  const Full full = full_regression(game);
  MomentFunctions result = sized(game.size());
  for (std::size_t i = 0; i < game.size(); ++i) {
    const Index j = game.players[i].front();
    const double b = full.b(j), norm2 = game.moments(j, j);
    Matrix gradient = Matrix::Zero(game.moments.rows(), game.moments.rows());
    add_slope(gradient, full, 2 * b * norm2 * Vector::Unit(full.b.size(), j));
    gradient(j, j) += b * b;
    store(result, i, b * b * norm2, std::move(gradient));
  }
  return result;
}

MomentFunctions pratt(const SubsetGame& game) {
  const Full full = full_regression(game);
  const Index p = outcome(game);
  MomentFunctions result = sized(game.size());
  for (std::size_t i = 0; i < game.size(); ++i) {
    Vector own_b = Vector::Zero(p), own_c = Vector::Zero(p);
    for (const Index j : game.players[i]) {
      own_b(j) = full.b(j);
      own_c(j) = game.moments(j, p);
    }
    Matrix gradient = Matrix::Zero(p + 1, p + 1);
    add_slope(gradient, full, own_c);
    gradient.col(p).head(p) += 0.5 * own_b;
    gradient.row(p).head(p) += 0.5 * own_b.transpose();
    store(result, i, own_b.dot(own_c), std::move(gradient));
  }
  return result;
}

MomentFunctions car(const SubsetGame& game) {
  const Correlations k = correlations(game);
  MomentFunctions result = sized(game.size());
  for (std::size_t i = 0; i < game.size(); ++i) {
    Vector on_omega = Vector::Zero(k.c.size());
    for (const Index j : game.players[i]) on_omega(j) = 2 * k.omega(j);
    store(result, i, 0.25 * on_omega.squaredNorm(), through_roots(k, on_omega, {}));
  }
  return result;
}

MomentFunctions genizi(const SubsetGame& game) {
  const Correlations k = correlations(game);
  const Vector omega2 = k.omega.cwiseAbs2();
  MomentFunctions result = sized(game.size());
  for (std::size_t i = 0; i < game.size(); ++i) {
    Matrix on_half = Matrix::Zero(k.R.rows(), k.R.cols());
    Vector led = Vector::Zero(k.c.size());
    for (const Index j : game.players[i]) {
      on_half.row(j) = 2 * k.half.row(j).cwiseProduct(omega2.transpose());
      led += k.half.row(j).cwiseAbs2().transpose();
    }
    store(result, i, led.dot(omega2), through_roots(k, 2 * led.cwiseProduct(k.omega), on_half));
  }
  return result;
}

Coalitions listed(const SubsetGame& game, const char* method) {
  if (game.size() > static_cast<std::size_t>(kMostListed))
    throw Error(ErrorKind::usage, "subsets.too_many",
                std::string(method) + " keeps every coalition and takes at most " + std::to_string(kMostListed) +
                    " players, not " + std::to_string(game.size()) + "; join some groups");
  const Index all = Index{1} << game.size(), y = outcome(game);
  Coalitions result{Vector(all), Matrix(y + 1, all)};
  each_coalition(game, [&](std::uint32_t mask, double explained, const Vector& b) {
    result.explained(mask) = explained;
    result.coefficients.col(mask).head(y) = -b;
    result.coefficients(y, mask) = 1;
  });
  return result;
}

MomentFunctions of_coalitions(const Coalitions& all, Vector values, const Matrix& jacobian) {
  MomentFunctions result{std::move(values), {}};
  const Index y = all.coefficients.rows() - 1;
  for (Index i = 0; i < jacobian.rows(); ++i) {
    const Matrix weighted = all.coefficients.array().rowwise() * jacobian.row(i).array();
    Matrix gradient = -(weighted * all.coefficients.transpose());
    gradient(y, y) += jacobian.row(i).sum();
    result.gradients.push_back(0.5 * (gradient + gradient.transpose()));
  }
  return result;
}

}  // namespace headwater
