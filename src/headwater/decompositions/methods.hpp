// The decompositions, one file each; registry.cpp lists them.
#pragma once

#include <vector>

#include "headwater/decompositions/decomposition.hpp"

namespace headwater {

using Decompositions = std::vector<Decomposition>;

const MethodCard& contributions_card();
Decompositions run_contributions(const DecompositionInput& input);
const MethodCard& change_card();
Decompositions run_change(const DecompositionInput& input);
const MethodCard& gelbach_card();
Decompositions run_gelbach(const DecompositionInput& input);
const MethodCard& olley_pakes_card();
Decompositions run_olley_pakes(const DecompositionInput& input);
const MethodCard& oaxaca_card();
Decompositions run_oaxaca(const DecompositionInput& input);

}  // namespace headwater
