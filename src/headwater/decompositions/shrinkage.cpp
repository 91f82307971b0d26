#include "headwater/decompositions/shrinkage.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "headwater/core/distributions.hpp"
#include "headwater/core/threads.hpp"

namespace headwater {
namespace {

// Normal distributions of one level, one for each node, and their weights.
struct Mixture {
  std::vector<double> weight, mean, deviation;

  // Of P(level ≤ x), each deviation `stretch` times as wide, and of its density.
  std::pair<double, double> at(double x, double stretch) const {
    double below = 0, density = 0;
    for (std::size_t j = 0; j < weight.size(); ++j) {
      const double width = stretch * deviation[j], z = (x - mean[j]) / width;
      below += weight[j] * 0.5 * std::erfc(-z / std::numbers::sqrt2);
      density += weight[j] * std::exp(-0.5 * z * z) / (width * std::sqrt(2 * std::numbers::pi));
    }
    return {below, density};
  }

  // Newton's steps, kept between the furthest quantiles of the single distributions.
  double quantile(double p, double stretch) const {
    const double z = stretch * normal_quantile(p);
    double low = mean.front() + z * deviation.front(), high = low;
    for (std::size_t j = 0; j < mean.size(); ++j) {
      low = std::min(low, mean[j] + z * deviation[j]);
      high = std::max(high, mean[j] + z * deviation[j]);
    }
    double x = 0.5 * (low + high);
    for (int step = 0; step < 100 && high - low > 1e-12 * (std::abs(low) + std::abs(high)); ++step) {
      const auto [below, density] = at(x, stretch);
      (below < p ? low : high) = x;
      const double next = x + (p - below) / density;
      const double last = x;
      x = next > low && next < high ? next : 0.5 * (low + high);
      if (std::abs(x - last) <= 1e-12 * std::abs(x)) break;
    }
    return x;
  }
};

Mixture mixture_of(const SignalNoise& model, double value, double kept, const Vector& errors) {
  Mixture m;
  for (std::size_t j = 0; j < model.nodes.size(); ++j) {
    const Hyper& node = model.nodes[j];
    if (node.weight == 0) continue;
    const double signal = kept * node.signal, noise = node.noise * errors(static_cast<Index>(j));
    m.weight.push_back(node.weight);
    m.mean.push_back(signal / (signal + noise) * value);
    m.deviation.push_back(std::sqrt(signal / (signal + noise) * noise));
  }
  return m;
}

// Autocorrelations by gap × nodes.
Matrix powers_of(const SignalNoise& model, const UnitTimes& times) {
  Matrix powers(static_cast<Index>(times.gaps.size()), static_cast<Index>(model.nodes.size()));
  for (std::size_t j = 0; j < model.nodes.size(); ++j)
    powers.col(static_cast<Index>(j)) = times.powers(model.nodes[j].autocorrelation);
  return powers;
}

// What is shown of one level.
void summarise(const Mixture& mixture, double tail, double stretch, Index i, Shrunken& result) {
  double mean = 0, square = 0;
  for (std::size_t j = 0; j < mixture.weight.size(); ++j) mean += mixture.weight[j] * mixture.mean[j];
  for (std::size_t j = 0; j < mixture.weight.size(); ++j)
    square += mixture.weight[j] *
              (mixture.deviation[j] * mixture.deviation[j] + (mixture.mean[j] - mean) * (mixture.mean[j] - mean));
  result.mean(i) = mean;
  result.deviation(i) = std::sqrt(square);
  result.low(i) = mixture.quantile(tail, stretch);
  result.high(i) = mixture.quantile(1 - tail, stretch);
}

// The same levels around a mean that has noise of its own, one variance for each node.
Mixture around_noisy_mean(Mixture mixture, const Vector& variances) {
  for (std::size_t j = 0; j < mixture.deviation.size(); ++j)
    mixture.deviation[j] = std::hypot(mixture.deviation[j], std::sqrt(variances(static_cast<Index>(j))));
  return mixture;
}

// Noise of a typical level in units of a row's: its mean over those that are not alone in their group, by gap.
Vector typical_noise(const Matrix& by_gap, const Vector& kept) {
  Vector typical = Vector::Zero(by_gap.cols());
  for (Index i = 0; i < kept.size(); ++i)
    if (kept(i) > 0) typical += by_gap.row(i).transpose() / kept(i);
  return typical / static_cast<double>((kept.array() > 0).count());
}

// Of the mean of all levels, at the nodes that count for levels.
Vector noise_of_mean(const SignalNoise& model, const Matrix& powers, const Matrix& by_gap, const Vector& kept) {
  const Vector typical = typical_noise(by_gap, kept) / static_cast<double>(kept.size());
  std::vector<double> all;
  for (std::size_t j = 0; j < model.nodes.size(); ++j)
    if (model.nodes[j].weight != 0)
      all.push_back(model.nodes[j].noise * typical.dot(powers.col(static_cast<Index>(j))));
  return Eigen::Map<const Vector>(all.data(), static_cast<Index>(all.size()));
}

}  // namespace

Shrunken shrunken(const SignalNoise& model, const UnitTimes& times, const Vector& values, const Matrix& by_gap,
                  const Vector& kept, double level, std::optional<double> above) {
  const Index m = values.size();
  Shrunken result{Vector(m), Vector(m), Vector(m), Vector(m), Vector(m), Vector(m)};
  const Matrix powers = powers_of(model, times);
  const double tail = 0.5 - level / 2;
  // σ² at a node is known to `df` degrees of freedom: Student's quantile in place of the normal one.
  const double stretch = student_quantile(tail, model.df) / normal_quantile(tail);
  const Vector of_mean = above ? noise_of_mean(model, powers, by_gap, kept) : Vector();
  parallel_for(static_cast<std::size_t>(m), [&](std::size_t at) {
    const auto i = static_cast<Index>(at);
    if (!(kept(i) > 0)) {
      for (Vector* column :
           {&result.mean, &result.deviation, &result.low, &result.high, &result.above, &result.likeliest})
        (*column)(i) = std::nan("");
      return;
    }
    const Mixture mixture = mixture_of(model, values(i), kept(i), powers.transpose() * by_gap.row(i).transpose());
    summarise(mixture, tail, stretch, i, result);
    const Hyper& best = model.likeliest;
    const double signal = kept(i) * best.signal,
                 noise = best.noise * by_gap.row(i).dot(times.powers(best.autocorrelation));
    result.likeliest(i) = signal / (signal + noise) * values(i);
    result.above(i) = 1 - (above ? around_noisy_mean(mixture, of_mean).at(*above, 1) : mixture.at(0, 1)).first;
  });
  return result;
}

Shrunken shrunken_figures(const SignalNoise& model, const Vector& figures, const Vector& variances, double level,
                          double above) {
  const Index m = figures.size();
  Shrunken result{Vector(m), Vector(m), Vector(m), Vector(m), Vector(m), Vector(m)};
  const double tail = 0.5 - level / 2;
  const Vector best = (variances.array() + model.likeliest.signal).inverse();
  const double centre = figures.dot(best) / best.sum();
  for (Index i = 0; i < m; ++i) {
    result.likeliest(i) = centre + model.likeliest.signal * best(i) * (figures(i) - centre);
    Mixture mixture;
    for (const Hyper& node : model.nodes) {
      const Vector w = (variances.array() + node.signal).inverse();
      const double mean = figures.dot(w) / w.sum(), share = node.signal * w(i);
      mixture.weight.push_back(node.weight);
      mixture.mean.push_back(share * figures(i) + (1 - share) * mean);
      mixture.deviation.push_back(std::sqrt(share * variances(i) + (1 - share) * (1 - share) / w.sum()));
    }
    summarise(mixture, tail, 1, i, result);
    result.above(i) = 1 - mixture.at(above, 1).first;
  }
  return result;
}

SignalNoise shares_of_levels(SignalNoise model, const UnitTimes& times, const Matrix& by_gap, const Vector& kept) {
  const Vector typical = typical_noise(by_gap, kept);
  for (Hyper& node : model.nodes) node.noise *= typical.dot(times.powers(node.autocorrelation));
  model.likeliest.noise *= typical.dot(times.powers(model.likeliest.autocorrelation));
  return model;
}

Funnel funnel(const Vector& values, const Vector& errors, double share) {
  const Vector w = errors.array().square().inverse();
  Funnel f;
  f.target = values.dot(w) / w.sum();
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
