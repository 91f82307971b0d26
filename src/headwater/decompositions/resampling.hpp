// Errors of methods that have no influence of their own: the refitting cluster bootstrap is their standard error.
#pragma once

#include "headwater/decompositions/decomposition.hpp"

namespace headwater {

// The call's `replicates`. Throws Error{usage} when they are too few for standard errors.
long replicates_of(const MethodCall& call);
// Runs the method of `input.call` again on resampled clusters and calls finish() with the covariance of the replicates
// (estimates.noise, total_noise) and kind = draws. Inside a replicate: finish() alone, without errors. Values, names
// and total are set already; `rows` are the design behind them. Throws Error{identification, "decomposition.few_draws"}
// when too few replicates have an answer.
void finish_by_resampling(Decomposition& decomposition, const DecompositionInput& input, const Design& rows,
                          double scale, long replicates);
std::vector<OptionCard> resampling_option_cards();

}  // namespace headwater
