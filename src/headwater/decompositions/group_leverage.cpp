// Question: how uncertain are regressions of groups with few clusters?
// Each group is a regression of its own with G_g clusters, its leverage and its factor: CR2 and the jackknife (CV3) of
// covariances/cluster_leverage.cpp. The means' part of the rows has the factor G_g/(G_g − 1); the coefficients' part
// has its rule's, so that root is taken out of it first.
#include "headwater/decompositions/group_leverage.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "headwater/decompositions/parts.hpp"

namespace headwater {
namespace {

Index clusters_of(const Design& rows, const TwoGroups& groups, bool of_a) {
  std::set<std::int32_t> own;
  for (const Index i : groups.positions(of_a)) own.insert(rows.clusters.front().code[static_cast<std::size_t>(i)]);
  return static_cast<Index>(own.size());
}

double small_sample(Index clusters) {
  return clusters > 1 ? static_cast<double>(clusters) / static_cast<double>(clusters - 1) : 1;
}

}  // namespace

Matrix leverage_influence(const Fit& fit) {
  return coefficient_influence(fit) / std::sqrt(small_sample(fit.design->clusters.front().count));
}

Vector group_factor_roots(const Design& rows, const TwoGroups& groups) {
  const double all = small_sample(rows.clusters.front().count);
  const double root_a = std::sqrt(small_sample(clusters_of(rows, groups, true)) / all),
               root_b = std::sqrt(small_sample(clusters_of(rows, groups, false)) / all);
  Vector roots(rows.n());
  for (Index i = 0; i < rows.n(); ++i) roots(i) = groups.in_a[static_cast<std::size_t>(i)] ? root_a : root_b;
  return roots;
}

Index fewest_clusters(const Design& rows, const TwoGroups& groups) {
  return std::min(clusters_of(rows, groups, true), clusters_of(rows, groups, false));
}

}  // namespace headwater
