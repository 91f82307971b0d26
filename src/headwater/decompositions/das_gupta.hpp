// A rate as a sum or mean over cells of a product of factors, in two populations, and what each factor's difference
// does to it.
#pragma once

#include <vector>

#include "headwater/core/matrix.hpp"

namespace headwater {

struct RateFactors {
  Matrix first, second;     // cells × factors in each population
  std::vector<bool> share;  // factor divided by its sum over cells in its population
  Vector multiplicity;      // of the cells, ones for the data as they are
};

struct RateEffects {
  Vector effects;    // factors: they sum to rate_second − rate_first
  Matrix influence;  // cells × factors: derivative in each cell's multiplicity
  double rate_first = 0, rate_second = 0;
  Vector difference;  // cells: derivative of rate_second − rate_first, computed apart
};
constexpr int kMostFactors = 15;
RateEffects rate_effects(const RateFactors& factors);

}  // namespace headwater
