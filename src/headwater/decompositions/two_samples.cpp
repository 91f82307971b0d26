#include "headwater/decompositions/two_samples.hpp"

#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/decompositions/contrast.hpp"
#include "headwater/decompositions/parts.hpp"

namespace headwater {

Vector TwoSamples::weights_of(bool first) const {
  Vector result = weights;
  for (Index i = 0; i < result.size(); ++i)
    if (groups.in_a[static_cast<std::size_t>(i)] != first) result(i) = 0;
  return result;
}

Matrix TwoSamples::covariates(const std::vector<bool>& slot_in) const {
  std::vector<Index> taken = {0};
  for (const Index column : columns) {
    const auto slot = std::find(slots.begin(), slots.end(), regressors.slots[static_cast<std::size_t>(column)]);
    if (slot_in[static_cast<std::size_t>(slot - slots.begin())]) taken.push_back(column);
  }
  return regressors.values(Eigen::all, taken);
}

TwoSamples two_samples(const DecompositionInput& input) {
  const Design& whole = *input.fit->design;
  if (!is_plain_least_squares(*input.fit) || !whole.intercept)
    throw Error(ErrorKind::usage, "decomposition.unsupported",
                input.call.method +
                    " compares whole distributions and takes the estimator pooled with a constant and "
                    "no absorbed effects; write effects as factors, or use oaxaca for means");
  TwoGroups groups = two_groups(input, whole);
  AllLevels regressors = all_levels(input.panel, whole, groups.rows, false);
  Design rows = with_rows(whole, groups.rows);
  const GroupFits fits(input.panel, rows, regressors, regressors.fitted, groups, {});
  TwoSamples s{std::move(groups),
               std::move(rows),
               std::move(regressors),
               fits.identified(),
               {},
               {},
               fits.not_identified(),
               {},
               {}};
  for (const Index column : s.regressors.fitted)
    if (s.identified[static_cast<std::size_t>(column)]) s.columns.push_back(column);
  for (const Index column : s.columns) {
    const std::string& slot = s.regressors.slots[static_cast<std::size_t>(column)];
    if (std::find(s.slots.begin(), s.slots.end(), slot) == s.slots.end()) s.slots.push_back(slot);
  }
  s.weights = weights_or_ones(s.rows.weights, s.rows.n());
  s.notes = s.groups.notes;
  note_overlap(s.notes, fits, overlap_of(fits));
  return s;
}

void describe_two_samples(Decomposition& d, const DecompositionInput& input, const TwoSamples& s,
                          const Statistic& statistic) {
  d.method = input.call.method;
  d.call = input.call.text;
  d.choices = s.groups.choices;
  d.choices["statistic"] = statistic.text();
  d.choices["weights"] = input.spec.weights.empty() ? "equal" : input.spec.weights;
  if (statistic.name == kQuantile || statistic.name == "range")
    d.choices["bandwidth"] = statistic.bandwidth > 0 ? input.call.get("bandwidth") : "Silverman";
  d.total_name = statistic.text() + " of " + s.rows.outcome_name + ": " + s.groups.a + " less " + s.groups.b;
  d.unit = statistic.name == "gini"       ? "Gini coefficient"
           : statistic.name == "variance" ? outcome_unit(input.spec) + "²"
                                          : outcome_unit(input.spec);
  d.sample_hash = s.rows.sample_hash;
  d.not_identified = s.not_identified;
  merge(d.notes, s.notes);
  tell_groups(d, input.spec, s.rows, s.groups, kDescribe);
}

}  // namespace headwater
