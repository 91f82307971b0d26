// Question: how do the odds of an outcome of 0 or 1 (or the mean of a share) differ with the regressors, effects taken
// alike? Model: E[y] = Λ(η) = 1/(1 + e^−η) (logit, fractional_logit) or Φ(η) (probit), η = Xβ + D₁α₁ + ... + D_Qα_Q +
// offset. Estimator: maximum likelihood, of shares quasi maximum likelihood (Papke and Wooldridge 1996, eq. 3); effects
// absorbed exactly (linked.cpp), rows without a finite estimate set aside (separation.cpp). Degrees of freedom n − k −
// rank(D₁ ... D_Q); errors by the normal distribution. With few rows a level the estimates are biased (Neyman and Scott
// 1948); Wooldridge (2010), 15.3 and 15.8. Equals R glm on explicit dummies and fixest feglm to 1e-10 on the reference
// cases.
#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/estimators/bias_correction.hpp"
#include "headwater/estimators/linked.hpp"
#include "headwater/estimators/methods.hpp"

namespace headwater {
namespace {

constexpr double kLogRootTwoPi = 0.91893853320467274178;

// Λ(−|η|), which keeps its digits however small it is.
double smaller_side(double predictor) {
  const double e = std::exp(-std::abs(predictor));
  return e / (1 + e);
}

double logistic(double predictor) {
  const double small = smaller_side(predictor);
  return predictor > 0 ? 1 - small : small;
}

double logistic_slope(double predictor) {
  const double small = smaller_side(predictor);
  return small * (1 - small);
}

double logistic_curvature(double predictor) { return logistic_slope(predictor) * (1 - 2 * logistic(predictor)); }

RowLikelihood logit_row(double y, double predictor) {
  const double small = smaller_side(predictor);
  const double softplus = std::max(predictor, 0.0) + std::log1p(std::exp(-std::abs(predictor)));
  const double score = predictor > 0 ? (y - 1) + small : y - small;
  return {y * predictor - softplus, score, small * (1 - small)};
}

double normal_density(double predictor) { return std::exp(-0.5 * predictor * predictor - kLogRootTwoPi); }

double normal(double predictor) { return std::exp(log_normal_cdf(predictor)); }

// φ(z)/Φ(z).
double mills(double z) { return std::exp(-0.5 * z * z - kLogRootTwoPi - log_normal_cdf(z)); }

RowLikelihood probit_row(double y, double predictor) {
  const double above = mills(predictor), below = mills(-predictor);
  return {y * log_normal_cdf(predictor) + (1 - y) * log_normal_cdf(-predictor), y * above - (1 - y) * below,
          y * above * (above + predictor) + (1 - y) * below * (below - predictor)};
}

double entropy(double y) {
  const auto part = [](double share) { return share > 0 ? share * std::log(share) : 0; };
  return part(y) + part(1 - y);
}

End end_of_share(double y) { return y == 0 ? End::lower : y == 1 ? End::upper : End::none; }

double log_odds(double y, double mean) {
  const double share = (y + mean) / 2;
  return std::log(share / (1 - share));
}

bool is_binary(double y) { return y == 0 || y == 1; }
bool is_share(double y) { return y >= 0 && y <= 1; }

const LinkedModel& probit_model() {
  static const LinkedModel model{.link = "probit",
                                 .inverse = normal,
                                 .slope = normal_density,
                                 .curvature = [](double predictor) { return -predictor * normal_density(predictor); },
                                 .row = probit_row,
                                 .saturated = entropy,
                                 .start = [](double y, double mean) { return normal_quantile((y + mean) / 2); },
                                 .end = end_of_share};
  return model;
}

// Of an outcome that is 0 or 1.
Fit fit_binary(const EstimatorInput& input, const LinkedModel& model) {
  require_outcome(input, is_binary, "0 or 1; for shares between them there is fractional_logit");
  return asks_for_correction(input) ? corrected_fit(input, model) : fit_linked(input, model);
}

const std::vector<std::string_view>& supported() {
  static const std::vector<std::string_view> all = {"weights", "effects",    "slopes", "offsets",
                                                    "no_unit", "unbalanced", "no_time"};
  return all;
}

}  // namespace

const LinkedModel& logit_model() {
  static const LinkedModel model{.link = "logit",
                                 .inverse = logistic,
                                 .slope = logistic_slope,
                                 .curvature = logistic_curvature,
                                 .row = logit_row,
                                 .saturated = entropy,
                                 .start = log_odds,
                                 .end = end_of_share};
  return model;
}

const MethodCard& logit_card() {
  static const MethodCard card{
      .name = "logit",
      .kind = "estimator",
      .question = "How do the odds of a yes-or-no outcome differ with the drivers, effects alike?",
      .avoid = "Not with few rows for each level of an effect, unless corrected: estimates lie too far from zero.",
      .reference = "Wooldridge (2010) 15.3; equals glm, feglm, logit; corrected as alpaca, bife",
      .supports = supported(),
      .options = bias_option_cards()};
  return card;
}

const MethodCard& probit_card() {
  static const MethodCard card{
      .name = "probit",
      .kind = "estimator",
      .question = "How does a normal index behind a yes-or-no outcome differ with the drivers?",
      .avoid = "Not with few rows for each level of an effect, unless corrected: estimates lie too far from zero.",
      .reference = "Wooldridge (2010) 15.3; equals Stata probit; observed information; corrected as alpaca, bife",
      .supports = supported(),
      .options = bias_option_cards()};
  return card;
}

const MethodCard& fractional_logit_card() {
  static const MethodCard card{
      .name = "fractional_logit",
      .kind = "estimator",
      .question = "How does a share between 0 and 1, both included, differ with the drivers?",
      .avoid = "Not with iid errors, which take the variance to be that of a yes-or-no outcome.",
      .reference = "Papke and Wooldridge (1996) eq. 3; equals glm quasibinomial with robust errors",
      .supports = supported()};
  return card;
}

Fit fit_logit(const EstimatorInput& input) { return fit_binary(input, logit_model()); }

Fit fit_probit(const EstimatorInput& input) { return fit_binary(input, probit_model()); }

Fit fit_fractional_logit(const EstimatorInput& input) {
  require_outcome(input, is_share, "a share from 0 to 1; divide percentages by 100, or leave such rows out");
  return fit_linked(input, logit_model());
}

}  // namespace headwater
