// Question: when a regressor changes within a unit (given the other effects), how does the outcome change?
// Model y = Xβ + D₁α₁ + ... + D_Qα_Q + e. Estimator: (weighted) least squares after absorbing every effect
// (Frisch–Waugh–Lovell). Degrees of freedom n − k − rank(D₁ ... D_Q), the exact rank.
// Wooldridge (2010), 10.5; equals fixest feols, reghdfe, plm(model = "within"), lm with dummies to 1e-10 or better on
// the reference cases.
#include "headwater/core/error.hpp"
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
      .supports = {"weights", "effects", "slopes", "unbalanced", "no_time"},
      .options = {}};
  return card;
}

Fit fit_within(std::shared_ptr<const Design> design) {
  check_support(within_card(), *design);
  if (design->effects.empty())
    throw Error(ErrorKind::usage, "estimator.no_effects",
                "within needs an effect after '|', such as y ~ x | trust, or a unit key");
  Transformed data{.X = design->X,
                   .y = design->y,
                   .weights = design->weights,
                   .names = design->names,
                   .effects = design->effects,
                   .atoms = atoms_of(*design),
                   .constant = design->intercept};
  for (Index j = 0; j < design->k(); ++j) data.columns.push_back(j);
  return solve_least_squares(std::move(design), std::move(data));
}

}  // namespace headwater
