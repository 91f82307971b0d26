// The bias that estimated effects bring to the coefficients of a logit or probit, taken off.
#pragma once

#include "headwater/estimators/linked.hpp"

namespace headwater {

// Options `correction` and `lags` of an estimator's call.
std::vector<OptionCard> bias_option_cards();
// What the call asks for. Throws Error{usage, "estimator.correction"} where the model has no effects, more than two,
// slopes or weights, or where lags make no sense.
bool asks_for_correction(const EstimatorInput& input);
Fit corrected_fit(const EstimatorInput& input, const LinkedModel& model);

}  // namespace headwater
