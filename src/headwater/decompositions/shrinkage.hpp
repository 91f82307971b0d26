// Many noisy numbers of one kind: what is spread and what is noise.
#pragma once

#include <optional>

#include "headwater/core/matrix.hpp"
#include "headwater/decompositions/signal_noise.hpp"

namespace headwater {

// Levels shrunken towards zero, their mean: at each node of the parameters a level is normal around
// τ²/(τ² + v) · value with variance τ²v/(τ² + v), v its noise there; what is shown is the mixture over the nodes.
struct Shrunken {
  Vector mean, deviation;
  Vector low, high;  // of the interval
  Vector above;      // probability of lying above zero, or the number asked
  Vector likeliest;  // the mean at the likeliest parameters alone, as a mixed model has it
};
// NaN for a value that is alone in its group. `by_gap` as weights_by_gap gives it; `kept` is the part of the signal's
// variance that deviations from a group's mean keep, 1 − 1/size, one for each value. `above` is a number from outside,
// so many units above the mean of the levels: the noise of that mean, a typical level's over their count, is carried.
Shrunken shrunken(const SignalNoise& model, const UnitTimes& times, const Vector& values, const Matrix& by_gap,
                  const Vector& kept, double level, std::optional<double> above = {});

// Figures with error variances of their own, shrunken towards their mean μ, which is estimated at each node with
// weights 1/(τ² + v): a level is normal around s y + (1 − s) μ̂ with variance s v + (1 − s)²/Σ1/(τ² + v), s = τ²/(τ² +
// v).
Shrunken shrunken_figures(const SignalNoise& model, const Vector& figures, const Vector& variances, double level,
                          double above);

// The same model with the noise of a typical level, its mean over those that are not alone in their group, in place of
// a row's.
SignalNoise shares_of_levels(SignalNoise model, const UnitTimes& times, const Matrix& by_gap, const Vector& kept);

// Funnel with additive over-dispersion (Spiegelhalter 2005): z winsorised at `share` in each tail, φ = Σz²/n, and where
// nφ > n − 1, τ² = (nφ − (n − 1))/(Σw − Σw²/Σw) with w = 1/s².
struct Funnel {
  double target = 0, dispersion = 1, variance = 0;
};
Funnel funnel(const Vector& values, const Vector& errors, double share = 0.1);

}  // namespace headwater
