// The entries of the Schur complement S = D_O'W D_O − C' N⁻¹ C, column by column.
#pragma once

#include "headwater/absorption/complement.hpp"
#include "headwater/linalg/sparse_factor.hpp"

namespace headwater {

class SchurColumns {
 public:
  explicit SchurColumns(const ComplementInput& input);

  // Rows ≥ b of column b of S, in `rows`, increasing, and `values`.
  void lower_column(Index b, std::vector<std::int32_t>& rows, std::vector<double>& values);
  // The share of its entries that are not structurally zero, from at most `sampled` columns.
  double density(Index sampled);

 private:
  void add(Index row, double value);
  void subtract_meetings(Index b);

  const ComplementInput& input_;
  Vector inverse_norms_;  // 1/N, zero for redundant columns of the eliminated effect
  Cells cells_;           // those of the input, the columns of every level increasing
  Meetings meetings_;
  std::vector<Cells> among_;  // each of others with those after it
  std::vector<double> sum_;
  std::vector<std::int32_t> touched_;
  std::vector<Index> last_;  // which call met a row last
  Index asked_ = 0;          // calls of lower_column
};

// S as a dense matrix.
Matrix full_schur(const ComplementInput& input);
SparseSymmetric assemble(const ComplementInput& input, SchurColumns& columns);

}  // namespace headwater
