// Question: how do changes within a unit and lasting differences between units each go with the outcome?
// Model y = Xβ + X̄_iγ + e: unit means over the estimation sample of every regressor that varies within units are added,
// so β is the within slope and γ the between slope minus it; regressors that never change stay as they are. Estimator:
// (weighted) pooled least squares; effects of the period may be absorbed. Degrees of freedom n − k (− rank). Mundlak
// (1978), eq. 2.4; Wooldridge (2021) for unbalanced panels. On balanced panels β equals within to rounding; equals plm
// pooling on data with the means added, to 1e-12.
#include "headwater/core/error.hpp"
#include "headwater/estimators/methods.hpp"
#include "headwater/estimators/unit_means.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {

const MethodCard& mundlak_card() {
  static const MethodCard card{
      .name = "mundlak",
      .kind = "estimator",
      .question = "How do changes within a trust and lasting differences between trusts each go with the outcome?",
      .avoid = "Not as a causal reading of the between part: everything that differs between trusts is in it.",
      .reference = "Mundlak (1978) eq. 2.4; within slopes equal within on balanced panels",
      .supports = {"weights", "effects", "unbalanced"},
      .options = {}};
  return card;
}

Fit fit_mundlak(const EstimatorInput& input) {
  const Design& design = *input.design;
  Transformed data = with_unit_means(design, "mundlak");
  for (const Effect& effect : design.effects)
    if (nested_in(effect.levels, design.unit))
      throw Error(ErrorKind::usage, "estimator.unsupported",
                  "mundlak puts unit means in place of the effect '" + effect.levels.name +
                      "': with both, the means are collinear with the effect; take the effect out or use within");
  return solve_least_squares(input.design, std::move(data));
}

}  // namespace headwater
