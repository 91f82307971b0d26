// The decompositions, one file each; registry.cpp lists them.
#pragma once

#include <vector>

#include "headwater/decompositions/decomposition.hpp"

namespace headwater {

using Decompositions = std::vector<Decomposition>;

const MethodCard& contributions_card();
Decompositions run_contributions(const DecompositionInput& input);
std::unique_ptr<Replicates> contributions_replicates(const DecompositionInput& input, const Grouping& clusters);
const MethodCard& change_card();
Decompositions run_change(const DecompositionInput& input);
std::unique_ptr<Replicates> change_replicates(const DecompositionInput& input, const Grouping& clusters);
const MethodCard& gelbach_card();
Decompositions run_gelbach(const DecompositionInput& input);
std::unique_ptr<Replicates> gelbach_replicates(const DecompositionInput& input, const Grouping& clusters);
const MethodCard& olley_pakes_card();
Decompositions run_olley_pakes(const DecompositionInput& input);
const MethodCard& robustness_value_card();
Decompositions run_robustness_value(const DecompositionInput& input);
const MethodCard& marginal_effects_card();
Decompositions run_marginal_effects(const DecompositionInput& input);
const MethodCard& oster_card();
Decompositions run_oster(const DecompositionInput& input);
const MethodCard& leave_one_out_card();
Decompositions run_leave_one_out(const DecompositionInput& input);
const MethodCard& provider_card();
Decompositions run_provider(const DecompositionInput& input);
const MethodCard& indicator_card();
Decompositions run_indicator(const DecompositionInput& input);
const MethodCard& errors_in_variables_card();
Decompositions run_errors_in_variables(const DecompositionInput& input);
const MethodCard& missing_bounds_card();
Decompositions run_missing_bounds(const DecompositionInput& input);
const MethodCard& measurement_card();
Decompositions run_measurement(const DecompositionInput& input);
const MethodCard& specification_curve_card();
Decompositions run_specification_curve(const DecompositionInput& input);
const MethodCard& shapley_card();
Decompositions run_shapley(const DecompositionInput& input);
const MethodCard& importance_card();
Decompositions run_importance(const DecompositionInput& input);
const MethodCard& dominance_card();
Decompositions run_dominance(const DecompositionInput& input);
const MethodCard& fields_card();
Decompositions run_fields(const DecompositionInput& input);
const MethodCard& variance_card();
Decompositions run_variance(const DecompositionInput& input);
const MethodCard& leave_out_card();
Decompositions run_leave_out(const DecompositionInput& input);
const MethodCard& bma_card();
Decompositions run_bma(const DecompositionInput& input);
const MethodCard& das_gupta_card();
Decompositions run_das_gupta(const DecompositionInput& input);
const MethodCard& aggregate_card();
Decompositions run_aggregate(const DecompositionInput& input);
const MethodCard& dfl_card();
Decompositions run_dfl(const DecompositionInput& input);
const MethodCard& growth_card();
Decompositions run_growth(const DecompositionInput& input);
const MethodCard& index_card();
Decompositions run_index(const DecompositionInput& input);
const MethodCard& kitagawa_card();
Decompositions run_kitagawa(const DecompositionInput& input);
const MethodCard& oaxaca_card();
Decompositions run_oaxaca(const DecompositionInput& input);
std::unique_ptr<Replicates> oaxaca_replicates(const DecompositionInput& input, const Grouping& clusters);
const MethodCard& rif_card();
Decompositions run_rif(const DecompositionInput& input);

}  // namespace headwater
