// Influence for groups of few clusters: what leaving each cluster out does to a regression.
#pragma once

#include "headwater/decompositions/groups.hpp"
#include "headwater/estimators/fit.hpp"

namespace headwater {

// Rows of the fit's design × k, whose sum over a cluster is (G − 1)/G times the change of the coefficients when the
// cluster is left out: with G/(G − 1) the variance is the jackknife's, CR3. Effects are held as absorbed, which is
// exact where their levels lie within clusters.
Matrix jackknife_influence(const Fit& fit, const Grouping& clusters);

// Root of each row's own small-sample factor, G_g/(G_g − 1) of its group's clusters, over the common one of all
// clusters.
Vector group_factor_roots(const Design& rows, const TwoGroups& groups);

// Clusters of the smaller group.
Index fewest_clusters(const Design& rows, const TwoGroups& groups);

}  // namespace headwater
