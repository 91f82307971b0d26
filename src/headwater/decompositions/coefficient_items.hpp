// Coefficients of a fit as the items of a decomposition: what sensitivity methods examine.
#pragma once

#include <string>
#include <vector>

#include "headwater/decompositions/decomposition.hpp"

namespace headwater {

// Coefficients asked for by `term = ` (a coefficient, or a driver for all of its own); by default those of every
// declared driver, or all but the constant when none is declared. Throws Error{usage, "decomposition.no_term"}.
std::vector<Index> asked_coefficients(const DecompositionInput& input);
// Driver slot of each coefficient, "" for the constant.
Names slots_of(const Fit& fit);

// A decomposition whose items are these coefficients, not parts of a total. The caller adds question, choices and
// tables; covariance and atoms are filled.
Decomposition coefficient_items(const DecompositionInput& input, const std::vector<Index>& chosen);

}  // namespace headwater
