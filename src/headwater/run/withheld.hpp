// What a published report keeps to itself: the labels of all units, those too that no fit uses, and the levels of fewer
// than five units in the columns that the configuration names.
#pragma once

#include <string>
#include <vector>

#include "headwater/panel/panel.hpp"
#include "headwater/run/config.hpp"

namespace headwater {

struct Withheld {
  std::vector<std::string> units;
  std::vector<std::string> column, level;  // of small groups
};
Withheld withheld(const Panel& panel, const RunConfig& config);

Tree describe(const Withheld& names);

}  // namespace headwater
