#include "headwater/absorption/cells.hpp"

#include <algorithm>
#include <numeric>

namespace headwater {
namespace {

// Rows in the order of their level; nothing is moved where they are sorted already.
std::vector<std::int32_t> rows_by_level(const EffectColumns& effect) {
  const std::vector<std::int32_t>& code = effect.code();
  std::vector<std::int32_t> rows(code.size());
  if (std::is_sorted(code.begin(), code.end())) {
    std::iota(rows.begin(), rows.end(), 0);
    return rows;
  }
  std::vector<std::int32_t> next(static_cast<std::size_t>(effect.levels()) + 1, 0);
  for (const std::int32_t c : code) ++next[static_cast<std::size_t>(c) + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  for (std::size_t i = 0; i < code.size(); ++i)
    rows[static_cast<std::size_t>(next[static_cast<std::size_t>(code[i])]++)] = static_cast<std::int32_t>(i);
  return rows;
}

// Appends the products of one row to the list of its level.
class LevelList {
 public:
  LevelList(Cells& cells, Index columns) : cells_(cells), place_(static_cast<std::size_t>(columns), -1) {}

  void open() {
    begin_ = static_cast<Index>(cells_.column.size());
    cells_.start.push_back(begin_);
  }
  void add(Index column, const double* left, double x) {
    Index& place = place_[static_cast<std::size_t>(column)];
    if (place < begin_) {
      place = static_cast<Index>(cells_.column.size());
      cells_.column.push_back(static_cast<std::int32_t>(column));
      cells_.value.insert(cells_.value.end(), static_cast<std::size_t>(cells_.width), 0.0);
    }
    double* at = cells_.value.data() + place * cells_.width;
    for (Index c = 0; c < cells_.width; ++c) at[c] += left[c] * x;
  }

 private:
  Cells& cells_;
  Index begin_ = 0;
  std::vector<Index> place_;  // of a column in the whole list; of the open level when at least begin_
};

}  // namespace

Cells cross_cells(const EffectColumns& left, const std::vector<const EffectColumns*>& others,
                  const std::vector<Index>& offset, Index columns, const Vector& weights) {
  Cells cells{.width = left.width(), .start = {}, .column = {}, .value = {}};
  if (others.empty()) {
    cells.start.assign(static_cast<std::size_t>(left.levels()) + 1, 0);
    return cells;
  }
  cells.start.reserve(static_cast<std::size_t>(left.levels()) + 1);
  cells.column.reserve(left.code().size());
  LevelList list(cells, columns);
  const std::vector<std::int32_t> rows = rows_by_level(left);
  std::vector<double> own(static_cast<std::size_t>(left.width()));
  std::size_t at = 0;
  for (Index g = 0; g < left.levels(); ++g) {
    list.open();
    for (; at < rows.size() && left.level(rows[at]) == g; ++at) {
      const Index i = rows[at];
      const double w = weights.size() > 0 ? weights(i) : 1.0;
      for (Index c = 0; c < left.width(); ++c) own[static_cast<std::size_t>(c)] = w * left.value(i, c);
      for (std::size_t o = 0; o < others.size(); ++o) {
        const EffectColumns& other = *others[o];
        for (Index c = 0; c < other.width(); ++c)
          list.add(offset[o] + other.level(i) * other.width() + c, own.data(), other.value(i, c));
      }
    }
  }
  cells.start.push_back(static_cast<Index>(cells.column.size()));
  return cells;
}

Meetings meetings(const Cells& cells, Index columns) {
  Meetings result;
  result.start.assign(static_cast<std::size_t>(columns) + 1, 0);
  for (const std::int32_t b : cells.column) ++result.start[static_cast<std::size_t>(b) + 1];
  std::partial_sum(result.start.begin(), result.start.end(), result.start.begin());
  result.level.resize(cells.column.size());
  result.entry.resize(cells.column.size());
  std::vector<Index> next(result.start.begin(), result.start.end() - 1);
  for (Index g = 0; g < cells.levels(); ++g)
    for (Index e = cells.start[static_cast<std::size_t>(g)]; e < cells.start[static_cast<std::size_t>(g) + 1]; ++e) {
      const auto slot =
          static_cast<std::size_t>(next[static_cast<std::size_t>(cells.column[static_cast<std::size_t>(e)])]++);
      result.level[slot] = static_cast<std::int32_t>(g);
      result.entry[slot] = e;
    }
  return result;
}

}  // namespace headwater
