// What an attribution did, step by step, so that a bootstrap can do it again from sums by cluster: a contrast is a sum
// of weighted means of rows, a mean is Σ n_g m_g / Σ n_g w_g, and a part of a fit is levels times coefficients. One
// more copy of cluster g moves a mean by (m_g − mean·w_g)/Σ n w and a coefficient as LinearMoments says; every number
// and its error follow by the product rule.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "headwater/decompositions/contrast.hpp"
#include "headwater/decompositions/replicates.hpp"
#include "headwater/estimators/fit.hpp"

namespace headwater {

struct AttributionStep {
  enum class Kind { coefficients, effects, residual, outcome, scaled };
  std::string component;
  Kind kind;
  Contrast contrast;
  std::vector<Index> coefficients;   // of the fit
  std::vector<std::size_t> effects;  // of the design
  // scaled: the contrast of the outcome times that of an indicator.
  std::optional<Contrast> share = std::nullopt;
  Vector indicator = {};
};

struct AttributionScript {
  std::vector<AttributionStep> steps;
  Names components;  // those that are shown, in order
  std::optional<Contrast> total;
  bool means_drawn = true;
};

// Null where the fit's sums by cluster cannot say it (linear_moments.hpp).
std::unique_ptr<Replicates> attribution_replicates(const Fit& fit, const std::vector<AttributionScript>& scripts,
                                                   const Grouping& clusters);

}  // namespace headwater
