// Atoms that are whole groups of the design's rows: unit means, or strata of a conditional likelihood.
#pragma once

#include "headwater/estimators/fit.hpp"

namespace headwater {

// One atom a group, in clusters that contain it. `what` is what of a group would lie in several clusters, for the
// message: Error{usage, "estimator.cluster_not_nested"}.
Atoms atoms_by(const Design& design, const Grouping& groups, const std::string& what);

}  // namespace headwater
