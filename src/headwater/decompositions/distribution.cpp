#include "headwater/decompositions/distribution.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/decompositions/attribution.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

double mean_of(const Vector& y, const Vector& w) { return w.dot(y) / w.sum(); }

std::vector<Index> by_value(const Vector& y, const Vector& w) {
  std::vector<Index> order;
  for (Index i = 0; i < y.size(); ++i)
    if (w(i) > 0) order.push_back(i);
  std::sort(order.begin(), order.end(), [&](Index a, Index b) { return y(a) != y(b) ? y(a) < y(b) : a < b; });
  return order;
}

// The smallest value with at least a share tau at or below it.
double quantile(const Vector& y, const Vector& w, double tau) {
  const std::vector<Index> order = by_value(y, w);
  const double wanted = tau * w.sum() * (1 - 1e-12);
  double below = 0;
  for (const Index i : order) {
    below += w(i);
    if (below >= wanted) return y(i);
  }
  return y(order.back());
}

double variance(const Vector& y, const Vector& w) {
  return w.dot((y.array() - mean_of(y, w)).square().matrix()) / w.sum();
}

double silverman(const Vector& y, const Vector& w) {
  const double spread = (quantile(y, w, 0.75) - quantile(y, w, 0.25)) / 1.34, sd = std::sqrt(variance(y, w));
  const double rows = w.sum() * w.sum() / w.squaredNorm();
  return 0.9 * (spread > 0 ? std::min(sd, spread) : sd) * std::pow(rows, -0.2);
}

double density(const Vector& y, const Vector& w, double at, double bandwidth) {
  const double h = bandwidth > 0 ? bandwidth : silverman(y, w);
  double sum = 0;
  for (Index i = 0; i < y.size(); ++i)
    if (w(i) > 0) sum += w(i) * std::exp(-0.5 * std::pow((y(i) - at) / h, 2));
  return sum / (w.sum() * h * std::sqrt(2 * std::numbers::pi));
}

Vector quantile_rif(const Vector& y, const Vector& w, double tau, double bandwidth) {
  const double q = quantile(y, w, tau), f = density(y, w, q, bandwidth);
  const Vector below = (y.array() <= q).cast<double>();
  return (q + (mean_of(below, w) - below.array()) / f).matrix();
}

// Σ_j w_j |y_i − y_j| / Σ w for every row.
Vector mean_distances(const Vector& y, const Vector& w) {
  const std::vector<Index> order = by_value(y, w);
  Vector result = Vector::Zero(y.size());
  double mass = 0, sum = 0;
  const double all = w.sum(), total = w.dot(y);
  for (const Index i : order) {
    result(i) = (y(i) * mass - sum + (total - sum) - y(i) * (all - mass)) / all;
    mass += w(i);
    sum += w(i) * y(i);
  }
  return result;
}

double gini(const Vector& y, const Vector& w) { return mean_of(mean_distances(y, w), w) / (2 * mean_of(y, w)); }

Vector gini_rif(const Vector& y, const Vector& w) {
  const Vector distance = mean_distances(y, w);
  const double mu = mean_of(y, w), mean = mean_of(distance, w), g = mean / (2 * mu);
  return (g + ((distance.array() - mean) - g * (y.array() - mu)) / mu).matrix();
}

void refuse_gini(const Vector& y, const Vector& w) {
  for (Index i = 0; i < y.size(); ++i)
    if (w(i) > 0 && y(i) < 0)
      throw Error(ErrorKind::data, "distribution.gini",
                  "the outcome is " + shortest(y(i)) +
                      " in a row used, but a Gini coefficient needs values that are not negative; use levels, not "
                      "logarithms, or another statistic");
}

struct Step {
  Vector eta, probability;
};

Step at(const Matrix& X, const Vector& beta) {
  Step step{X * beta, {}};
  step.probability = (1 / (1 + (-step.eta.array()).exp())).matrix();
  return step;
}

}  // namespace

std::string Statistic::text() const {
  if (name == kQuantile) return "quantile " + shortest(tau);
  if (name == "range") return "p" + shortest(100 * (1 - tau)) + " - p" + shortest(100 * tau);
  return name;
}

std::vector<OptionCard> statistic_option_cards() {
  return {{"statistic", "choice: quantile | range | variance | gini | mean", "quantile",
           "of the outcome's distribution; range: the quantile at 1 - tau less that at tau"},
          {"tau", "number", "0.5 (range: 0.1)", "level of the quantile"},
          {"bandwidth", "number", "", "of the density at a quantile; by default Silverman's rule"}};
}

Statistic statistic_of(const MethodCall& call) {
  Statistic s;
  s.name = call.get("statistic", "quantile");
  const bool range = s.name == "range";
  s.tau = call.number("tau", range ? 0.1 : 0.5);
  s.bandwidth = call.number("bandwidth", 0);
  if (!(s.tau > 0 && s.tau < (range ? 0.5 : 1)))
    throw Error(ErrorKind::usage, "decomposition.option",
                "tau = " + call.get("tau") + " is no level of a quantile; give a number above 0 and below " +
                    (range ? "0.5" : "1"),
                {.key = "tau"});
  if (call.has("bandwidth") && !(s.bandwidth > 0))
    throw Error(ErrorKind::usage, "decomposition.option",
                "bandwidth = " + call.get("bandwidth") + " must be positive; leave it out for Silverman's rule",
                {.key = "bandwidth"});
  return s;
}

double value_of(const Statistic& s, const Vector& y, const Vector& w) {
  if (s.name == "mean") return mean_of(y, w);
  if (s.name == "variance") return variance(y, w);
  if (s.name == "range") return quantile(y, w, 1 - s.tau) - quantile(y, w, s.tau);
  if (s.name == kQuantile) return quantile(y, w, s.tau);
  refuse_gini(y, w);
  return gini(y, w);
}

Vector recentred_influence(const Statistic& s, const Vector& y, const Vector& w) {
  if (s.name == "mean") return y;
  if (s.name == "variance") return (y.array() - mean_of(y, w)).square().matrix();
  if (s.name == "range") return quantile_rif(y, w, 1 - s.tau, s.bandwidth) - quantile_rif(y, w, s.tau, s.bandwidth);
  if (s.name == kQuantile) return quantile_rif(y, w, s.tau, s.bandwidth);
  refuse_gini(y, w);
  return gini_rif(y, w);
}

Vector reweighted(const Matrix& X, const std::vector<bool>& in_first, const Vector& weights) {
  constexpr int kSteps = 50;
  constexpr double kFar = 30, kSmall = 1e-10;
  Vector first(weights.size());
  for (Index i = 0; i < first.size(); ++i) first(i) = in_first[static_cast<std::size_t>(i)];
  Vector beta = Vector::Zero(X.cols());
  bool converged = false;
  Step now = at(X, beta);
  for (int step = 0; step < kSteps && !converged; ++step) {
    const Vector p = now.probability, curvature = weights.array() * p.array() * (1 - p.array());
    const Vector change = solve_definite(cross_product(X, curvature), X.transpose() * weights.cwiseProduct(first - p));
    beta += change;
    now = at(X, beta);
    converged = (X * change).cwiseAbs().maxCoeff() < kSmall;
    double far = 0;
    for (Index i = 0; i < first.size(); ++i)
      if (weights(i) > 0) far = std::max(far, std::abs(now.eta(i)));
    if (far > kFar) break;
  }
  if (!converged)
    throw Error(ErrorKind::identification, "decomposition.no_support",
                "the drivers tell the two groups apart without error, so no row of one has a counterpart in the other; "
                "leave out the driver that does, or compare within common values");
  Vector result = Vector::Zero(weights.size());
  for (Index i = 0; i < first.size(); ++i)
    if (first(i) == 0) result(i) = weights(i) * std::exp(now.eta(i));
  return result * (weights.dot(first) / result.sum());
}

}  // namespace headwater
