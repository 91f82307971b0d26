// What the linear estimators share once they have transformed the data: absorption, identification, least squares,
// scores and goodness of fit.
#pragma once

#include <memory>

#include "headwater/estimators/fit.hpp"

namespace headwater {

// Data after an estimator's own transformation, before absorption.
struct Transformed {
  Matrix X;        // atoms.n × p
  Matrix tails;    // atoms.n × p: what rounding took from X, or empty. Effects take it as empty
  Vector y;        // atoms.n
  Vector weights;  // atoms.n, or empty
  Names names;     // p
  std::vector<CoefficientOrigin> origins;  // p
  std::vector<Effect> effects;             // still to be absorbed
  Atoms atoms;
  bool of_design = true;  // the atoms are the design's rows
  bool constant = false;  // X holds a constant column
};

Fit solve_least_squares(std::shared_ptr<const Design> design, Transformed data);
// Nothing but rounding is left of the outcome.
bool fits_exactly(const Fit& fit);

// The design's columns, each with a coefficient of its own.
std::vector<CoefficientOrigin> column_origins(const Design& design);
// The design's rows as atoms.
Atoms atoms_of(const Design& design);

}  // namespace headwater
