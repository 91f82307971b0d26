// What rounding takes from powers of a regressor that stands in the same formula: y ~ x + I(x^2) + I(x^3).
#pragma once

#include "headwater/design/design.hpp"

namespace headwater {

// n × k: the exact powers less the columns of X; zero for other columns, empty when there is no such power.
Matrix power_tails(const Design& design);

}  // namespace headwater
