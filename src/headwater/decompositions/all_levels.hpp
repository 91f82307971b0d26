// Regressors with every level of every factor, and coefficients that do not depend on which level a regression left
// out: in deviation from their mean over the levels, which goes to the term without the factor (Gardeazabal and Ugidos
// 2004; Yun 2005). Blocks factor × continuous and factor × factor alike.
#pragma once

#include <optional>
#include <vector>

#include "headwater/design/design.hpp"

namespace headwater {

struct AllLevels {
  Names names;                                    // K; the first is the constant
  Names slots;                                    // K: driver slot, "" for the constant
  std::vector<std::optional<std::size_t>> terms;  // K: index into the formula's terms; none for the constant
  std::vector<bool> level;                        // K: a level of a factor, alone or times numbers
  std::vector<bool> main;                         // K: one variable alone, not a product
  std::vector<Index> fitted;                      // those that are columns of the design as the model wrote it
  std::vector<Index> general;  // all but the constant, lower order first, so that a fit leaves out the last levels
  Matrix values;               // rows × K
  Matrix normalise;            // K × K: coefficients as fitted (zero where left out) -> coefficients in deviation
  Names not_normalised;        // terms whose levels have no term to give their mean to
};
// Over `rows` of the design; levels that do not occur there are left out. With `unit_means`, also the unit means (over
// the whole design) of what varies within units, named mean(...) and in slots "... (between)".
AllLevels all_levels(const Panel& panel, const Design& design, const std::vector<Index>& rows, bool unit_means);

}  // namespace headwater
