// Sums by cluster of w z z', a column for each pair, and what a weighted sum of them is solved for.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "headwater/core/matrix.hpp"

namespace headwater {

// Column of the pair (i, j) in either order.
inline Index pair_of(Index i, Index j) { return i <= j ? j * (j + 1) / 2 + i : i * (i + 1) / 2 + j; }

// clusters × q(q+1)/2 over the columns of z, n × q; `weights` empty means all one.
Matrix products_by(const Matrix& z, const Vector& weights, const std::vector<std::int32_t>& cluster, Index clusters);
// The symmetric q × q matrix of packed sums.
Matrix unpacked(const Vector& packed, Index q);
// clusters × (q − 1): b_g − A_g θ, where the last of the q columns is the outcome.
Matrix scores_of(const Matrix& products, const Vector& theta);
// Inverse of a positive definite matrix, or none where a column is nearly a combination of the others: the variance of
// its coefficient a million times what it would be without them.
std::optional<Matrix> safe_inverse(const Matrix& gram);

}  // namespace headwater
