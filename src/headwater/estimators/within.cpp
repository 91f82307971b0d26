// Question: when a regressor changes within a unit (given the other effects), how does the outcome change?
// Model y = Xβ + D₁α₁ + ... + D_Qα_Q + e. Estimator: (weighted) least squares after absorbing every effect
// (Frisch–Waugh–Lovell). Degrees of freedom n − k − rank(D₁ ... D_Q), the exact rank.
// Wooldridge (2010), 10.5; equals fixest feols, reghdfe, plm(model = "within"), lm with dummies to 1e-10 or better on
// the reference cases.
#include "headwater/core/error.hpp"
#include "headwater/estimators/instrumented.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/estimators/methods.hpp"

namespace headwater {

const MethodCard& within_card() {
  static const MethodCard card{
      .name = "within",
      .kind = "estimator",
      .question = "When a regressor changes within a trust, given the other effects, how does the outcome change?",
      .avoid = "Not for drivers that hardly change over time: they are not identified, or only by a few trusts.",
      .reference = "Wooldridge (2010) 10.5; equals feols, reghdfe, plm within",
      .supports = {"weights", "effects", "slopes", "instruments", "unbalanced", "no_time"},
      .options = instrument_option_cards()};
  return card;
}

Fit fit_within(const EstimatorInput& input) {
  const Design& design = *input.design;
  if (design.effects.empty())
    throw Error(ErrorKind::usage, "estimator.no_effects",
                "within needs an effect after '|', such as y ~ x | trust, or a unit key");
  return solve_linear(input, rows_as_they_are(design));
}

}  // namespace headwater
