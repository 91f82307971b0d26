// min over b of Σ_i ρ_τ(y_i − x_i'b), ρ_τ(e) = e(τ − 1[e < 0]), at an exact vertex.
#pragma once

#include <vector>

#include "headwater/core/matrix.hpp"

namespace headwater {

struct RegressionQuantile {
  Vector coefficients;        // p, which fit the rows of the vertex exactly
  Vector residuals;           // n, zero in those rows
  Vector signs;               // n: τ − 1[e < 0], in the rows of the vertex what makes X'signs zero
  std::vector<Index> vertex;  // p rows
  double objective = 0;
  bool unique = true;   // false: another vertex has the same objective
  bool settled = true;  // false: the search was cut short
  int steps = 0;        // from vertex to vertex
};

// X has full column rank and 0 < tau < 1. Throws Error{numerical, "linalg.no_vertex"}.
RegressionQuantile regression_quantile(const Matrix& X, const Vector& y, double tau);

// Where a coefficient held at r lets |x's|, s the signs of the fit with it held, reach `limit`, below and above the
// fit's own; between the values of r at which x's jumps, by a straight line. Infinite where it never does.
struct RankRange {
  double low, high;
};
RankRange rank_range(const Matrix& X, const Vector& y, double tau, Index column, double limit);

}  // namespace headwater
