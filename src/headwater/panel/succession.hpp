// Codes that a succession table names, whether or not they have rows.
#pragma once

#include <string>

#include "headwater/core/labelled.hpp"

namespace headwater {

// Throws what reading the table throws.
Names succession_codes(const std::string& path);

}  // namespace headwater
