// The parts of a gap between two groups as sums of products of mean regressors and coefficients, whatever these come
// from: fits of rows or sums by cluster.
#pragma once

#include <string>
#include <vector>

#include "headwater/decompositions/all_levels.hpp"
#include "headwater/decompositions/group_numbers.hpp"
#include "headwater/decompositions/intervals.hpp"

namespace headwater {

// sign · x̄_group'β_of, one summand of a part.
struct GroupProduct {
  double sign;
  bool mean_of_a;
  CoefficientsOf of;
};
struct GroupPart {
  std::string name;  // "explained"
  std::vector<GroupProduct> products;
  bool has_constant;
};
const std::vector<GroupPart>& group_parts(bool threefold);

// A slot of drivers in one part, or the constant.
struct GroupComponent {
  std::string name;  // "explained: capital"
  const GroupPart* part;
  std::vector<Index> items;  // among all levels of the regressors
};
// `identified` in both groups by some parametrisation; `effects`: absorbed ones stand in the constant's place.
std::vector<GroupComponent> group_components(const AllLevels& all, const std::vector<bool>& identified, bool effects,
                                             bool threefold);

double value_of(const GroupNumbers& numbers, const GroupComponent& component);
Vector influence_of(const GroupNumbers& numbers, const GroupComponent& component);  // of the atoms
ProductSum products_of(const GroupNumbers& numbers, const GroupComponent& component);

}  // namespace headwater
