// The mean outcome of every period, and what the drivers account for of it.
#pragma once

#include <cstdint>
#include <vector>

#include "headwater/core/labelled.hpp"
#include "headwater/estimators/fit.hpp"

namespace headwater {

struct OutcomePath {
  Names periods;
  Vector outcome;    // Σ w y / Σ w over the rows of the period
  Vector accounted;  // the same mean of Σ_j x_j β_j, j over the columns of the drivers (of all regressors where none is
                     // declared; the constant is no driver)
  std::vector<std::int64_t> units;
};

// Without periods where the data have no time, or where the fit's coefficients are not those of the design's columns.
OutcomePath outcome_path(const Fit& fit);

Tree describe(const OutcomePath& path);

}  // namespace headwater
