// Cross products of one effect's columns with those of others, level by level of the first: D₁'W D₂ as short lists.
#pragma once

#include <cstdint>
#include <vector>

#include "headwater/absorption/effect_columns.hpp"

namespace headwater {

// Entry e of level g (start[g] ≤ e < start[g + 1]) says that column[e] meets the level; value[e·width + c] is its
// product with the level's c-th column. Every column occurs once a level.
struct Cells {
  Index width = 1;  // columns a level
  std::vector<Index> start;
  std::vector<std::int32_t> column;
  std::vector<double> value;

  Index levels() const { return static_cast<Index>(start.size()) - 1; }
};

// Columns of `others[o]` are numbered from offset[o]; `columns` is their number.
Cells cross_cells(const EffectColumns& left, const std::vector<const EffectColumns*>& others,
                  const std::vector<Index>& offset, Index columns, const Vector& weights);

// C'u and C θ, where C holds the cells: columns × p from levels·width × p, and back.
RowMatrix onto_columns(const Cells& cells, const RowMatrix& u, Index columns);
RowMatrix onto_levels(const Cells& cells, const RowMatrix& theta);

// For each of `columns` columns the levels that meet it, with the entry there.
struct Meetings {
  std::vector<Index> start;  // columns + 1
  std::vector<std::int32_t> level;
  std::vector<Index> entry;
};
Meetings meetings(const Cells& cells, Index columns);
// The same cells, the columns of every level increasing.
Cells sorted(const Cells& cells, Index columns);

}  // namespace headwater
