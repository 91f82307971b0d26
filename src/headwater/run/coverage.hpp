// Who is in the data: units, rows and rows used for each value of a column; thirds of the cells where it is a number.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "headwater/design/design.hpp"
#include "headwater/run/config.hpp"

namespace headwater {

struct Coverage {
  std::vector<std::string> column, level;
  std::vector<std::int64_t> units, rows, used;
};

std::vector<std::string> coverage_columns(const RunConfig& config);  // of [report] coverage
// Throws Error{data} when a column is not in the panel.
Coverage coverage(const Panel& panel, const Design& design, const std::vector<std::string>& columns);

Tree describe(const Coverage& coverage);

}  // namespace headwater
