// What an estimator looks at and what it returns: coefficients with their origin, bread and a source of scores, which
// sum to zero within the estimator's declared tolerance; and, each where there is one, linear rows, a likelihood and
// random effects.
// What needs a part asks for it by its type.
#pragma once

#include <map>
#include <memory>
#include <optional>
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
  Matrix places;                   // n × 2, degrees of latitude and longitude, or empty
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

// What a coefficient multiplies: a column of the design, or the unit means of one. None: a parameter of its own, such
// as a variance, or a constant that the estimator adds.
struct CoefficientOrigin {
  std::optional<Index> column = std::nullopt;
  bool unit_means = false;
};

// Contributions of the atoms to the estimating equations, Σ_i s_i = 0: rows of columns, times the row's weighted
// residual where the equations are linear in it. Made when asked, whole or as sums.
struct ScoreSource {
  std::shared_ptr<const Matrix> columns;  // atoms.n × k
  std::optional<Vector> errors;           // atoms.n: w e; none: the columns are the scores themselves

  Matrix rows() const;                        // atoms.n × k
  Matrix sums(const Grouping& groups) const;  // count × k
};

// outcome = regressors · coefficients + residuals on the atoms, once the effects are absorbed. Where the atoms are the
// design's rows, the same residual stands in outcome = levels · coefficients + effects + residual.
struct LinearRows {
  bool of_design = true;                     // false: rows of the estimator's own, unit means or differences
  std::shared_ptr<const Matrix> regressors;  // atoms.n × k
  Vector outcome;                            // atoms.n
  Vector residuals;                          // atoms.n
};

// The bread is the inverse of the observed information, and the covariance of independent errors is the bread itself.
struct Likelihood {
  double value = 0;  // of its logarithm, at the maximum
};

// The covariance of the coefficients where errors are independent and of one distribution, of estimating equations that
// are not linear in the errors: no program has a small-sample factor on it.
struct EqualErrors {
  Matrix covariance;       // k × k
  std::string arithmetic;  // how it comes about, one line
};

// The mean of the outcome is a function of a linear predictor: mean = inverse(predictor), predictor = levels ·
// coefficients + effects + the design's offset, on the design's rows. The scores sum the regressors less their
// projection on the effects under `information`.
struct LinkedMean {
  std::string link;  // "log", "logit"
  double (*inverse)(double predictor);
  double (*slope)(double predictor);      // first derivative of the inverse
  double (*curvature)(double predictor);  // second
  Vector predictor;                       // n
  Vector mean;                            // n
  Vector information;     // n: weight times minus the second derivative of the log likelihood in the predictor
  double null_value = 0;  // log likelihood of a constant and the offset alone
  double deviance = 0;    // twice what the log likelihood lacks of that of a parameter a row
  int iterations = 0;
};

class RandomWhitening;  // whitening.hpp

// Effects drawn from a distribution, with their best linear unbiased predictions: outcome = levels · coefficients +
// effects + residual on the design's rows, the residual being that of the linear rows. The scores sum whitened rows.
struct RandomEffects {
  struct Effect {
    Grouping levels;       // over the atoms
    double variance = 0;   // never negative
    double unbounded = 0;  // as estimated, before a negative one is set to zero
    Vector predicted;      // one a level
    Vector theta;          // one a level: the share of its mean that is taken off its rows
  };
  std::vector<Effect> effects;
  double own_variance = 0;  // of the rows' own errors
  std::string components;   // how the variances were estimated, in words
  std::shared_ptr<const RandomWhitening> whitening;
};

struct Fit;

// What stands before a fit by instruments.
struct FirstStages {
  std::vector<Fit> fits;            // of each endogenous regressor on the exogenous ones, then the instruments left out
  std::vector<Index> endogenous;    // positions among the coefficients
  Index excluded = 0;               // the last coefficients of each first stage
  double kappa = 1;                 // of the k-class
  std::optional<double> objective;  // of GMM, at its minimum: Hansen's J
};

struct Fit {
  std::shared_ptr<const Design> design;
  std::string estimator;  // canonical text, e.g. "long_difference(periods = 4)"
  Atoms atoms;
  Names names;                             // k identified coefficients
  std::vector<CoefficientOrigin> origins;  // k
  Vector coefficients;                     // k
  std::vector<ParameterScale> scales;      // k
  Vector weights;                          // atoms.n, or empty: all one
  ScoreSource scores;
  Matrix unit_covariance;  // k × k: of the coefficients when errors are independent with variance one
  Matrix bread;  // k × k: inverse of minus the mean-free derivative of the summed scores, (X̃'WX̃)⁻¹ for least squares
  std::optional<LinearRows> linear;
  std::optional<Likelihood> likelihood;
  std::optional<EqualErrors> equal_errors;  // none: σ² times unit_covariance, or the bread of a likelihood
  std::optional<LinkedMean> linked;
  std::optional<RandomEffects> random;
  std::shared_ptr<const FirstStages> first_stages;  // null: no instruments
  std::vector<NotIdentified> not_identified;        // columns dropped, with what they are collinear with
  EffectsRank effects_rank;
  std::vector<Effect> effects;  // absorbed, over the atoms
  double certificate = 0;       // of the absorption
  Index df_model = 0;           // identified slopes including the constant if it is a column
  Index df_residual = 0;        // atoms.n − df_model − effects rank
  GoodnessOfFit goodness;
  Status status = Status::converged;
  std::string status_detail;
  std::map<std::string, LabelledArray> extras;  // variance components, efficiencies, optimiser record
  Notes notes;

  Index n() const { return atoms.n; }
  Index k() const { return coefficients.size(); }
};

// ψ = scores · bread: n × k influence of each atom on the coefficients.
Matrix influence(const Fit& fit);
// w x̃ B, n × k: the influence of an error of one in each atom, of fits by least squares.
Matrix influence_of_errors(const Fit& fit);
// Which column of the regressors of least squares is a constant.
std::optional<Index> constant_regressor(const Fit& fit);
// Columns less their weighted means, to the last digit.
Matrix about_means(Matrix X, const Vector& weights);

// The residuals of linear rows are orthogonal to the regressors themselves: β = (X̃'WX̃)⁻¹X̃'Wỹ.
bool is_least_squares(const Fit& fit);
// Least squares on the design's rows, one coefficient for each column: what methods that set regressions against each
// other can repeat with other columns.
bool is_plain_least_squares(const Fit& fit);
// The columns whose weighted products with a row's error move the coefficients: those of the scores where these are
// linear in the errors, else the regressors. Null without either.
const Matrix* moving_columns(const Fit& fit);
bool has_unit_means(const Fit& fit);
// The formula's term behind a coefficient; none for constants and parameters.
std::optional<std::size_t> term_of(const Fit& fit, Index coefficient);
// Position of the formula's constant among the coefficients.
std::optional<Index> constant_of(const Fit& fit);

// Effect coefficients of a fit with absorbed effects (levels of outcome − Xβ, or of predictor − Xβ − offset), one
// matrix for each design effect.
std::vector<Matrix> effect_coefficients(const Fit& fit);

// Row weights a of a predicted effect: v'(effect on the rows) = a'(outcome − levels · coefficients).
Vector prediction_weights(const RandomEffects& random, std::size_t effect, const Vector& v);

// What an estimator may look at. The panel is whole: means and instruments may live on rows that the design has lost.
struct EstimatorInput {
  const Panel& panel;
  std::shared_ptr<const Design> design;
  const MethodCall& call;  // with its options
};

struct EstimatorRow {
  MethodCard card;
  Fit (*run)(const EstimatorInput& input);
  bool absorbs_units = false;  // without an effect in the formula, it absorbs that of the unit
};
const std::vector<EstimatorRow>& estimators();
const EstimatorRow& estimator(std::string_view name);  // throws Error{usage, "estimator.unknown"} with the nearest
// What is used when none is asked: least squares, with the effects absorbed where there are some.
MethodCall default_estimator(bool effects);

// The fit of spec.estimator of the design. Throws Error{usage, "estimator.unsupported"} naming what the estimator does
// not do.
Fit estimate(const Panel& panel, std::shared_ptr<const Design> design);

std::optional<Index> coefficient_index(const Fit& fit, std::string_view name);

Tree describe(const Fit& fit);

}  // namespace headwater
