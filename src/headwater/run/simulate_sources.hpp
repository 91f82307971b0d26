// A simulated panel as publications: the same figures in the layouts of NHS England, with marks, totals, notes,
// vintages and mergers, and a configuration that joins them again. What a stranger needs to see how files become a
// panel.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "headwater/run/simulate.hpp"

namespace headwater {

// Name of a file in the folder -> its bytes. Growth on the year before needs eight quarters. Throws Error{usage,
// "simulate.size"}.
std::vector<std::pair<std::string, std::string>> simulated_sources(const SimulationOptions& options);

}  // namespace headwater
