// What formulas can say beyond + and |, and where that is knowingly otherwise than in R's fixest.
#pragma once

#include <vector>

#include "headwater/core/method.hpp"

namespace headwater {

const std::vector<MethodCard>& formula_operators();

}  // namespace headwater
