// The estimators, one file each; the registry lists them.
#pragma once

#include "headwater/estimators/fit.hpp"

namespace headwater {

Fit fit_pooled(const EstimatorInput& input);
Fit fit_within(const EstimatorInput& input);
Fit fit_between(const EstimatorInput& input);
Fit fit_first_difference(const EstimatorInput& input);
Fit fit_long_difference(const EstimatorInput& input);
Fit fit_mundlak(const EstimatorInput& input);
Fit fit_random(const EstimatorInput& input);
Fit fit_frontier(const EstimatorInput& input);
Fit fit_ppml(const EstimatorInput& input);
Fit fit_conditional_logit(const EstimatorInput& input);
Fit fit_fractional_logit(const EstimatorInput& input);
Fit fit_probit(const EstimatorInput& input);
Fit fit_logit(const EstimatorInput& input);
Fit fit_quantile(const EstimatorInput& input);
Fit fit_robust_m(const EstimatorInput& input);
Fit fit_negative_binomial(const EstimatorInput& input);
Fit fit_conditional_negative_binomial(const EstimatorInput& input);

const MethodCard& pooled_card();
const MethodCard& within_card();
const MethodCard& between_card();
const MethodCard& first_difference_card();
const MethodCard& long_difference_card();
const MethodCard& mundlak_card();
const MethodCard& random_card();
const MethodCard& frontier_card();
const MethodCard& ppml_card();
const MethodCard& conditional_logit_card();
const MethodCard& fractional_logit_card();
const MethodCard& probit_card();
const MethodCard& logit_card();
const MethodCard& quantile_card();
const MethodCard& robust_m_card();
const MethodCard& negative_binomial_card();
const MethodCard& conditional_negative_binomial_card();

}  // namespace headwater
