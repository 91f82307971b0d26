// Two sets of effects on matched rows (worker and firm, trust and contract): the rows on which leaving out any first
// unit keeps the second connected, and the variances of both effects with their exact leave-out corrections.
#pragma once

#include <vector>

#include "headwater/core/matrix.hpp"
#include "headwater/panel/panel.hpp"

namespace headwater {

// One match for each pair that occurs, sorted by first unit.
struct Matches {
  Grouping first, second;    // of matches
  Vector count, mean;        // rows and their mean outcome
  std::vector<Index> match;  // of each row
  Vector deviation;          // of each row from its match's mean
  double rows = 0, grand_mean = 0;
};
Matches matches(const Vector& y, const Grouping& first, const Grouping& second);
// The match after the last one that has the first unit of match `from`.
Index end_of_first(const Matches& matches, Index from);

// Rows kept: the largest set in which the second units stay connected when any one first unit is left out, without
// first units seen once only. True for a row kept.
std::vector<bool> leave_out_connected(const Grouping& first, const Grouping& second);

enum TwoWayPart : Index { kFirst, kSecond, kCovariance, kTwoWayParts };

struct TwoWay {
  // Of each match:
  Vector first, second;  // effects, less their means over rows
  Vector residual, leverage;
  Vector noise;               // σ² of a row, unbiased; zero for a single row of who never moves
  Matrix noise_weight;        // × 3: what a unit of it adds to each plug-in variance
  Vector plug_in, corrected;  // variance of the first, of the second, covariance; over rows, divisor n − 1
  // What each independent piece of noise adds to the corrected variances: (matches + rows) × 3. A piece is the match of
  // a first unit that moves, or a row of one that does not; the other entries are zero. Their products sum to a
  // covariance that errs on the safe side (two_way_errors.cpp).
  Matrix errors;
};
// Kline, Saggio and Sølvsten (2020), a match left out at a time. Throws Error{usage, "leave_out.too_large"}.
TwoWay two_way(const Matches& matches);

}  // namespace headwater
