// Published moments of unit-root statistics.
#pragma once

#include <array>

namespace headwater {

enum class Deterministic { none, intercept, trend };

struct Moments {
  double mean, spread;  // a standard deviation (Levin, Lin and Chu) or a variance (Im, Pesaran and Shin)
};
Moments levin_lin_chu_moments(double periods, Deterministic terms);
// NaN where the table has none: many lags in few rows.
Moments im_pesaran_shin_moments(double rows, long lags, Deterministic terms);
// At 1, 5 and 10 %.
std::array<double, 3> cips_critical_values(double units, double periods, Deterministic terms);

}  // namespace headwater
