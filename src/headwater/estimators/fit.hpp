// What an estimator returns. Scores sum to zero within the estimator's declared tolerance.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "headwater/absorption/absorber.hpp"
#include "headwater/core/labelled.hpp"
#include "headwater/core/matrix.hpp"
#include "headwater/core/notes.hpp"
#include "headwater/design/design.hpp"

namespace headwater {

enum class Status { converged, not_converged, boundary, failed };
const char* name(Status status);

// The rows an estimator actually used: those of the design, unit means (between) or differences. Covariances and
// influence are indexed by these rows, the atoms.
struct Atoms {
  Index n = 0;
  Grouping unit;                   // count 0 when the design has no unit key
  Grouping time;                   // count 0 when time has no meaning for these rows (between)
  std::vector<Period> periods;     // one per code of time
  std::int64_t time_step = 1;      // of the panel, between neighbouring periods
  std::vector<Grouping> clusters;  // in the order of spec.covariance
  std::vector<Index> design_row;   // design row that each atom belongs to (first row of the unit for between)
};

struct GoodnessOfFit {
  double rss = 0;               // Σ w e²
  double tss = 0;               // Σ w (y − ȳ)², or Σ w y² without a constant or effects
  double tss_within = 0;        // after absorbing the effects; equals tss without effects
  double r_squared = 0;         // 1 − rss / tss
  double r_squared_within = 0;  // 1 − rss / tss_within
  double sigma2 = 0;            // rss / df_residual
};

// Where an interval is symmetric, so that it stays where the parameter can be: x, log x (above 0), log(x / (1 − x))
// (between 0 and 1).
enum class ParameterScale { linear, log, logit };

struct Fit {
  std::shared_ptr<const Design> design;
  std::string estimator;  // canonical text, e.g. "long_difference(periods = 4)"
  Atoms atoms;
  Names names;                         // k identified coefficients
  std::vector<Index> columns;          // k: column of design->X each coefficient belongs to (-1 for made-up parameters)
  std::vector<Index> mean_of;          // k: design column whose unit mean this is (mundlak), else -1; empty: none
  Vector coefficients;                 // k
  std::vector<ParameterScale> scales;  // k, or empty: all linear
  Matrix regressors;  // atoms.n × k: what the coefficients multiply, after the estimator's transformation
  Vector outcome;     // atoms.n, transformed alike
  Vector residuals;   // atoms.n
  Vector weights;     // atoms.n, or empty
  Matrix scores;      // atoms.n × k: contribution of each atom to the estimating equations (w x̃ e for least squares)
  Matrix bread;       // k × k: inverse of minus the mean-free derivative of the summed scores, (X̃'WX̃)⁻¹
  bool likelihood = false;  // bread is the inverse observed information; iid covariance is the bread itself
  std::vector<NotIdentified> not_identified;  // columns dropped, with what they are collinear with
  EffectsRank effects_rank;
  std::vector<Grouping> effect_levels;  // over the atoms, of the effects absorbed
  double certificate = 0;               // of the absorption
  Index df_model = 0;                   // identified slopes including the constant if it is a column
  Index df_residual = 0;                // atoms.n − df_model − effects rank
  GoodnessOfFit goodness;
  Status status = Status::converged;
  std::string status_detail;
  std::map<std::string, LabelledArray> extras;  // variance components, efficiencies, likelihood, optimiser record
  Notes notes;

  Index n() const { return atoms.n; }
  Index k() const { return coefficients.size(); }
};

// ψ = scores · bread: n × k influence of each atom on the coefficients.
Matrix influence(const Fit& fit);

// Effect coefficients of a fit with absorbed effects (levels of outcome − Xβ), one matrix for each design effect.
std::vector<Matrix> effect_coefficients(const Fit& fit);

struct EstimatorRow {
  MethodCard card;
  Fit (*run)(std::shared_ptr<const Design> design);
};
const std::vector<EstimatorRow>& estimators();
const EstimatorRow& estimator(std::string_view name);  // throws Error{usage, "estimator.unknown"} with the nearest

// Index of a coefficient by name, -1 when there is none.
Index coefficient_index(const Fit& fit, std::string_view name);

Tree describe(const Fit& fit);

}  // namespace headwater
