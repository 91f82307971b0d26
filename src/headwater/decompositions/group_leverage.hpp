// Influence for groups of few clusters: rules that look at leverage, with each group's own number of clusters.
#pragma once

#include "headwater/decompositions/groups.hpp"
#include "headwater/estimators/fit.hpp"

namespace headwater {

// Rows of the fit's design × k under the fit's own rule of leverage, less the root of G/(G − 1) with which the group's
// rows are multiplied.
Matrix leverage_influence(const Fit& fit);

// Root of each row's own small-sample factor, G_g/(G_g − 1) of its group's clusters, over the common one of all
// clusters.
Vector group_factor_roots(const Design& rows, const TwoGroups& groups);

// Clusters of the smaller group.
Index fewest_clusters(const Design& rows, const TwoGroups& groups);

}  // namespace headwater
