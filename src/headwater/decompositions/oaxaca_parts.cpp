#include "headwater/decompositions/oaxaca_parts.hpp"

#include <algorithm>

namespace headwater {
namespace {

Vector picked(const Vector& all, const std::vector<Index>& items) {
  Vector result = Vector::Zero(all.size());
  for (const Index j : items) result(j) = all(j);
  return result;
}

}  // namespace

const std::vector<GroupPart>& group_parts(bool threefold) {
  static const std::vector<GroupPart> two = {
      {"explained", {{1, true, CoefficientsOf::reference}, {-1, false, CoefficientsOf::reference}}, false},
      {"unexplained",
       {{1, true, CoefficientsOf::a},
        {-1, true, CoefficientsOf::reference},
        {1, false, CoefficientsOf::reference},
        {-1, false, CoefficientsOf::b}},
       true}};
  static const std::vector<GroupPart> three = {
      {"endowments", {{1, true, CoefficientsOf::b}, {-1, false, CoefficientsOf::b}}, false},
      {"coefficients", {{1, false, CoefficientsOf::a}, {-1, false, CoefficientsOf::b}}, true},
      {"interaction",
       {{1, true, CoefficientsOf::a},
        {-1, true, CoefficientsOf::b},
        {-1, false, CoefficientsOf::a},
        {1, false, CoefficientsOf::b}},
       false}};
  return threefold ? three : two;
}

std::vector<GroupComponent> group_components(const AllLevels& all, const std::vector<bool>& identified, bool effects,
                                             bool threefold) {
  Names slots;
  for (std::size_t j = 1; j < all.slots.size(); ++j)
    if (identified[j] && std::find(slots.begin(), slots.end(), all.slots[j]) == slots.end())
      slots.push_back(all.slots[j]);
  std::vector<GroupComponent> components;
  for (const GroupPart& part : group_parts(threefold)) {
    for (const std::string& slot : slots) {
      components.push_back({part.name + ": " + slot, &part, {}});
      for (std::size_t j = 1; j < all.slots.size(); ++j)
        if (all.slots[j] == slot) components.back().items.push_back(static_cast<Index>(j));
    }
    if (part.has_constant) components.push_back({part.name + (effects ? ": effects" : ": constant"), &part, {0}});
  }
  return components;
}

double value_of(const GroupNumbers& numbers, const GroupComponent& component) {
  double value = 0;
  for (const GroupProduct& p : component.part->products)
    value += p.sign * numbers.mean(p.mean_of_a).value.dot(picked(numbers.of(p.of).beta, component.items));
  return value;
}

// x̄'ψ(β) + β'ψ(x̄), summed over the products.
Vector influence_of(const GroupNumbers& numbers, const GroupComponent& component) {
  Vector psi = Vector::Zero(numbers.mean(true).psi.rows());
  for (const GroupProduct& p : component.part->products)
    psi += p.sign * (numbers.mean(p.mean_of_a).psi * picked(numbers.of(p.of).beta, component.items) +
                     numbers.of(p.of).psi * picked(numbers.mean(p.mean_of_a).value, component.items));
  return psi;
}

ProductSum products_of(const GroupNumbers& numbers, const GroupComponent& component) {
  ProductSum sum;
  for (const GroupProduct& p : component.part->products) {
    const GroupMeans& mean = numbers.mean(p.mean_of_a);
    const GroupCoefficients& of = numbers.of(p.of);
    append(sum, p.sign * mean.value(component.items), p.sign * mean.psi(Eigen::all, component.items),
           of.beta(component.items), of.psi(Eigen::all, component.items));
  }
  return sum;
}

}  // namespace headwater
