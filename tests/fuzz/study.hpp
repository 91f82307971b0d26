// Sound results to start from.
#pragma once

#include <vector>

#include "headwater/core/labelled.hpp"

namespace headwater::fuzz {

// A small panel under every method, one tree for each fit and decomposition, as they come from a file. Made once.
const std::vector<Tree>& study();

}  // namespace headwater::fuzz
