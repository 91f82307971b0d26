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
// Contributions that sum to the index less one, as statistical offices publish: w_j (r_j − 1) with the weights of the
// formula's basket at period 1 (laspeyres: shares of value; paasche, walsh: their own baskets), for fisher with the
// weights (F w_L + L w_P)/(F + L), L and F the Laspeyres and Fisher indices (Reinsdorf, Diewert and Ehemann 2002, eq.
// 12). A geometric mean has no such weights: its logarithmic contributions times (I − 1)/ln I.
std::vector<double> point_contributions(const std::string& formula, const std::vector<ItemPair>& items);
// The index by its definition, from numbers alone.
double index_number(const std::string& formula, const std::vector<ItemPair>& items);

}  // namespace headwater
