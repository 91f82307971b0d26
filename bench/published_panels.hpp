// The panels that fixed-effects programs are compared on, made from a counter: the same integers on every machine,
// normal numbers equal up to the last digit of the logarithm and cosine.
//   simple, difficult   fixest's suite of 2025: ten years a person, firms at random or in turn
//   akm19               fixest's suite of 2019 after FixedEffectModels.jl: workers who meet few firms
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "headwater/design/design.hpp"

namespace headwater::bench {

class Counter {
 public:
  explicit Counter(std::uint64_t seed) : seed_(seed) {}
  double uniform(std::uint64_t stream, std::int64_t i) const {
    const std::uint64_t base = mix(seed_ ^ (stream * 0xD1B54A32D192ED03U));
    const std::uint64_t h = mix(base + (static_cast<std::uint64_t>(i) + 1) * 0x9E3779B97F4A7C15U);
    return (static_cast<double>(h >> 11) + 0.5) * 0x1p-53;
  }
  double normal(std::uint64_t stream, std::int64_t i) const {
    return std::sqrt(-2 * std::log(uniform(2 * stream, i))) *
           std::cos(2 * 3.14159265358979323846 * uniform(2 * stream + 1, i));
  }
  std::int32_t below(std::uint64_t stream, std::int64_t i, std::int64_t m) const {
    return static_cast<std::int32_t>(uniform(2 * stream, i) * static_cast<double>(m));
  }

 private:
  static std::uint64_t mix(std::uint64_t z) {
    z ^= z >> 30;
    z *= 0xBF58476D1CE4E5B9U;
    z ^= z >> 27;
    z *= 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }
  std::uint64_t seed_;
};

struct PublishedPanel {
  std::vector<std::int32_t> person, year, firm;
  Matrix X;
  Vector y;
};

inline PublishedPanel of_2025(std::int64_t n, std::uint64_t seed, bool difficult, Index regressors) {
  const Counter c(seed);
  PublishedPanel p;
  p.X.resize(n, regressors);
  p.y.resize(n);
  const auto firms = static_cast<std::int64_t>(std::nearbyint(static_cast<double>(n / 10) / 23));
  for (std::int64_t i = 0; i < n; ++i) {
    p.person.push_back(static_cast<std::int32_t>(i / 10));
    p.year.push_back(static_cast<std::int32_t>(i % 10));
    p.firm.push_back(difficult ? static_cast<std::int32_t>(i % firms) : c.below(100, i, firms));
    double mean = c.normal(50, p.person.back()) + c.normal(51, p.firm.back()) + c.normal(52, p.year.back());
    for (Index j = 0; j < regressors; ++j) {
      p.X(i, j) = c.normal(static_cast<std::uint64_t>(j) + 1, i);
      mean += p.X(i, j) / static_cast<double>(j + 1);
    }
    if (regressors == 1) mean += 0.05 * p.X(i, 0) * p.X(i, 0);
    p.y(i) = mean + c.normal(60, i);
  }
  return p;
}

inline PublishedPanel of_2019(std::int64_t n, std::uint64_t seed) {
  const Counter c(seed);
  PublishedPanel p;
  p.X.resize(n, 2);
  p.y.resize(n);
  const auto firms = static_cast<std::int32_t>(std::nearbyint(static_cast<double>(n) / 160));
  const auto years = static_cast<std::int64_t>(std::nearbyint(std::pow(static_cast<double>(n), 0.3)));
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int32_t person = c.below(100, i, n / 20) + 1;
    const std::int32_t firm = std::min(c.below(101, i, 21) + std::max(1, person / 8 - 10), firms);
    const std::int32_t year = c.below(102, i, years) + 1;
    const double a = person, f = firm, t = year;
    p.X(i, 0) = 5 * std::cos(a) + 5 * std::sin(f) + 5 * std::sin(t) + c.uniform(1000, i);
    p.X(i, 1) = std::cos(a) + std::sin(f) + std::sin(t) + c.normal(1, i);
    p.y(i) = 3 * p.X(i, 0) + 5 * p.X(i, 1) + std::cos(a) + std::cos(f) * std::cos(f) + std::sin(t) + c.normal(2, i);
    p.person.push_back(person);
    p.firm.push_back(firm);
    p.year.push_back(year);
  }
  return p;
}

// An effect with only the levels that occur, without labels.
inline Effect effect_of(const std::string& name, const std::vector<std::int32_t>& code) {
  Effect effect;
  effect.levels.name = name;
  effect.levels.code = code;
  effect.slopes.resize(static_cast<Index>(code.size()), 0);
  std::int32_t most = 0;
  for (const std::int32_t c : code) most = std::max(most, c);
  std::vector<std::int32_t> own(static_cast<std::size_t>(most) + 1, -1);
  for (std::int32_t& c : effect.levels.code) {
    std::int32_t& mine = own[static_cast<std::size_t>(c)];
    if (mine < 0) mine = effect.levels.count++;
    c = mine;
  }
  return effect;
}

}  // namespace headwater::bench
