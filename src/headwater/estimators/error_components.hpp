// The variances of random effects and of the rows' own errors.
#pragma once

#include <string>
#include <vector>

#include "headwater/estimators/least_squares.hpp"

namespace headwater {

struct ErrorComponents {
  double own = 0;    // of the rows' own errors, above zero
  Vector effects;    // of each effect, never negative
  Vector unbounded;  // before a negative one was set to zero
};

// What they are estimated from: regressors in levels with a constant, and one or two groupings of the rows.
struct ComponentData {
  std::shared_ptr<const Design> design;
  const Transformed& levels;
  const std::vector<Grouping>& groups;

  Index n() const { return levels.y.size(); }
  // Every unit has a row in every period (groups of one size where there is no time key).
  bool balanced() const;
};

// A column that differs between rows of the same group.
bool varies_within(const Vector& column, const Grouping& groups);

// The groupings as effects to be absorbed.
std::vector<Effect> effects_of_groups(const ComponentData& data);

// Each throws Error{identification, "random.no_degrees_of_freedom"} where a step leaves no degrees of freedom, and
// Error{data, "random.no_own_variance"} where nothing varies within the effects beyond the regressors.
ErrorComponents swamy_arora(const ComponentData& data);     // by instruments where the levels have some
ErrorComponents hausman_taylor(const ComponentData& data);  // one grouping; endogenous columns by their role
ErrorComponents harmonic_mean(const ComponentData& data);   // one grouping
ErrorComponents wallace_hussain(const ComponentData& data);
ErrorComponents amemiya(const ComponentData& data);
ErrorComponents nerlove(const ComponentData& data);

struct MaximumLikelihood {
  ErrorComponents components;
  double log_likelihood = 0;
  double log_likelihood_pooled = 0;  // without the effect
};
MaximumLikelihood maximum_likelihood(const ComponentData& data);  // one grouping

// The regression on the rows less every effect.
struct WithinStep {
  Fit fit;
  std::vector<Index> columns;  // of the levels, that have a coefficient
  Vector residuals;            // n: outcome less the slopes' part, about its mean
};
WithinStep within_step(const ComponentData& data);

}  // namespace headwater
