#include "headwater/decompositions/signal_noise.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "headwater/core/threads.hpp"
#include "headwater/decompositions/angle_grid.hpp"

namespace headwater {
namespace {

constexpr double kNoSignal = 2.0 / 3;                // prior of s = 0 for questions about noise
constexpr double kNegligible = 1e-10;                // weight of a node
constexpr int kShares = 20, kAutocorrelations = 24;  // cells
constexpr double kLowest = -std::numeric_limits<double>::infinity();

double log_sum(double a, double b) {
  const double larger = std::max(a, b);
  return larger + std::log(std::exp(a - larger) + std::exp(b - larger));
}

// All shares at one ρ.
struct Line {
  struct Node {
    double ratio, log_mass, noise;
  };
  std::vector<Node> nodes;
  Node none;                  // at s = 0
  double log_mass = kLowest;  // of everything, no signal included
};

Line line_at(const RestrictedLikelihood& likelihood, double autocorrelation) {
  const RestrictedLikelihood::Slice slice = likelihood.at(autocorrelation);
  const Cells cells = settled_cells(0, kRightAngle, kShares, [&](const Cells& scan) {
    std::vector<double> values;
    for (int i = 0; i < scan.count; ++i)
      values.push_back(slice.at(ratio_at(scan.middle(i))).log_likelihood + log_flat_share(scan.middle(i)));
    return values;
  });
  Line line;
  const RestrictedLikelihood::Value none = slice.at(0);
  line.none = {0, none.log_likelihood, none.noise};
  line.log_mass = none.log_likelihood;
  for (int i = 0; i < cells.count; ++i) {
    const double psi = cells.middle(i);
    const RestrictedLikelihood::Value value = slice.at(ratio_at(psi));
    const double log_mass = value.log_likelihood + log_flat_share(psi) + std::log(cells.step());
    line.nodes.push_back({ratio_at(psi), log_mass, value.noise});
    line.log_mass = log_sum(line.log_mass, log_mass);
  }
  return line;
}

std::vector<Line> lines_at(const RestrictedLikelihood& likelihood, const Cells& cells) {
  std::vector<Line> lines(static_cast<std::size_t>(cells.count));
  parallel_for(lines.size(),
               [&](std::size_t i) { lines[i] = line_at(likelihood, std::sin(cells.middle(static_cast<int>(i)))); });
  return lines;
}

// The maximum at one ρ. s = 0 is an end of the interval, which golden sections only approach.
std::pair<Hyper, double> likeliest_at(const RestrictedLikelihood& likelihood, double autocorrelation) {
  const RestrictedLikelihood::Slice slice = likelihood.at(autocorrelation);
  const double psi = highest(0, kRightAngle, [&](double angle) { return slice.at(ratio_at(angle)).log_likelihood; });
  const RestrictedLikelihood::Value some = slice.at(ratio_at(psi)), none = slice.at(0);
  if (none.log_likelihood >= some.log_likelihood) return {{autocorrelation, 0, none.noise}, none.log_likelihood};
  return {{autocorrelation, ratio_at(psi) * some.noise, some.noise}, some.log_likelihood};
}

Hyper likeliest_of(const RestrictedLikelihood& likelihood, const Cells& cells) {
  const double theta =
      highest(cells.low, cells.high, [&](double angle) { return likeliest_at(likelihood, std::sin(angle)).second; });
  return likeliest_at(likelihood, std::sin(theta)).first;
}

void add_line(SignalNoise& model, const Line& line, double autocorrelation, double log_weight) {
  const auto add = [&](const Line::Node& node, double levels, double noise) {
    const double mass = std::exp(node.log_mass + log_weight);
    model.nodes.push_back({autocorrelation, node.ratio * node.noise, node.noise, levels * mass, noise * mass});
  };
  add(line.none, 0, kNoSignal);
  for (const Line::Node& node : line.nodes) add(node, 1, 1 - kNoSignal);
}

void make_sum_to_one(SignalNoise& model) {
  double levels = 0, noise = 0;
  for (const Hyper& node : model.nodes) {
    levels += node.weight;
    noise += node.noise_weight;
  }
  for (Hyper& node : model.nodes) {
    node.weight /= levels;
    node.noise_weight /= noise;
  }
}

void keep_what_counts(SignalNoise& model) {
  make_sum_to_one(model);
  std::erase_if(model.nodes, [](const Hyper& h) { return h.weight < kNegligible && h.noise_weight < kNegligible; });
  make_sum_to_one(model);
}

// Restricted likelihood of normal values around one unknown mean.
double log_likelihood_of_levels(const Vector& values, const Vector& variances) {
  const Vector w = variances.cwiseInverse();
  const double mean = values.dot(w) / w.sum();
  return -0.5 * (variances.array().log().sum() + std::log(w.sum()) + w.dot(Vector((values.array() - mean).square())));
}

// Levels with known errors: nodes over their variance whose weights sum to `mass`; the likeliest one is returned.
Hyper add_levels(SignalNoise& model, double autocorrelation, double noise, const Vector& values, const Vector& errors,
                 double mass) {
  const double typical = errors.mean();
  const auto log_likelihood = [&](double psi) {
    return log_likelihood_of_levels(values, errors.array() + ratio_at(psi) * typical);
  };
  const auto densities = [&](const Cells& cells) {
    std::vector<double> all;
    for (int i = 0; i < cells.count; ++i)
      all.push_back(log_likelihood(cells.middle(i)) + log_flat_share(cells.middle(i)));
    return all;
  };
  const Cells cells = settled_cells(0, kRightAngle, kShares, densities);
  const std::vector<double> logs = densities(cells);
  const double largest = *std::max_element(logs.begin(), logs.end());
  double sum = 0;
  for (const double one : logs) sum += std::exp(one - largest);
  for (int i = 0; i < cells.count; ++i) {
    const double weight = mass * std::exp(logs[static_cast<std::size_t>(i)] - largest) / sum;
    model.nodes.push_back({autocorrelation, ratio_at(cells.middle(i)) * typical, noise, weight, weight});
  }
  const double best = highest(0, kRightAngle, log_likelihood);
  const bool none = log_likelihood(0) >= log_likelihood(best);
  return {autocorrelation, none ? 0 : ratio_at(best) * typical, noise};
}

}  // namespace

SignalNoise signal_noise(const RestrictedLikelihood& likelihood, std::optional<double> autocorrelation) {
  SignalNoise model;
  model.df = likelihood.df();
  if (autocorrelation) {
    const Line line = line_at(likelihood, *autocorrelation);
    add_line(model, line, *autocorrelation, -line.log_mass);
    model.likeliest = likeliest_at(likelihood, *autocorrelation).first;
    keep_what_counts(model);
    return model;
  }
  const auto log_prior = [](const Cells& cells, int i) { return log_humped_autocorrelation(cells.middle(i)); };
  const Cells cells = settled_cells(-kRightAngle, kRightAngle, kAutocorrelations, [&](const Cells& scan) {
    std::vector<double> values;
    for (const Line& line : lines_at(likelihood, scan))
      values.push_back(line.log_mass + log_prior(scan, static_cast<int>(values.size())));
    return values;
  });
  const std::vector<Line> lines = lines_at(likelihood, cells);
  double largest = kLowest;
  for (const Line& line : lines) largest = std::max(largest, line.log_mass);
  for (int i = 0; i < cells.count; ++i)
    add_line(model, lines[static_cast<std::size_t>(i)], std::sin(cells.middle(i)), log_prior(cells, i) - largest);
  model.likeliest = likeliest_of(likelihood, cells);
  keep_what_counts(model);
  return model;
}

SignalNoise with_declared_noise(const SignalNoise& model, double noise, const UnitTimes& times, const Vector& values,
                                const Matrix& by_gap) {
  SignalNoise result;
  result.df = std::numeric_limits<double>::infinity();
  double largest = 0;
  for (std::size_t first = 0, end = 0; first < model.nodes.size(); first = end) {
    const double rho = model.nodes[first].autocorrelation;
    double mass = 0;
    for (end = first; end < model.nodes.size() && model.nodes[end].autocorrelation == rho; ++end)
      mass += model.nodes[end].noise_weight;
    const Hyper best = add_levels(result, rho, noise, values, noise * (by_gap * times.powers(rho)), mass);
    if (mass > largest) result.likeliest = best;
    largest = std::max(largest, mass);
  }
  keep_what_counts(result);
  return result;
}

Vector expected_autocovariances(const SignalNoise& model, const UnitTimes& times) {
  Vector sum = Vector::Zero(static_cast<Index>(times.gaps.size()));
  for (const Hyper& node : model.nodes) sum += node.noise_weight * node.noise * times.powers(node.autocorrelation);
  return sum;
}

double mean_over(const SignalNoise& model, OfHyper of) {
  double sum = 0;
  for (const Hyper& node : model.nodes) sum += node.weight * of(node);
  return sum;
}

// Half of a node's mass lies below its value; between values the distribution is a straight line.
double quantile_over(const SignalNoise& model, OfHyper of, double p) {
  std::vector<std::pair<double, double>> points;
  for (const Hyper& node : model.nodes) points.emplace_back(of(node), node.weight);
  std::sort(points.begin(), points.end());
  double below = 0, value = points.front().first, mass = 0;
  for (const auto& [next, weight] : points) {
    const double reached = below + 0.5 * weight;
    if (reached >= p && reached > mass)
      return value + (next - value) * std::clamp((p - mass) / (reached - mass), 0.0, 1.0);
    below += weight;
    value = next;
    mass = reached;
  }
  return value;
}

}  // namespace headwater
