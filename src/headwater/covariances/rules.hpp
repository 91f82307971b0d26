// The meat rules, one file each.
#pragma once

#include "headwater/covariances/covariance.hpp"

namespace headwater {

Meat robust_meat(const MethodCall& rule, const Matrix& psi, const Atoms& atoms);
Meat cluster_meat(const MethodCall& rule, const Matrix& psi, const Atoms& atoms);
Meat driscoll_kraay_meat(const MethodCall& rule, const Matrix& psi, const Atoms& atoms);

// The groupings that cluster(a, b) names, found among the atoms' clusters, unit and time.
std::vector<const Grouping*> cluster_groupings(const MethodCall& rule, const Atoms& atoms);

// Whether it looks at leverage: scores are changed before they are added up.
bool adjusts_scores(const MethodCall& rule);

}  // namespace headwater
