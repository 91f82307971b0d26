// Panels for estimators of means with a link, from text or drawn.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "headwater/core/error.hpp"
#include "headwater/core/random.hpp"
#include "headwater/core/text.hpp"
#include "headwater/panel/readers.hpp"
#include "unit/estimators/estimated.hpp"

namespace headwater::test {

inline Panel keyless(const std::string& csv) {
  RawTable table = parse_csv(csv, "counts.csv", ',', {});
  return Panel(std::move(table.columns), {}, std::move(table.source_rows), std::move(table.ledger));
}

// 12 units over 6 years, one cell in nine missing; counts, a yes-or-no outcome, a share, a size and weights.
inline Panel counts(std::uint64_t seed) {
  RandomStream draws(seed, 0, 0);
  std::string csv = "id,year,area,x,z,size,w,y,yes,share\n";
  for (int unit = 0; unit < 12; ++unit)
    for (int year = 0; year < 6; ++year) {
      const double x = draws.normal(), z = draws.normal(), size = std::exp(0.5 * draws.normal());
      const double mean = size * std::exp(0.4 * x - 0.3 * z + 0.1 * unit - 0.05 * year);
      const double y = std::floor(mean * std::exp(0.7 * draws.normal()));
      const double yes = 0.8 * x - 0.5 * z + draws.normal() > 0 ? 1 : 0;
      const double share = 1 / (1 + std::exp(-0.8 * x + 0.2 * z - draws.normal()));
      if ((unit + 2 * year) % 9 == 0) continue;
      std::string row = std::to_string(unit + 1) + "," + std::to_string(2010 + year) + "," + std::to_string(unit % 3);
      for (const double value : {x, z, size, 1.0 + (unit + year) % 3, y, yes, share}) row += "," + shortest(value);
      csv += row + "\n";
    }
  return keyless(csv);
}

inline double coefficient(const Fit& fit, const std::string& name) {
  return fit.coefficients(coefficient_index(fit, name).value());
}

inline void expect_same(const Fit& a, const Fit& b, const Names& names, double tolerance) {
  for (const std::string& name : names) {
    const Index i = coefficient_index(a, name).value(), j = coefficient_index(b, name).value();
    EXPECT_NEAR(a.coefficients(i), b.coefficients(j), tolerance * std::sqrt(b.bread(j, j))) << name;
    EXPECT_NEAR(a.bread(i, i), b.bread(j, j), tolerance * b.bread(j, j)) << name;
  }
}

template <class Call>
void expect_error(ErrorKind kind, const std::string& message, const Call& call) {
  try {
    call();
    FAIL() << "no error; expected: " << message;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    EXPECT_EQ(error.message(), message);
  }
}

}  // namespace headwater::test
