#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/unknown_name.hpp"
#include "headwater/decompositions/methods.hpp"

namespace headwater {

const std::vector<DecompositionRow>& decompositions() {
  static const std::vector<DecompositionRow> rows = {
      {contributions_card(), Needs::linear_rows, run_contributions, {}, contributions_replicates},
      {change_card(), Needs::linear_rows, run_change, {}, change_replicates},
      {gelbach_card(), Needs::linear_rows, run_gelbach, {}, gelbach_replicates},
      {olley_pakes_card(), Needs::panel, run_olley_pakes},
      {robustness_value_card(), Needs::linear_rows, run_robustness_value},
      {marginal_effects_card(), Needs::linked_mean, run_marginal_effects},
      {oster_card(), Needs::linear_rows, run_oster},
      {leave_one_out_card(), Needs::fit, run_leave_one_out, "it leaves units out itself"},
      {provider_card(), Needs::linear_rows, run_provider, "units drawn anew do not show the noise of their own levels"},
      {indicator_card(), Needs::panel, run_indicator, "figures have the errors that were published with them"},
      {errors_in_variables_card(), Needs::linear_rows, run_errors_in_variables},
      {missing_bounds_card(), Needs::linear_rows, run_missing_bounds},
      {measurement_card(), Needs::linear_rows, run_measurement},
      {specification_curve_card(), Needs::fit, run_specification_curve, "it repeats fits itself"},
      {shapley_card(), Needs::linear_rows, run_shapley},
      {importance_card(), Needs::linear_rows, run_importance},
      {dominance_card(), Needs::linear_rows, run_dominance},
      {fields_card(), Needs::linear_rows, run_fields},
      {variance_card(), Needs::linear_rows, run_variance},
      {leave_out_card(), Needs::linear_rows, run_leave_out,
       "a unit drawn twice brings its noise twice, which looks like an effect"},
      {bma_card(), Needs::linear_rows, run_bma},
      {das_gupta_card(), Needs::panel, run_das_gupta},
      {oaxaca_card(), Needs::linear_rows, run_oaxaca, {}, oaxaca_replicates},
      {kitagawa_card(), Needs::panel, run_kitagawa},
      {aggregate_card(), Needs::panel, run_aggregate},
      {index_card(), Needs::panel, run_index},
      {growth_card(), Needs::panel, run_growth},
      {rif_card(), Needs::linear_rows, run_rif},
      {dfl_card(), Needs::linear_rows, run_dfl},
  };
  return rows;
}

const DecompositionRow& decomposition(std::string_view wanted) {
  Names known;
  for (const DecompositionRow& row : decompositions()) {
    if (row.card.name == wanted) return row;
    known.emplace_back(row.card.name);
  }
  static const std::vector<NameElsewhere> elsewhere = {{"blinder", "oaxaca"},
                                                       {"blinder_oaxaca", "oaxaca"},
                                                       {"lmg", "shapley"},
                                                       {"owen", "shapley"},
                                                       {"relaimpo", "shapley"},
                                                       {"eivreg", "errors_in_variables"},
                                                       {"margins", "marginal_effects"},
                                                       {"avg_slopes", "marginal_effects"},
                                                       {"sensemakr", "robustness_value"},
                                                       {"psacalc", "oster"},
                                                       {"akm", "leave_out"},
                                                       {"kss", "leave_out"},
                                                       {"jackknife", "leave_one_out"}};
  throw Error(ErrorKind::usage, "decomposition.unknown",
              "there is no decomposition '" + std::string(wanted) + "'" + advice_on_name(wanted, known, elsewhere));
}

void check_weights(const MethodCall& call, const std::string& weights) {
  const MethodCard& card = decomposition(call.method).card;
  const bool used = std::find(card.supports.begin(), card.supports.end(), "weights") != card.supports.end();
  const bool optional = std::any_of(card.options.begin(), card.options.end(),
                                    [](const OptionCard& option) { return option.name == "weights"; });
  if (weights.empty() || used || call.get("share") == weights || call.get("weights") == "none") return;
  throw Error(ErrorKind::usage, "decomposition.weights_unused",
              call.method + " has no use for the model's weights, '" + weights +
                  "', and would show the numbers without them; " +
                  (optional ? "write weights = none among its options to have those, or " : "") +
                  "leave the weights out of the model",
              {.key = "weights"});
}

OptionCard no_weights_option() {
  return {"weights", "choice: none", "", "none: without the model's weights, which this method has no use for"};
}

}  // namespace headwater
