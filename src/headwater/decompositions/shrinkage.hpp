// Many noisy numbers of one kind: what is spread and what is noise.
#pragma once

#include "headwater/core/matrix.hpp"

namespace headwater {

// Normal prior by Paule and Mandel: Σ(x − μ)²/(s² + τ²) = J − 1 at the weighted mean μ; τ² = 0 when the spread is no
// more than noise.
struct NormalPrior {
  double mean = 0, variance = 0;
};
NormalPrior fitted_prior(const Vector& values, const Vector& errors);

// Posterior means and standard deviations; each mean lies between the value and the prior's.
struct Shrunken {
  Vector mean, deviation;
};
Shrunken shrunken(const Vector& values, const Vector& errors, const NormalPrior& prior);

// Funnel with additive over-dispersion (Spiegelhalter 2005): z winsorised at `share` in each tail, φ = Σz²/n, and where
// nφ > n − 1, τ² = (nφ − (n − 1))/(Σw − Σw²/Σw) with w = 1/s².
struct Funnel {
  double target = 0, dispersion = 1, variance = 0;
};
Funnel funnel(const Vector& values, const Vector& errors, double share = 0.1);

}  // namespace headwater
