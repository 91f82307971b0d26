// What the linear estimators share once they have transformed the data: absorption, identification, least squares,
// scores and goodness of fit.
#pragma once

#include <memory>

#include "headwater/estimators/fit.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {

// Data after an estimator's own transformation, before absorption.
struct Transformed {
  Matrix X;        // atoms.n × p
  Matrix tails;    // atoms.n × p: what rounding took from X, or empty. Effects take it as empty
  Vector y;        // atoms.n
  Vector weights;  // atoms.n, or empty
  Names names;     // p
  std::vector<CoefficientOrigin> origins;  // p
  Matrix instruments = {};                 // atoms.n × q, transformed as the regressors; empty: none
  Names instrument_names = {};             // q
  std::vector<Effect> effects;             // still to be absorbed
  Atoms atoms;
  bool of_design = true;  // the atoms are the design's rows
  bool constant = false;  // X holds a constant column
};

// The same once the effects are absorbed. Columns that the effects leave nothing of are named in `dropped`.
struct AbsorbedRows {
  Matrix X, instruments;
  Vector outcome;
  std::vector<Index> columns, instrument_columns;  // those that something is left of
  std::vector<NotIdentified> dropped;
  EffectsRank rank;
  double certificate = 0;
  bool converged = true;
};
AbsorbedRows absorb(const Transformed& data);

Fit solve_least_squares(std::shared_ptr<const Design> design, Transformed data);
// Nothing but rounding is left of the outcome.
bool fits_exactly(const Fit& fit);
// By least squares, or where the formula has instruments by those (instrumented.hpp).
Fit solve_linear(const EstimatorInput& input, Transformed data);

// A fit before its coefficients: design, atoms, weights, effects, status, what was dropped.
Fit started_fit(std::shared_ptr<const Design> design, const Transformed& data, AbsorbedRows& rows);
// Degrees of freedom, goodness of fit and notes of a fit that has its coefficients and linear rows. Throws
// Error{identification, "fit.no_degrees_of_freedom"}, Error{data, "fit.flat_outcome"}.
void finish_fit(Fit& fit, const Transformed& data);

// df_model, of k coefficients, and df_residual. Throws Error{identification, "fit.no_degrees_of_freedom"} where none
// are left.
void count_degrees(Fit& fit, Index k);
// Levels that no row connects, an exact fit, an absorption that fell short.
void add_fit_notes(Fit& fit);
[[noreturn]] void refuse_same_outcome(const Design& design);
// The weighted sum of squares of v about its mean.
double squares_about_mean(const Vector& v, const Vector& weights);
// What the columns that survived absorption could not tell apart, by name.
void name_collinear(Fit& fit, const std::vector<LeastSquares::Dropped>& dropped, const Names& names);

// The design's rows with its effects and instruments, nothing transformed.
Transformed rows_as_they_are(const Design& design);
// An effect with a level for each group and no slope.
Effect effect_of(const Grouping& levels);

// The design's columns, each with a coefficient of its own.
std::vector<CoefficientOrigin> column_origins(const Design& design);
// The design's rows as atoms.
Atoms atoms_of(const Design& design);

}  // namespace headwater
