// Two sets of effects on matched rows (worker and firm, trust and contract): the rows on which leaving out any first
// unit keeps the second connected, and the variances of both effects with their exact leave-out corrections.
#pragma once

#include <vector>

#include "headwater/core/matrix.hpp"
#include "headwater/panel/panel.hpp"

namespace headwater {

// One row for each pair that occurs.
struct Matches {
  std::vector<std::int32_t> first, second;  // codes
  Vector count, mean;                       // rows and their mean outcome
  Vector spare;  // Σ over rows of (y − ȳ)(y − mean of the match's other rows) / count, zero for a single row
  std::int32_t firsts = 0, seconds = 0;
  double rows = 0, grand_mean = 0;
};
Matches matches(const Vector& y, const Grouping& first, const Grouping& second);

// Rows kept: the largest set in which the second units stay connected when any one first unit is left out, without
// first units seen once only. True for a row kept.
std::vector<bool> leave_out_connected(const Grouping& first, const Grouping& second);

struct TwoWayVariance {
  double first = 0, second = 0, covariance = 0;  // over rows, divisor n − 1
};
struct TwoWay {
  Vector first, second;  // effects, the second's mean over rows is zero
  Vector leverage;       // of each match
  TwoWayVariance plug_in, corrected;
};
// Kline, Saggio and Sølvsten (2020), a match left out at a time. Throws Error{usage, "leave_out.too_large"}.
TwoWay two_way(const Matches& matches);

}  // namespace headwater
