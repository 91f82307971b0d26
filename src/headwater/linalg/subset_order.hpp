// The moment matrix as the recursions over subsets want it: a stack of columns whose next player to decide stands last,
// packed lower triangle by rows, so that leaving a player out is a shorter prefix of the same numbers.
#pragma once

#include <vector>

#include "headwater/linalg/subsets.hpp"

namespace headwater::subsets {

constexpr double kRedundant = 1e-13;  // pivot, of the column's own square, below which it adds nothing

inline std::size_t packed_size(int columns) {  // of `columns` stacked columns and y in front
  return static_cast<std::size_t>(columns + 1) * static_cast<std::size_t>(columns + 2) / 2;
}
inline std::size_t row_at(int row) { return static_cast<std::size_t>(row) * static_cast<std::size_t>(row + 1) / 2; }

struct Stack {
  int players = 0;                // that share the value
  std::vector<int> player;        // by position, bottom first: index into players, or players + index into around
  std::vector<int> width;         // by position: columns
  std::vector<int> below;         // by position: columns of the positions beneath
  std::vector<Index> column;      // by stacked column 1..p (entry 0 is y): column of the game
  std::vector<double> threshold;  // by stacked column: pivots up to it count as zero
  std::vector<double> moments;    // packed
  double total = 0;               // y'y

  int positions() const { return static_cast<int>(player.size()); }
  int columns() const { return static_cast<int>(column.size()) - 1; }
  bool shares(int position) const { return player[static_cast<std::size_t>(position)] < players; }
};

// Narrow players at the bottom, where almost all of the work is. Throws Error{usage, "subsets.too_many"}.
Stack stacked(const SubsetGame& game);

// One elimination: `to` (columns − 1 of them) = `from` less the part along its last column, `slopes` (columns long)
// the coefficients of y and the columns before on it.
inline void eliminate(const double* from, int columns, double threshold, double* to, double* slopes) {
  const double* last = from + row_at(columns);
  const double pivot = last[columns];
  const double reciprocal = pivot > threshold ? 1 / pivot : 0;
  for (int j = 0; j < columns; ++j) slopes[j] = last[j] * reciprocal;
  for (int i = 0; i < columns; ++i) {
    const double slope = slopes[i];
    const double* a = from + row_at(i);
    double* b = to + row_at(i);
    for (int j = 0; j <= i; ++j) b[j] = a[j] - slope * last[j];
  }
}

}  // namespace headwater::subsets
