// Scores by series and period, and the lags of a rule.
#pragma once

#include <cstdint>
#include <vector>

#include "headwater/covariances/covariance.hpp"
#include "headwater/moments/series.hpp"

namespace headwater {

// As the rule says. Throws Error{usage, "covariance.no_time" | "covariance.lag"}.
Lags lags_of(const MethodCall& rule, const Atoms& atoms, LagKernel kernel = LagKernel::bartlett);

SeriesSums sums_by_period(const Contributions& psi, const Atoms& atoms);  // one series: what all units have in common
SeriesSums sums_by_unit(const Contributions& psi, const Atoms& atoms);    // a series for each unit; one without units

}  // namespace headwater
