// Columns that stay text whatever they look like: the unit key, the time key, and those the user names.
#pragma once

#include <string>
#include <vector>

#include "headwater/panel/readers.hpp"

namespace headwater {

bool must_be_text(const ReadOptions& options, const std::string& column);

// A column of numbers as a column of their shortest texts; a column of text as it is. Missing cells keep their reasons.
Column as_text(Column column, const std::vector<std::int64_t>& rows, Notes& notes);

}  // namespace headwater
