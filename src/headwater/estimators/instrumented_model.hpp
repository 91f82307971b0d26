// A model with instruments once it is absorbed and identified, and what the ways to solve it share.
#pragma once

#include "headwater/estimators/least_squares.hpp"
#include "headwater/moments/series.hpp"

namespace headwater {

struct Instrumented {
  std::vector<Index> exogenous, endogenous, excluded;  // columns of X, of X, of the instruments
  Matrix Z;                                            // exogenous regressors, then instruments left out
  Matrix X;                                            // exogenous regressors, then endogenous ones
  Names names;                                         // of Z
  Names regressors;                                    // of X
};

struct Solution {
  Matrix columns;  // C of β = (C'WX)⁻¹C'Wy
  Vector coefficients;
  Matrix bread, unit_covariance;
  Notes notes;
  Status status = Status::converged;
};

// β from a nearby solution: Newton steps with residuals of the regressors themselves keep the digits that products of
// columns would lose.
void refine(Solution& s, const Instrumented& model, const Vector& outcome, const Vector& weights);

// How the moments of GMM are weighed, as `call` says; by default as the covariance clusters.
enum class MomentWeight { unadjusted, rows, clusters, lags };

struct MomentWeighting {
  MomentWeight kind = MomentWeight::rows;
  const Grouping* clusters = nullptr;
  Lags lags;
};
// Throws Error{usage, "iv.weight" | "iv.lag"}, and Error{identification, "iv.few_clusters"} where clusters are fewer
// than moments.
MomentWeighting moment_weighting(const MethodCall& call, const Fit& fit, Index moments);

// S at a residual: Σ u u' over rows or clusters of u = z w e, with its lags, or σ² Z'WZ. Not centred.
Matrix moment_covariance(const MomentWeighting& weighting, const Matrix& Z, const Vector& residuals, const Fit& fit);
// Columns of unit length, so that S of instruments of any unit is far from singular.
Matrix scaled_columns(Matrix Z);
// The solution near `start.coefficients` whose weights are S⁻¹, and J = g'S⁻¹g there.
Solution weighted_by(const Matrix& S, const Matrix& Z, const Instrumented& model, const Vector& weights,
                     Solution start);

// Two-step GMM from two-stage least squares; `objective` becomes J.
Solution two_step_gmm(const MethodCall& call, const Instrumented& model, const Fit& fit, const Vector& outcome,
                      const Solution& two_stage, std::optional<double>& objective);
// Continuously updated GMM (instrumented_cue.cpp); `liml` is where it begins besides.
Solution continuously_updated(const MethodCall& call, const Instrumented& model, const Fit& fit, const Vector& outcome,
                              const Solution& two_stage, const Vector& liml, std::optional<double>& objective);

}  // namespace headwater
