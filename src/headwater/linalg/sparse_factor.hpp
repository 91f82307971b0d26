// Sparse symmetric positive semi-definite systems whose rank is part of the answer: what GramFactor is to a dense Gram
// matrix.
#pragma once

#include <cstdint>
#include <vector>

#include "headwater/core/matrix.hpp"
#include "headwater/linalg/gram.hpp"

namespace headwater {

// The lower triangle with its diagonal, by columns: column j holds rows row[start[j]] .. row[start[j + 1] - 1].
struct SparseSymmetric {
  Index size = 0;
  std::vector<Index> start;  // size + 1
  std::vector<std::int32_t> row;
  std::vector<double> value;
};

// An order of elimination that keeps the factor sparse (approximate minimum degree: Amestoy, Davis and Duff 1996), with
// the size of the factor it leads to.
struct EliminationPlan {
  std::vector<std::int32_t> order;   // order[k]: the column eliminated k-th
  std::vector<std::int32_t> parent;  // of the elimination tree, -1 for a root
  std::vector<Index> count;          // entries below the diagonal of each column of the factor
  Index entries = 0;                 // of the factor
  double work = 0;                   // multiplications of the factorisation
};
// `known_redundant` columns (empty: none) take no part. Stops counting at `most_entries`, with entries above it.
EliminationPlan plan_elimination(const SparseSymmetric& matrix, const std::vector<bool>& known_redundant,
                                 Index most_entries);

// P A P' = L D L', row by row (Davis, Direct Methods for Sparse Linear Systems, 2006, ch. 4). A column whose pivot
// falls below `tolerance` of its squared norm is redundant and gets coefficient zero; doubtful pivots are settled on
// the columns themselves, as GramFactor does.
class SparseFactor {
 public:
  SparseFactor(const SparseSymmetric& matrix, EliminationPlan plan, std::vector<bool> known_redundant,
               const Vector& squared_norms, const GramFactor::RemainderOf& remainder, double tolerance = 1e-11);

  const std::vector<bool>& redundant() const { return redundant_; }
  Index rank() const { return rank_; }
  // A solution of A x = b for b in its range; b and x have one row a column of A.
  Matrix solve(const Matrix& b) const;

 private:
  double settled_pivot(Index k, const std::vector<std::int32_t>& pattern, const Vector& row,
                       const GramFactor::RemainderOf& remainder) const;
  void lower_solve(Vector& x, Index below) const;
  void upper_solve(Vector& x, Index below) const;

  EliminationPlan plan_;
  std::vector<bool> redundant_;  // by column of A
  std::vector<bool> skipped_;    // by position in the order
  std::vector<Index> start_, filled_;
  std::vector<std::int32_t> row_;
  std::vector<double> value_;
  Vector pivot_;
  Index rank_ = 0;
};

}  // namespace headwater
