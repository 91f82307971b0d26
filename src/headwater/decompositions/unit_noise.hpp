// The noise of a unit's own outcomes, from its own residuals: their variance and how long a shock lasts.
#pragma once

#include "headwater/core/matrix.hpp"
#include "headwater/design/design.hpp"

namespace headwater {

struct UnitNoise {
  double variance = 0;         // of one row
  double autocorrelation = 0;  // of neighbouring periods, AR(1)
};

// By moments of residuals that were centred within units: the lag-one ratio and the sum of squares are set to what
// AR(1) noise leaves after centring, so that short panels are not biased (Nickell). `lost` are the further degrees of
// freedom that the fit used, beyond one a unit.
UnitNoise estimated_unit_noise(const Design& design, const Vector& residuals, double lost);

// C Ω C' for noise that is AR(1) within units and independent between them; rows of `c` are functionals of the rows.
Matrix noise_covariance(const Design& design, const Matrix& c, const UnitNoise& noise);

}  // namespace headwater
