#include "headwater/estimators/grouped_atoms.hpp"

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

Grouping own_groups(const Grouping& groups) {
  Grouping own{.name = groups.name, .code = {}, .count = groups.count, .labels = groups.labels};
  for (std::int32_t g = 0; g < groups.count; ++g) own.code.push_back(g);
  return own;
}

Matrix places_by(const Design& design, const Grouping& groups, const std::vector<Index>& first,
                 const std::string& what) {
  Matrix places = design.places(first, Eigen::all);
  for (std::size_t i = 0; i < groups.code.size(); ++i)
    if (design.places.row(static_cast<Index>(i)) != places.row(groups.code[i]))
      throw Error(ErrorKind::usage, "estimator.several_places",
                  groups.name + " " + groups.labels[static_cast<std::size_t>(groups.code[i])] +
                      " lies at several places, so its " + what + " has none; give each one place, or use robust");
  return places;
}

}  // namespace

void require_one_effect(const Design& design, const std::string& verb, const std::string& instead) {
  if (design.effects.size() == 1 && design.effects.front().slopes.cols() == 0) return;
  throw Error(ErrorKind::usage, "estimator.one_effect",
              verb + " one effect without slopes, such as y ~ x | trust, and the model " + design.spec.formula.text +
                  " has " + counted(static_cast<Index>(design.effects.size()), "effect") +
                  "; write the others as factor(year)" + instead);
}

Atoms atoms_by(const Design& design, const Grouping& groups, const std::string& what) {
  Atoms atoms;
  atoms.n = groups.count;
  atoms.unit = own_groups(groups);
  atoms.design_row.assign(static_cast<std::size_t>(groups.count), -1);
  for (std::size_t i = groups.code.size(); i-- > 0;)
    atoms.design_row[static_cast<std::size_t>(groups.code[i])] = static_cast<Index>(i);
  for (const Grouping& cluster : design.clusters) {
    if (!nested_in(groups, cluster))
      throw Error(ErrorKind::usage, "estimator.cluster_not_nested",
                  "a " + groups.name + " belongs to several levels of cluster '" + cluster.name + "', so its " + what +
                      " has no cluster; cluster by " + groups.name + " or something coarser");
    Grouping coarse{.name = cluster.name, .code = {}, .count = cluster.count, .labels = cluster.labels};
    for (const Index row : atoms.design_row) coarse.code.push_back(cluster.code[static_cast<std::size_t>(row)]);
    atoms.clusters.push_back(std::move(coarse));
  }
  if (design.places.size() > 0) atoms.places = places_by(design, groups, atoms.design_row, what);
  return atoms;
}

}  // namespace headwater
