// Outcome levels without a regression: what methods of aggregates and distributions start from.
#pragma once

#include "headwater/decompositions/decomposition.hpp"
#include "headwater/design/design.hpp"

namespace headwater {

// The rows of the panel that have the outcome, the cluster keys and every column of `needed`; no regressors, no
// weights.
Design outcome_design(const Panel& panel, Spec spec, const Names& needed);
// Says how many rows a method has used, `used` of those of its own design, and whether the model has others.
void tell_rows(Decomposition& decomposition, const DecompositionInput& input, const Design& own, Index used);
// The spec for a method whose numbers have no sampling error here: it needs no clusters.
Spec without_clusters(Spec spec);
// How often each row was drawn: ones outside replicates.
Vector times_drawn(const Design& design);
// Throws Error{data, "decomposition.index"} when every unit has the same value in some period: an index with a base,
// whose levels cannot be compared between units.
void refuse_indices(const Design& design);

}  // namespace headwater
