// Products of rows with those of earlier periods of the same series.
#pragma once

#include <cstdint>

#include "headwater/moments/moments.hpp"

namespace headwater {

// A lag l weighs 1 up to the longest, L, or 1 − l/(L + 1).
enum class LagKernel { uniform, bartlett };

struct Lags {
  std::int64_t longest = 0;
  LagKernel kernel = LagKernel::bartlett;
  std::vector<std::int64_t> position;  // of each period
};

// Where each period stands, in steps from the first, by the calendar.
std::vector<std::int64_t> calendar_positions(const std::vector<Period>& periods, std::int64_t step);

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
// `sums` by `cells`, each of which lies in one series (null: all are one) and one period.
SeriesSums series_of(Matrix sums, const Grouping& cells, const Grouping* series, const Grouping& periods);

// Σ_l w_l (Γ_l + Γ_l'), l from 1 to the longest, Γ_l = Σ S_t S_{t−l}' within the series.
Matrix lagged_products(const SeriesSums& series, const Lags& lags);

}  // namespace headwater
