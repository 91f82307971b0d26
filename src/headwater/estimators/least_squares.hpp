// What the linear estimators share once they have transformed the data: absorption, identification, least squares,
// scores and goodness of fit.
#pragma once

#include <memory>

#include "headwater/estimators/fit.hpp"

namespace headwater {

// Data after an estimator's own transformation, before absorption.
struct Transformed {
  Matrix X;                     // atoms.n × p
  Matrix tails;                 // atoms.n × p: what rounding took from X, or empty. Effects take it as empty
  Vector y;                     // atoms.n
  Vector weights;               // atoms.n, or empty
  Names names;                  // p
  std::vector<Index> columns;   // p: design column, -1 for made-up ones
  std::vector<Index> mean_of;   // p, or empty
  std::vector<Effect> effects;  // still to be absorbed
  Atoms atoms;
  bool constant = false;  // X holds a constant column
};

Fit solve_least_squares(std::shared_ptr<const Design> design, Transformed data);

// The design's rows as atoms.
Atoms atoms_of(const Design& design);
// Throws Error{usage, "estimator.unsupported"} naming what the estimator does not do.
void refuse(const MethodCard& card, const Design& design, std::string_view capability, bool present,
            const std::string& advice);
// Refuses what the card does not support among weights, effects, slopes and instruments, and unknown options.
void check_support(const MethodCard& card, const Design& design);

}  // namespace headwater
