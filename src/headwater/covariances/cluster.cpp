// Question: how uncertain are the coefficients when errors within a cluster go together in any way?
// Meat Σ_g (Σ_{i∈g} ψ_i)(Σ_{i∈g} ψ_i)'; several ways by inclusion–exclusion over the intersections of clusters
// (Cameron, Gelbach and Miller 2011, eq. 2.11). Liang and Zeger (1986). Equals fixest, reghdfe and sandwich vcovCL with
// their factor to 1e-12.
#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/covariances/rules.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

const Grouping* named(const Atoms& atoms, const std::string& name) {
  for (const Grouping& cluster : atoms.clusters)
    if (cluster.name == name) return &cluster;
  if (atoms.unit.count > 0 && atoms.unit.name == name) return &atoms.unit;
  if (atoms.time.count > 0 && atoms.time.name == name) return &atoms.time;
  return nullptr;
}

[[noreturn]] void unknown_cluster(const Atoms& atoms, const std::string& name) {
  Names known;
  for (const Grouping& cluster : atoms.clusters) known.push_back(cluster.name);
  if (atoms.unit.count > 0) known.push_back(atoms.unit.name);
  if (atoms.time.count > 0) known.push_back(atoms.time.name);
  throw Error(ErrorKind::usage, "covariance.unknown_cluster",
              "cluster '" + name + "' is not at hand for these rows" +
                  (known.empty() ? std::string() : "; there are " + joined(known, ", ")));
}

}  // namespace

std::vector<const Grouping*> cluster_groupings(const MethodCall& rule, const Atoms& atoms) {
  std::vector<std::string> names = cluster_columns(rule);
  if (names.empty() && atoms.unit.count > 0) names.push_back(atoms.unit.name);
  std::vector<const Grouping*> groupings;
  for (const std::string& name : names) {
    const Grouping* found = named(atoms, name);
    if (!found) unknown_cluster(atoms, name);
    if (found->count < 2)
      throw Error(ErrorKind::data, "covariance.one_cluster",
                  "all rows used lie in one cluster of '" + name +
                      "', so nothing varies between clusters; cluster by something finer or use robust");
    groupings.push_back(found);
  }
  if (groupings.empty())
    throw Error(ErrorKind::usage, "covariance.no_cluster",
                "cluster() names no column and the data have no unit key; write cluster(column)");
  return groupings;
}

Meat cluster_meat(const MethodCall& rule, const Contributions& psi, const Atoms& atoms) {
  const std::vector<const Grouping*> ways = cluster_groupings(rule, atoms);
  Meat meat;
  for (std::uint32_t subset = 1; subset < (std::uint32_t{1} << ways.size()); ++subset) {
    std::vector<const Grouping*> chosen;
    for (std::size_t w = 0; w < ways.size(); ++w)
      if (subset >> w & 1) chosen.push_back(ways[w]);
    const Grouping groups = intersection(chosen);
    meat.terms.push_back({.sign = chosen.size() % 2 == 1 ? 1.0 : -1.0,
                          .groups = static_cast<double>(groups.count),
                          .sum = psi.squares(groups)});
  }
  return meat;
}

}  // namespace headwater
