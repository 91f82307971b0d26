#include "headwater/decompositions/packed_products.hpp"

#include "headwater/core/error.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr double kInflation = 1e6;

}  // namespace

Matrix products_by(const Matrix& z, const Vector& weights, const std::vector<std::int32_t>& cluster, Index clusters) {
  const Index q = z.cols();
  Matrix sums = Matrix::Zero(clusters, pair_of(0, q));
  for (Index j = 0; j < q; ++j) {
    const Vector own = weighted(z.col(j), weights);
    for (Index i = 0; i <= j; ++i) {
      double* to = sums.col(pair_of(i, j)).data();
      const double* other = z.col(i).data();
      for (Index row = 0; row < z.rows(); ++row) to[cluster[static_cast<std::size_t>(row)]] += own(row) * other[row];
    }
  }
  return sums;
}

Matrix unpacked(const Vector& packed, Index q) {
  Matrix all(q, q);
  for (Index j = 0; j < q; ++j)
    for (Index i = 0; i <= j; ++i) all(i, j) = all(j, i) = packed(pair_of(i, j));
  return all;
}

// Each pair's sums are read once for both of its columns.
Matrix scores_of(const Matrix& products, const Vector& theta) {
  const Index q = theta.size();
  Matrix scores(products.rows(), q);
  for (Index i = 0; i < q; ++i) scores.col(i) = products.col(pair_of(i, q));
  for (Index j = 0; j < q; ++j) {
    for (Index i = 0; i < j; ++i) {
      const auto both = products.col(pair_of(i, j));
      scores.col(i) -= theta(j) * both;
      scores.col(j) -= theta(i) * both;
    }
    scores.col(j) -= theta(j) * products.col(pair_of(j, j));
  }
  return scores;
}

std::optional<Matrix> safe_inverse(const Matrix& gram) {
  try {
    Matrix inverse = inverse_definite(gram);
    if ((inverse.diagonal().array() * gram.diagonal().array()).maxCoeff() < kInflation) return inverse;
  } catch (const Error&) {  // not definite
  }
  return std::nullopt;
}

}  // namespace headwater
