// Sums of scores (or of any rows) by a key. Additive: the sums of two parts of the rows merge by addition.
#pragma once

#include <vector>

#include "headwater/core/matrix.hpp"
#include "headwater/panel/panel.hpp"

namespace headwater {

// count × p: row g is the sum of rows i with code[i] == g, added in row order.
Matrix sums_by(const Matrix& rows, const Grouping& groups);
// The rows of each group, in their order.
std::vector<std::vector<Index>> rows_by(const Grouping& groups);
// The finest common refinement of the groupings, with only the codes that occur.
Grouping intersection(const std::vector<const Grouping*>& groupings);
// True when every level of `inner` lies within one level of `outer`.
bool nested_in(const Grouping& inner, const Grouping& outer);

}  // namespace headwater
