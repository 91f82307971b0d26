// Symmetric positive semi-definite systems whose rank is part of the answer.
#pragma once

#include <functional>
#include <vector>

#include "headwater/core/matrix.hpp"

namespace headwater {

// Cholesky factor of a Gram matrix in the order given: a column whose pivot falls below `tolerance` of its squared norm
// is redundant and gets coefficient zero. The squared norms are those before anything was eliminated: what elimination
// leaves of a redundant column is rounding noise, which no share of itself can tell from a small column. A Gram matrix
// holds squares, so a pivot between noise and 1e-6 says little: `remainder`, when given, settles it on the columns
// themselves.
class GramFactor {
 public:
  // What the combination `a` of the columns leaves after elimination: its products with every column, and its squared
  // norm.
  struct Remainder {
    Vector products;
    double squared_norm;
  };
  using RemainderOf = std::function<Remainder(const Vector& a)>;

  GramFactor(Matrix gram, const Vector& squared_norms, const RemainderOf& remainder = {}, double tolerance = 1e-11);

  const std::vector<bool>& redundant() const { return redundant_; }
  Index rank() const { return rank_; }
  // A solution of gram · x = b for b in its range.
  Matrix solve(const Matrix& b) const;

 private:
  double settled_pivot(Index column, const RemainderOf& remainder) const;

  Matrix lower_;
  std::vector<bool> redundant_;
  Index rank_ = 0;
};

}  // namespace headwater
