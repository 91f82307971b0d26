#include "headwater/decompositions/shrinkage.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace headwater {
namespace {

double weighted_mean(const Vector& values, const Vector& weights) { return values.dot(weights) / weights.sum(); }

Vector weights_at(const Vector& errors, double variance) { return (errors.array().square() + variance).inverse(); }

double spread(const Vector& values, const Vector& errors, double variance) {
  const Vector w = weights_at(errors, variance);
  return w.dot(Vector((values.array() - weighted_mean(values, w)).square()));
}

}  // namespace

NormalPrior fitted_prior(const Vector& values, const Vector& errors) {
  const double wanted = static_cast<double>(values.size() - 1);
  NormalPrior prior;
  if (spread(values, errors, 0) > wanted) {
    double low = 0, high = (values.array() - values.mean()).square().sum();
    for (int step = 0; step < 200 && high - low > 1e-15 * high; ++step) {
      const double middle = 0.5 * (low + high);
      (spread(values, errors, middle) > wanted ? low : high) = middle;
    }
    prior.variance = 0.5 * (low + high);
  }
  prior.mean = weighted_mean(values, weights_at(errors, prior.variance));
  return prior;
}

Shrunken shrunken(const Vector& values, const Vector& errors, const NormalPrior& prior) {
  const Eigen::ArrayXd noise = errors.array().square();
  const Eigen::ArrayXd kept = prior.variance / (prior.variance + noise);
  return {prior.mean + kept * (values.array() - prior.mean), (kept * noise).sqrt()};
}

Funnel funnel(const Vector& values, const Vector& errors, double share) {
  const Vector w = weights_at(errors, 0);
  Funnel f;
  f.target = weighted_mean(values, w);
  std::vector<double> z;
  for (Index i = 0; i < values.size(); ++i) z.push_back((values(i) - f.target) / errors(i));
  std::vector<double> sorted = z;
  std::sort(sorted.begin(), sorted.end());
  const auto cut = static_cast<std::size_t>(share * static_cast<double>(z.size()));
  const double low = sorted[cut], high = sorted[sorted.size() - 1 - cut], n = static_cast<double>(z.size());
  double sum = 0;
  for (const double one : z) sum += std::clamp(one, low, high) * std::clamp(one, low, high);
  f.dispersion = sum / n;
  if (sum > n - 1) f.variance = (sum - (n - 1)) / (w.sum() - w.squaredNorm() / w.sum());
  return f;
}

}  // namespace headwater
