// The answer of a contrast as text and as the JSON contract headwater.contrast/1.
#pragma once

#include <string>

#include "headwater/core/labelled.hpp"

namespace headwater {

std::string contrast_text(const Tree& contrast);
std::string contrast_json(const Tree& contrast, const std::string& version);

}  // namespace headwater
