#include "headwater/absorption/cells.hpp"

#include <algorithm>
#include <numeric>

#include "headwater/core/weights.hpp"

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

// Calls take(row of the level's column, entry's column, value) for every product.
template <class Take>
void each_product(const Cells& cells, const Take& take) {
  for (Index g = 0; g < cells.levels(); ++g)
    for (Index e = cells.start[static_cast<std::size_t>(g)]; e < cells.start[static_cast<std::size_t>(g) + 1]; ++e)
      for (Index c = 0; c < cells.width; ++c)
        take(g * cells.width + c, cells.column[static_cast<std::size_t>(e)],
             cells.value[static_cast<std::size_t>(e * cells.width + c)]);
}

template <int P>
void add_onto_columns(const Cells& cells, const RowMatrix& from, RowMatrix& to) {
  each_product(cells, [&](Index row, Index column, double v) {
    for (Index p = 0; p < P; ++p) to.data()[column * P + p] += v * from.data()[row * P + p];
  });
}

template <int P>
void add_onto_levels(const Cells& cells, const RowMatrix& from, RowMatrix& to) {
  each_product(cells, [&](Index row, Index column, double v) {
    for (Index p = 0; p < P; ++p) to.data()[row * P + p] += v * from.data()[column * P + p];
  });
}

}  // namespace

RowMatrix onto_columns(const Cells& cells, const RowMatrix& u, Index columns) {
  RowMatrix result = RowMatrix::Zero(columns, u.cols());
  switch (u.cols()) {
    case 1: add_onto_columns<1>(cells, u, result); break;
    case 2: add_onto_columns<2>(cells, u, result); break;
    case 3: add_onto_columns<3>(cells, u, result); break;
    default: add_onto_columns<4>(cells, u, result); break;
  }
  return result;
}

RowMatrix onto_levels(const Cells& cells, const RowMatrix& theta) {
  RowMatrix result = RowMatrix::Zero(cells.levels() * cells.width, theta.cols());
  switch (theta.cols()) {
    case 1: add_onto_levels<1>(cells, theta, result); break;
    case 2: add_onto_levels<2>(cells, theta, result); break;
    case 3: add_onto_levels<3>(cells, theta, result); break;
    default: add_onto_levels<4>(cells, theta, result); break;
  }
  return result;
}

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
      const double w = weight_of(weights, i);
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

// The transpose of the transpose.
Cells sorted(const Cells& cells, Index columns) {
  const Meetings by_column = meetings(cells, columns);
  Cells result{.width = cells.width, .start = cells.start, .column = cells.column, .value = cells.value};
  std::vector<Index> next(cells.start.begin(), cells.start.end() - 1);
  for (Index b = 0; b < columns; ++b)
    for (Index m = by_column.start[static_cast<std::size_t>(b)]; m < by_column.start[static_cast<std::size_t>(b) + 1];
         ++m) {
      const Index to = next[static_cast<std::size_t>(by_column.level[static_cast<std::size_t>(m)])]++;
      result.column[static_cast<std::size_t>(to)] = static_cast<std::int32_t>(b);
      const Index from = by_column.entry[static_cast<std::size_t>(m)];
      std::copy_n(cells.value.begin() + from * cells.width, cells.width, result.value.begin() + to * cells.width);
    }
  return result;
}

}  // namespace headwater
