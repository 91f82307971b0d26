// The noise of a unit's own outcomes: independent between units, and within one a function of the time between rows.
#pragma once

#include <cstdint>
#include <vector>

#include "headwater/core/matrix.hpp"
#include "headwater/design/design.hpp"

namespace headwater {

// One unit's rows of the design in the order of time; `when` counts steps of the panel, or rows without a time key.
struct UnitRows {
  std::vector<std::int64_t> when;
  std::vector<Index> at;

  Index size() const { return static_cast<Index>(at.size()); }
};

// The rows of a design by unit, and every distance in time at which a unit has two of them.
struct UnitTimes {
  std::vector<UnitRows> units;
  std::vector<std::int64_t> gaps = {0};  // increasing from 0

  Index gap(std::int64_t distance) const;
  // ρ^gap: autocorrelations of AR(1) noise by gap.
  Vector powers(double autocorrelation) const;
};
UnitTimes unit_times(const Design& design);

// Functionals (rows of `c`) × gaps: Σ c_s c_t over the pairs of rows of one unit that lie so far apart. The variance of
// functional i under noise with autocovariances γ by gap is row i times γ.
Matrix weights_by_gap(const UnitTimes& times, const Matrix& c);

// C Ω C' for noise with these autocovariances by gap.
Matrix noise_covariance(const UnitTimes& times, const Matrix& c, const Vector& autocovariances);

}  // namespace headwater
