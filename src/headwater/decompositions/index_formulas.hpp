// Price and quantity index numbers between two periods as sums of logarithmic contributions of items.
#pragma once

#include <string>
#include <vector>

#include "headwater/decompositions/dual.hpp"

namespace headwater {

// One item in two periods: x is what the index follows (prices, or quantities), z its partner.
struct ItemPair {
  Dual x1, x2, z1, z2;
};

inline const std::vector<std::string> kIndexFormulas = {"laspeyres", "paasche", "fisher",
                                                        "tornqvist", "walsh",   "sato_vartia"};

// Contributions that sum to the index's logarithm. An index that is a mean of relatives r_j with weights a_j has
// ln I = Σ a_j L(r_j, I) ln r_j / Σ a_j L(r_j, I), L the logarithmic mean (Reinsdorf, Diewert and Ehemann 2002).
std::vector<Dual> log_contributions(const std::string& formula, const std::vector<ItemPair>& items);
// The index by its definition, from numbers alone.
double index_number(const std::string& formula, const std::vector<ItemPair>& items);

}  // namespace headwater
