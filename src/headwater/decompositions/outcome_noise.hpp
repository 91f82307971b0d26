// What a fit says about the noise of the outcome's rows, and what a call declares about it.
#pragma once

#include <optional>
#include <string>

#include "headwater/core/method.hpp"
#include "headwater/decompositions/parts.hpp"
#include "headwater/decompositions/signal_noise.hpp"

namespace headwater {

// Options `reliability` and `autocorrelation` of a call; none: nothing was asked.
struct NoiseOptions {
  std::optional<double> reliability;      // declared; none: to be estimated
  std::optional<double> autocorrelation;  // declared; none: to be estimated
};
// Throws Error{usage, "decomposition.option"} naming the option.
std::optional<NoiseOptions> noise_options(const MethodCall& call);
std::vector<OptionCard> noise_option_cards();

struct OutcomeNoise {
  UnitTimes times;
  SignalNoise model;       // as estimated; with everything declared, one node
  Vector autocovariances;  // of rows, by gap
  std::string words;       // where reliability and autocorrelation come from
};

// Noise of the rows: what the drivers and all effects but the unit's leave, less the units' levels. A declared
// reliability sets its variance to (1 − reliability) times the variance of the outcome within periods. Without a time
// key rows of a unit are independent. Throws Error{identification, "noise.not_identified"} where two periods, or one
// distance in time, cannot tell what lasts from what fades.
OutcomeNoise outcome_noise(const OutcomeParts& parts, const NoiseOptions& options);

// Σ_t Σ_i w (y_it − ȳ_t)² / Σ w: variance of the outcome between the rows of a period.
double variance_within_periods(const Design& design);

// Influence of a row's outcome on the coefficients of a linear fit of the design's rows, k × n; empty for other fits.
Matrix coefficient_weights(const Fit& fit);

}  // namespace headwater
