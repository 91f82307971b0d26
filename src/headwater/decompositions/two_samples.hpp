// Outcome, covariates and weights of two groups: what decompositions of whole distributions start from.
#pragma once

#include "headwater/decompositions/distribution.hpp"
#include "headwater/decompositions/group_fits.hpp"

namespace headwater {

struct TwoSamples {
  TwoGroups groups;
  Design rows;
  AllLevels regressors;
  std::vector<bool> identified;  // of the regressors, in both groups
  std::vector<Index> columns;    // regressors in the regressions, by the model's own levels
  Names slots;                   // driver slots that are identified
  std::vector<NotIdentified> not_identified;
  Notes notes;
  Vector weights;  // of the model, or ones

  // The weights in one group, zero elsewhere.
  Vector weights_of(bool first) const;
  // The constant and the columns of the named slots.
  Matrix covariates(const std::vector<bool>& slot_in) const;
};
// The gap in a statistic between the groups, and its parts.
struct DistributionGap {
  Vector parts;
  double total;
};

// Needs a pooled model without effects. Refuses groups without common support by name.
TwoSamples two_samples(const DecompositionInput& input);

// Fills what such decompositions say alike: method, choices, notes, unit, not identified drivers.
void describe_two_samples(Decomposition& decomposition, const DecompositionInput& input, const TwoSamples& samples,
                          const Statistic& statistic);

}  // namespace headwater
