// How much stands behind a standard error: the number of clusters, periods, units or rows that carry a coefficient.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "headwater/covariances/covariance.hpp"

namespace headwater {

struct Carriers {
  std::string of;  // what is counted, in the plural: "units", "periods", "rows", "clusters of region"
  std::int64_t all = 0;
  // (Σ s)²/Σ s² with s the sum of squares of the regressor's own part in each; NaN where it is not known.
  double effective = std::numeric_limits<double>::quiet_NaN();
  std::string heaviest;  // the one that carries most
  double share = 0;      // how much of the whole it carries
};
// So few, and so few of those there are, that a standard error is far too small: below five and below half of all.
bool is_handful(const Carriers& carriers);

// One for each column of `contrasts` (k × m), combinations of the fit's coefficients. What counts is what the rule
// gathers: of several ways of clustering the one with the fewest carriers; periods; else units, or rows without units.
std::vector<Carriers> carriers_of(const Fit& fit, const MethodCall& rule, const Matrix& contrasts);

}  // namespace headwater
