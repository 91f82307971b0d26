// Weights of rows, where an empty vector stands for one in every row.
#pragma once

#include "headwater/core/matrix.hpp"

namespace headwater {

inline double weight_of(const Vector& weights, Index row) { return weights.size() > 0 ? weights(row) : 1.0; }

inline Vector weights_or_ones(const Vector& weights, Index rows) {
  return weights.size() > 0 ? weights : Vector(Vector::Ones(rows));
}

// v times the weights, row by row.
inline Vector weighted(const Vector& v, const Vector& weights) {
  return weights.size() > 0 ? Vector(v.cwiseProduct(weights)) : v;
}

}  // namespace headwater
