// Products of scores with those of earlier periods of the same series.
#pragma once

#include <cstdint>
#include <vector>

#include "headwater/covariances/covariance.hpp"

namespace headwater {

// A lag l weighs 1 up to the longest, L, or 1 − l/(L + 1).
enum class LagKernel { uniform, bartlett };

struct Lags {
  std::int64_t longest = 0;
  LagKernel kernel = LagKernel::bartlett;
  std::vector<std::int64_t> position;  // of each period
};
// As the rule says. Throws Error{usage, "covariance.no_time" | "covariance.lag"}.
Lags lags_of(const MethodCall& rule, const Atoms& atoms, LagKernel kernel = LagKernel::bartlett);

// Sums of rows: a row of `sums` for each series and period in which it has rows.
struct SeriesSums {
  struct At {
    std::int32_t series;
    std::int32_t period;
    Index row;  // of sums
  };
  Matrix sums;
  std::vector<At> order;  // by series, then period
};
SeriesSums sums_by_period(const Contributions& psi, const Atoms& atoms);  // one series: what all units have in common
SeriesSums sums_by_unit(const Contributions& psi, const Atoms& atoms);    // a series for each unit; one without units

// Σ_l w_l (Γ_l + Γ_l'), l from 1 to the longest, Γ_l = Σ S_t S_{t−l}' within the series.
Matrix lagged_products(const SeriesSums& series, const Lags& lags);

}  // namespace headwater
