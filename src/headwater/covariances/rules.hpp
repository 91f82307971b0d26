// The meat rules, one file each.
#pragma once

#include "headwater/covariances/covariance.hpp"

namespace headwater {

Meat robust_meat(const MethodCall& rule, const Contributions& psi, const Atoms& atoms);
Meat cluster_meat(const MethodCall& rule, const Contributions& psi, const Atoms& atoms);
Meat driscoll_kraay_meat(const MethodCall& rule, const Contributions& psi, const Atoms& atoms);
Meat newey_west_meat(const MethodCall& rule, const Contributions& psi, const Atoms& atoms);
Meat thompson_meat(const MethodCall& rule, const Contributions& psi, const Atoms& atoms);
Meat conley_meat(const MethodCall& rule, const Contributions& psi, const Atoms& atoms);
Meat conley_hac_meat(const MethodCall& rule, const Contributions& psi, const Atoms& atoms);
// Latitude, longitude and a cutoff above zero are given; a radius goes with great circles alone.
void check_distances(const MethodCall& rule);
Meat beck_katz_meat(const MethodCall& rule, const Contributions& psi,
                    const Atoms& atoms);  // refused: see covariance_row
Meat beck_katz_of(const Fit& fit, const MethodCall& rule);

// The groupings that cluster(a, b) names, found among the atoms' clusters, unit and time.
std::vector<const Grouping*> cluster_groupings(const MethodCall& rule, const Atoms& atoms);

// Whether it looks at leverage: scores are changed before they are added up.
bool adjusts_scores(const MethodCall& rule);

}  // namespace headwater
