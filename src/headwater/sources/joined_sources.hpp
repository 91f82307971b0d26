// Sources side by side: the first makes the rows, and the columns of every other are brought to them by unit and
// period, each by its declared rule.
#pragma once

#include <string>
#include <vector>

#include "headwater/panel/readers.hpp"
#include "headwater/sources/typed_source.hpp"

namespace headwater {

struct PanelKeys {
  std::string unit = "unit", time = "period";  // what the key columns are called
};

// Which of several vintages of a cell is taken: "latest" (also ""), "first", a name, or "as of 2026-01-31".
// Throws Error{usage, "source.vintage"}.
void choose_vintage(TypedSource& source, const std::string& vintage);

// Throws Error{usage | data, "source.*"}: a rule that does not fit the periods, two sources with one column.
RawTable joined_sources(std::vector<TypedSource> sources, const PanelKeys& keys);

}  // namespace headwater
