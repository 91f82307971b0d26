#include "headwater/absorption/schur.hpp"

#include <algorithm>

namespace headwater {
namespace {

// The o-th of the other effects with those after it.
Cells later_cells(const ComplementInput& input, std::size_t o) {
  std::vector<const EffectColumns*> later;
  for (std::size_t p = o + 1; p < input.others.size(); ++p) later.push_back(&input.effects[input.others[p]]);
  return cross_cells(input.effects[input.others[o]], later,
                     {input.offset.begin() + static_cast<std::ptrdiff_t>(o) + 1, input.offset.end()}, input.columns,
                     input.weights);
}

}  // namespace

SchurColumns::SchurColumns(const ComplementInput& input)
    : input_(input),
      cells_(sorted(input.cells, input.columns)),
      meetings_(meetings(cells_, input.columns)),
      sum_(static_cast<std::size_t>(input.columns), 0.0),
      last_(static_cast<std::size_t>(input.columns), -1) {
  inverse_norms_ = inverse_or_zero(input.effects[input.eliminated].squared_norms());
  for (std::size_t o = 0; o < input.others.size(); ++o) among_.push_back(later_cells(input, o));
}

void SchurColumns::add(Index row, double value) {
  const auto r = static_cast<std::size_t>(row);
  if (last_[r] == asked_) {
    sum_[r] += value;
    return;
  }
  last_[r] = asked_;
  sum_[r] = value;
  touched_.push_back(static_cast<std::int32_t>(row));
}

void SchurColumns::subtract_meetings(Index b) {
  const Cells& cells = cells_;
  const Index begin = meetings_.start[static_cast<std::size_t>(b)],
              end = meetings_.start[static_cast<std::size_t>(b) + 1];
  for (Index m = begin; m < end; ++m) {
    const auto g = static_cast<std::size_t>(meetings_.level[static_cast<std::size_t>(m)]);
    const Index own = meetings_.entry[static_cast<std::size_t>(m)];
    for (Index k = 0; k < cells.width; ++k) {
      const double share = cells.value[static_cast<std::size_t>(own * cells.width + k)] *
                           inverse_norms_(static_cast<Index>(g) * cells.width + k);
      for (Index e = own; e < cells.start[g + 1]; ++e)
        add(cells.column[static_cast<std::size_t>(e)],
            -share * cells.value[static_cast<std::size_t>(e * cells.width + k)]);
    }
  }
}

void SchurColumns::lower_column(Index b, std::vector<std::int32_t>& rows, std::vector<double>& values) {
  ++asked_;
  std::size_t o = input_.others.size() - 1;
  while (input_.offset[o] > b) --o;
  const Cells& own = among_[o];
  const Index inside = b - input_.offset[o], level = inside / own.width, c = inside % own.width;
  add(b, input_.squared_norms(b));
  for (Index e = own.start[static_cast<std::size_t>(level)]; e < own.start[static_cast<std::size_t>(level) + 1]; ++e)
    add(own.column[static_cast<std::size_t>(e)], own.value[static_cast<std::size_t>(e * own.width + c)]);
  subtract_meetings(b);
  rows.swap(touched_);
  touched_.clear();
  std::sort(rows.begin(), rows.end());
  values.clear();
  for (const std::int32_t r : rows) values.push_back(sum_[static_cast<std::size_t>(r)]);
}

double SchurColumns::density(Index sampled) {
  const Index m = input_.columns, step = std::max<Index>(1, m / sampled);
  std::vector<std::int32_t> rows;
  std::vector<double> values;
  double entries = 0, places = 0;
  for (Index b = 0; b < m; b += step) {
    lower_column(b, rows, values);
    entries += static_cast<double>(rows.size());
    places += static_cast<double>(m - b);
  }
  return entries / places;
}

// Level by level of the eliminated effect: as many products, without lists of who meets whom.
Matrix full_schur(const ComplementInput& input) {
  Matrix gram = input.squared_norms.asDiagonal();
  for (std::size_t o = 0; o < input.others.size(); ++o) {
    const Cells own = later_cells(input, o);
    for (Index g = 0; g < own.levels(); ++g)
      for (Index e = own.start[static_cast<std::size_t>(g)]; e < own.start[static_cast<std::size_t>(g) + 1]; ++e)
        for (Index c = 0; c < own.width; ++c)
          gram(own.column[static_cast<std::size_t>(e)], input.offset[o] + g * own.width + c) +=
              own.value[static_cast<std::size_t>(e * own.width + c)];
  }
  const Vector inverse_norms = inverse_or_zero(input.effects[input.eliminated].squared_norms());
  const Cells& cells = input.cells;
  for (Index g = 0; g < cells.levels(); ++g) {
    const Index begin = cells.start[static_cast<std::size_t>(g)], end = cells.start[static_cast<std::size_t>(g) + 1];
    for (Index c = 0; c < cells.width; ++c)
      for (Index e = begin; e < end; ++e) {
        const Index a = cells.column[static_cast<std::size_t>(e)];
        const double share =
            cells.value[static_cast<std::size_t>(e * cells.width + c)] * inverse_norms(g * cells.width + c);
        for (Index f = e; f < end; ++f) {
          const Index b = cells.column[static_cast<std::size_t>(f)];
          gram(std::max(a, b), std::min(a, b)) -= share * cells.value[static_cast<std::size_t>(f * cells.width + c)];
        }
      }
  }
  gram.triangularView<Eigen::StrictlyUpper>() = gram.transpose();
  return gram;
}

SparseSymmetric assemble(const ComplementInput& input, SchurColumns& columns) {
  SparseSymmetric matrix;
  matrix.size = input.columns;
  matrix.start.push_back(0);
  std::vector<std::int32_t> rows;
  std::vector<double> values;
  for (Index b = 0; b < input.columns; ++b) {
    columns.lower_column(b, rows, values);
    matrix.row.insert(matrix.row.end(), rows.begin(), rows.end());
    matrix.value.insert(matrix.value.end(), values.begin(), values.end());
    matrix.start.push_back(static_cast<Index>(matrix.row.size()));
  }
  return matrix;
}

}  // namespace headwater
