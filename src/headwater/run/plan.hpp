// Expands a configuration into fully resolved Specs, so that shared work is done once.
#pragma once

#include <vector>

#include "headwater/design/spec.hpp"
#include "headwater/panel/panel.hpp"
#include "headwater/run/config.hpp"

namespace headwater {

// Several outcomes, sw/csw, splits and ratio() triplets become one Spec each, in fixest's order. All members of a
// triplet share one sample; with sample = common all Specs do. Throws Error{usage | formula}.
std::vector<Spec> plan(const RunConfig& config, const Panel& panel);

}  // namespace headwater
