// Shapley values in rows that the coefficients have not seen.
#pragma once

#include "headwater/decompositions/variance_game.hpp"

namespace headwater {

// Shares of the squares of the held-out rows, about what the terms always in predict for them, that the coefficients of
// the other rows account for. Throws Error{usage | data} naming the option `holdout`.
Decomposition shapley_held_out(const DecompositionInput& input, const VarianceGame& game);

}  // namespace headwater
