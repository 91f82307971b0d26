// Question: how uncertain are the coefficients when variances differ from row to row and single rows weigh much?
// Model: rows independent. Residuals of rows with leverage h are too small, E e² = σ²(1 − h) under one variance: each
// squared residual is divided by a power of 1 − h, h of the full model with its effects, n rows, p = Σh:
//   HC2  1 − h (MacKinnon and White 1985), HC3  (1 − h)², HC4  (1 − h)^min(4, nh/p) (Cribari-Neto 2004, eq. 5),
//   HC4m (1 − h)^(min(1, nh/p) + min(1.5, nh/p)) (Cribari-Neto and da Silva 2011),
//   HC5  (1 − h)^(½ min(nh/p, max(4, 0.7 n max h/p))) (Cribari-Neto, Souza and Vasconcellos 2007).
// No further factor; t with N − K degrees of freedom. Equals sandwich vcovHC on explicit dummies to 1e-10.
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/covariances/adjustment.hpp"
#include "headwater/covariances/hat.hpp"

namespace headwater {
namespace {

constexpr double kFull = 1e-9;        // of 1 − h: the row's own parameter takes all of it
constexpr double kNoResponse = 1e-7;  // of a row's part in a coefficient, relative to the largest

// The power of 1 − h, where a row's leverage is h and `ratio` n/p, `highest` the largest leverage.
using Power = double (*)(double h, double ratio, double highest);

double power_of_hc2(double, double, double) { return 1; }
double power_of_hc3(double, double, double) { return 2; }
double power_of_hc4(double h, double ratio, double) { return std::min(4.0, ratio * h); }
double power_of_hc4m(double h, double ratio, double) { return std::min(1.0, ratio * h) + std::min(1.5, ratio * h); }
double power_of_hc5(double h, double ratio, double highest) {
  return 0.5 * std::min(ratio * h, std::max(4.0, 0.7 * ratio * highest));
}

std::string row_words(const Fit& fit, Index i) {
  const Atoms& atoms = fit.atoms;
  std::string words = "row " + std::to_string(i + 1) + " of those used";
  const auto at = static_cast<std::size_t>(i);
  if (atoms.unit.count > 0)
    words += " (" + atoms.unit.name + " " + atoms.unit.labels[static_cast<std::size_t>(atoms.unit.code[at])] +
             (atoms.time.count > 0
                  ? ", " + atoms.time.name + " " + atoms.time.labels[static_cast<std::size_t>(atoms.time.code[at])]
                  : std::string()) +
             ")";
  return words;
}

// A row that an effect of its own fits exactly has neither residual nor part in a coefficient. One that a regressor
// fits alone has a part, and its variance cannot be seen.
void refuse_alone(const Fit& fit, const Hat& hat, Index i, const std::string& rule) {
  for (Index j = 0; j < fit.k(); ++j) {
    const double part = std::abs(hat.responses()(i, j));
    if (part > kNoResponse * hat.responses().col(j).cwiseAbs().maxCoeff())
      throw Error(ErrorKind::identification, "covariance.leverage_one",
                  row_words(fit, i) + " alone decides '" + fit.names[static_cast<std::size_t>(j)] +
                      "': its leverage is 1 and its residual 0, so " + rule +
                      " cannot tell its variance; take robust, or leave the term or the row out");
  }
}

Adjusted by_power(const Fit& fit, const MethodCall& rule, Power power) {
  const Hat hat(fit, rule.method);
  const Vector h = hat.leverage();
  const double ratio = static_cast<double>(fit.n()) / hat.rank(), highest = h.maxCoeff();
  Adjusted result;
  Vector factor(h.size());
  for (Index i = 0; i < h.size(); ++i) {
    const double left = 1 - h(i);
    if (left <= kFull) refuse_alone(fit, hat, i, rule.method);
    factor(i) = left <= kFull ? 0 : std::pow(left, -0.5 * power(h(i), ratio, highest));
  }
  result.psi = influence(fit);
  result.psi.array().colwise() *= factor.array();
  result.arithmetic = "squared residuals over powers of 1 - leverage; largest leverage " + significant(highest, 3);
  return result;
}

}  // namespace

Adjusted hc2_adjusted(const Fit& fit, const MethodCall& rule) { return by_power(fit, rule, power_of_hc2); }
Adjusted hc3_adjusted(const Fit& fit, const MethodCall& rule) { return by_power(fit, rule, power_of_hc3); }
Adjusted hc4_adjusted(const Fit& fit, const MethodCall& rule) { return by_power(fit, rule, power_of_hc4); }
Adjusted hc4m_adjusted(const Fit& fit, const MethodCall& rule) { return by_power(fit, rule, power_of_hc4m); }
Adjusted hc5_adjusted(const Fit& fit, const MethodCall& rule) { return by_power(fit, rule, power_of_hc5); }

}  // namespace headwater
