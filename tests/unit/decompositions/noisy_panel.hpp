// Balanced panels of units with a lasting level and AR(1) noise, whose shares are known.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "small_panel.hpp"

namespace headwater {

// Level of a unit, by its number: variance `share`. The noise of a row has variance 1 − share.
inline double noisy_level(std::uint64_t seed, std::uint32_t replicate, int unit, double share) {
  return std::sqrt(share) * RandomStream(seed, replicate, static_cast<std::uint32_t>(unit)).normal();
}

inline Panel noisy_panel(int units, int periods, double rho, double share, std::uint64_t seed,
                         std::uint32_t replicate = 0) {
  std::vector<std::string> unit;
  std::vector<std::int64_t> rows;
  const Index n = Index{units} * periods;
  Vector year(n), y(n);
  Index i = 0;
  for (int u = 0; u < units; ++u) {
    RandomStream random(seed, replicate, static_cast<std::uint32_t>(u));
    const double level = std::sqrt(share) * random.normal();
    double noise = random.normal();
    for (int t = 0; t < periods; ++t, ++i) {
      if (t > 0) noise = rho * noise + std::sqrt(1 - rho * rho) * random.normal();
      unit.push_back("u" + std::to_string(u));
      year(i) = 2000 + t;
      y(i) = level + 0.1 * t + std::sqrt(1 - share) * noise;
      rows.push_back(i + 2);
    }
  }
  return Panel({text_column("unit", unit), number_column("year", year), number_column("y", y)}, {"unit", "year"}, rows,
               {});
}

inline Spec noisy_spec() {
  Spec spec = small_spec("y ~ 1 | unit + year", "within");
  spec.drivers.clear();
  return spec;
}

inline SmallModel noisy_model(int units, int periods, double rho, double share, std::uint64_t seed,
                              std::uint32_t replicate = 0) {
  return small_model(noisy_panel(units, periods, rho, share, seed, replicate), noisy_spec());
}

}  // namespace headwater
