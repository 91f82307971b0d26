// Quadrature over a share and an autocorrelation as angles, s = sin² ψ and ρ = sin θ, where likelihoods are nearest to
// normal curves: a grid of midpoints where the density is, found by zooming.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace headwater {

inline constexpr double kRightAngle = std::numbers::pi / 2;

inline double ratio_at(double psi) { return std::tan(psi) * std::tan(psi); }      // s / (1 − s)
inline double log_flat_share(double psi) { return std::log(std::sin(2 * psi)); }  // density 1 for s
inline double log_humped_autocorrelation(double theta) {                          // density ¾(1 − ρ²) for ρ
  return std::log(0.75) + 3 * std::log(std::cos(theta));
}

struct Cells {
  double low, high;
  int count;

  double step() const { return (high - low) / count; }
  double middle(int i) const { return low + (i + 0.5) * step(); }
};

// `count` cells over the part of (low, high) where a log density is within e^−18 of its largest value. `values_at`
// gives its values at the middles of cells.
template <class Values>
Cells settled_cells(double low, double high, int count, const Values& values_at) {
  constexpr int kScan = 9, kZooms = 12;
  constexpr double kFar = 18, kSettled = 0.6;
  Cells cells{low, high, kScan};
  for (int zoom = 0; zoom < kZooms; ++zoom) {
    const std::vector<double> values = values_at(cells);
    const double least = *std::max_element(values.begin(), values.end()) - kFar;
    int first = 0, last = kScan - 1;
    while (values[static_cast<std::size_t>(first)] < least) ++first;
    while (values[static_cast<std::size_t>(last)] < least) --last;
    const Cells inside{std::max(low, cells.middle(first) - cells.step()),
                       std::min(high, cells.middle(last) + cells.step()), kScan};
    const bool settled = inside.high - inside.low > kSettled * (cells.high - cells.low);
    cells = inside;
    if (settled) break;
  }
  cells.count = count;
  return cells;
}

// Where a function with one peak is highest, by golden sections.
template <class F>
double highest(double low, double high, const F& f) {
  constexpr int kSections = 26;
  constexpr double kKept = 1 / std::numbers::phi;
  double a = high - kKept * (high - low), b = low + kKept * (high - low), at_a = f(a), at_b = f(b);
  for (int section = 0; section < kSections; ++section) {
    if (at_a < at_b) {
      low = a;
      a = b;
      at_a = at_b;
      b = low + kKept * (high - low);
      at_b = f(b);
    } else {
      high = b;
      b = a;
      at_b = at_a;
      a = high - kKept * (high - low);
      at_a = f(a);
    }
  }
  return 0.5 * (low + high);
}

}  // namespace headwater
