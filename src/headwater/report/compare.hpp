// What changed between two runs, as text and as JSON.
#pragma once

#include <string>

#include "headwater/core/labelled.hpp"

namespace headwater {

std::string compare_text(const Tree& tree);
std::string compare_json(const Tree& tree, const std::string& version);

}  // namespace headwater
