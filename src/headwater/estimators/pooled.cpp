// Question: how does the outcome differ between rows whose regressors differ, units and periods taken alike?
// Model y = Xβ + e. Estimator: (weighted) least squares. Degrees of freedom n − k, k counting the constant.
// Wooldridge, Econometric Analysis (2010), 7.8. Equals R lm and plm(model = "pooling"), Stata regress, fixest feols
// without effects to 1e-12 on the reference cases.
#include "headwater/estimators/instrumented.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/estimators/methods.hpp"
#include "headwater/estimators/powers.hpp"

namespace headwater {

const MethodCard& pooled_card() {
  static const MethodCard card{
      .name = "pooled",
      .kind = "estimator",
      .question = "How does the outcome differ between rows whose regressors differ, all rows taken alike?",
      .avoid = "Not when trusts differ in ways that go with the regressors: use within or mundlak.",
      .reference = "Wooldridge (2010) 7.8; equals lm, plm pooling, regress",
      .supports = {"weights", "instruments", "unbalanced", "no_unit", "no_time"},
      .options = instrument_option_cards()};
  return card;
}

Fit fit_pooled(const EstimatorInput& input) {
  Transformed data = rows_as_they_are(*input.design);
  data.tails = power_tails(*input.design);
  return solve_linear(input, std::move(data));
}

}  // namespace headwater
