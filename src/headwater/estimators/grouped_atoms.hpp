// Atoms that are whole groups of the design's rows: unit means, or strata of a conditional likelihood.
#pragma once

#include "headwater/estimators/fit.hpp"

namespace headwater {

// One atom a group, in clusters that contain it. `what` is what of a group would lie in several clusters, for the
// message: Error{usage, "estimator.cluster_not_nested"}.
Atoms atoms_by(const Design& design, const Grouping& groups, const std::string& what);

// Throws Error{usage, "estimator.one_effect"} where the model has another number of effects, or one with slopes. `verb`
// is what is done with it, "conditional_logit conditions on", `instead` how the sentence ends.
void require_one_effect(const Design& design, const std::string& verb, const std::string& instead);

}  // namespace headwater
