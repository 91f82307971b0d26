// Numbers whose squares are not numbers: refused before anything is estimated, with the cell they come from.
#pragma once

#include "headwater/design/design.hpp"

namespace headwater {

// Throws Error{numerical, "design.range"} naming file, row and column.
void refuse_extreme_numbers(const Design& design, const Panel& panel);

}  // namespace headwater
