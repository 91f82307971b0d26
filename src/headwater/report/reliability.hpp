// What is known of single units' figures, as text with what may be said, and as JSON.
#pragma once

#include <string>

#include "headwater/core/labelled.hpp"

namespace headwater {

std::string reliability_text(const Tree& tree);
std::string reliability_json(const Tree& tree, const std::string& version);

}  // namespace headwater
