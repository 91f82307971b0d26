// Statistics of a weighted distribution, their recentred influence functions, and weights that give one group the
// covariates of another.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "headwater/core/matrix.hpp"
#include "headwater/core/method.hpp"

namespace headwater {

// The statistic, not the estimator of that name.
inline constexpr std::string_view kQuantile = "quantile";

// "mean", "variance", "gini", "quantile" at tau, or "range": the quantile at 1 − tau less that at tau (tau < ½).
struct Statistic {
  std::string name;
  double tau = 0.5;
  double bandwidth = 0;  // of the density at a quantile; 0: Silverman's rule on the weighted sample

  std::string text() const;  // "quantile 0.9", "p90 - p10", "variance"
};
// Options statistic, tau and bandwidth of a call. Throws Error{usage} naming the option.
Statistic statistic_of(const MethodCall& call);
std::vector<OptionCard> statistic_option_cards();

double value_of(const Statistic& statistic, const Vector& y, const Vector& weights);
// RIF(y; ν) = ν + IF, whose weighted mean is ν exactly; meaningful where the weight is positive. The level of a
// quantile is the share at or below it, so that this holds in samples with ties too.
Vector recentred_influence(const Statistic& statistic, const Vector& y, const Vector& weights);

// Weights of the second group's rows that give it the first group's covariates: w p/(1 − p), p the logit probability of
// the first group given X (DiNardo, Fortin and Lemieux 1996), with the sum of the first group's weights; zero
// elsewhere. X has the constant. Throws Error{identification, "decomposition.no_support"} when X tells the groups
// apart.
Vector reweighted(const Matrix& X, const std::vector<bool>& in_first, const Vector& weights);

}  // namespace headwater
