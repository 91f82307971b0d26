// Where the columns of a panel made from sources come from, and what did not find its row, as text.
#pragma once

#include <string>

#include "headwater/core/labelled.hpp"

namespace headwater {

// Of /data; "" for a panel that is one file.
std::string source_section(const Tree& data);

}  // namespace headwater
