// Question: by how many per cent does a count, or any outcome that is never negative and may be zero, differ with the
// regressors, effects taken alike? Model: E[y] = exp(Xβ + D₁α₁ + ... + D_Qα_Q + offset). Estimator: Poisson pseudo
// maximum likelihood, consistent whatever the distribution of y where the mean is right; effects absorbed exactly
// (linked.cpp), rows without a finite estimate set aside (separation.cpp). Degrees of freedom n − k − rank(D₁ ... D_Q);
// errors by the normal distribution. Gourieroux, Monfort and Trognon (1984); Santos Silva and Tenreyro (2006), eq. 9;
// Correia, Guimarães and Zylkin (2020). Equals fixest fepois with R's glm on explicit dummies to 1e-10 (coefficients)
// and 1e-9 (covariances) on the reference cases, and ppmlhdfe's rows of its separation examples.
#include <cmath>

#include "headwater/estimators/linked.hpp"
#include "headwater/estimators/methods.hpp"

namespace headwater {
namespace {

double exponential(double predictor) { return std::exp(predictor); }

RowLikelihood poisson_row(double y, double predictor) {
  const double mean = std::exp(predictor);
  return {y * predictor - mean - std::lgamma(y + 1), y - mean, mean};
}

double poisson_saturated(double y) { return (y > 0 ? y * std::log(y) : 0) - y - std::lgamma(y + 1); }

}  // namespace

const LinkedModel& poisson_model() {
  static const LinkedModel model{.link = "log",
                                 .inverse = exponential,
                                 .slope = exponential,
                                 .curvature = exponential,
                                 .row = poisson_row,
                                 .saturated = poisson_saturated,
                                 .start = [](double y, double mean) { return std::log((y + mean) / 2); },
                                 .end = [](double y) { return y == 0 ? End::lower : End::none; }};
  return model;
}

const MethodCard& ppml_card() {
  static const MethodCard card{
      .name = "ppml",
      .kind = "estimator",
      .question =
          "By how many per cent does a count, or an outcome with zeros, differ with the drivers, effects alike?",
      .avoid = "Not for outcomes that can be negative; nor iid errors, which take the variance to equal the mean.",
      .reference = "Santos Silva and Tenreyro (2006); equals fepois, ppmlhdfe",
      .supports = {"weights", "effects", "slopes", "offsets", "unbalanced", "no_unit", "no_time"}};
  return card;
}

Fit fit_ppml(const EstimatorInput& input) {
  require_outcome(
      input, [](double y) { return y >= 0; }, "one that is zero or more; leave such rows out or use another estimator");
  return fit_linked(input, poisson_model());
}

}  // namespace headwater
