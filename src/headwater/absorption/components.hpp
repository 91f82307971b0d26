// Connected components of the graph in which a row joins a level of one effect to a level of another.
#pragma once

#include <vector>

#include "headwater/absorption/effect_columns.hpp"

namespace headwater {

struct Components {
  std::vector<std::int32_t> of_level;  // of the second effect: its component, 0 .. count − 1
  Index count = 0;
};
Components components(const EffectColumns& first, const EffectColumns& second);

}  // namespace headwater
