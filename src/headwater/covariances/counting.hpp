// What each program counts as estimated: slopes, effects, those nested in the clusters, those that are redundant.
#pragma once

#include "headwater/covariances/profiles.hpp"

namespace headwater {

Counted exact_count(const CountInput& input);  // slopes and the exact rank of the effects
Counted fixest_count(const CountInput& input);
Counted reghdfe_count(const CountInput& input);
Counted ivreghdfe_count(const CountInput& input);  // reghdfe's without the constant
Counted xtreg_count(const CountInput& input);
Counted slopes_count(const CountInput& input);  // effects never counted (plm), but by their rank under iid
Counted linearmodels_count(const CountInput& input);

Counted columns_count(const CountInput& input);  // slopes and ΣL − (Q − 1) columns of effects

double exact_residual(const CountInput& input);
double fixest_residual(const CountInput& input);
double reghdfe_residual(const CountInput& input);
double columns_residual(const CountInput& input);

}  // namespace headwater
