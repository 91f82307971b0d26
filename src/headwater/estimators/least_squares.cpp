#include "headwater/estimators/least_squares.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/linalg/tails.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

constexpr double kAbsorbed = 1e-9;     // share of a column's centred norm that must survive absorption
constexpr double kConstant = 1e-13;    // relative spread below which a column is a constant
constexpr double kPerfectFit = 1e-22;  // rss / tss

double weighted_sum(const Vector& v, const Vector& w) {
  return w.size() > 0 ? pairwise_dot(v.data(), w.data(), static_cast<std::size_t>(v.size()))
                      : pairwise_sum(v.data(), static_cast<std::size_t>(v.size()));
}

double sum_of_squares(const Vector& v, const Vector& w) { return weighted_sum(v.cwiseAbs2(), w); }

Vector centred(const Vector& v, const Vector& w) {
  const double mass = w.size() > 0 ? w.sum() : static_cast<double>(v.size());
  Vector once = v.array() - weighted_sum(v, w) / mass;
  return once.array() - weighted_sum(once, w) / mass;
}

bool has_levels(const std::vector<Effect>& effects) {
  return std::any_of(effects.begin(), effects.end(), [](const Effect& e) { return e.intercept; });
}

// A column less its mean where an effect has levels, which take it anyway: rounding then goes by what varies.
Vector without_level(const Transformed& data, const Vector& column) {
  return has_levels(data.effects) ? centred(column, data.weights) : column;
}

// The effects that alone leave nothing of a column; all of them when it takes several together.
std::vector<std::string> absorbers_of(const Vector& column, const std::vector<Effect>& effects, const Vector& weights) {
  std::vector<std::string> alone, all;
  for (const Effect& effect : effects) {
    all.push_back(effect.levels.name);
    const Absorbed absorbed = Absorber({effect}, weights, column.size()).project(column);
    if (absorbed.columns.col(0).norm() <= kAbsorbed * column.norm()) alone.push_back(effect.levels.name);
  }
  return alone.empty() ? all : alone;
}

Vector norms_of(const Matrix& X, const Vector& weights) {
  Vector norms(X.cols());
  for (Index j = 0; j < X.cols(); ++j) norms(j) = std::sqrt(sum_of_squares(X.col(j), weights));
  return norms;
}

// Which columns survive absorption; the others are named with what leaves nothing of them. `spreads` are the norms
// before absorption, of columns less their means where an effect has levels.
std::vector<Index> survivors(const Transformed& data, const Matrix& raw, const Vector& spreads, const Matrix& absorbed,
                             const Names& names, std::vector<NotIdentified>& dropped) {
  std::vector<Index> kept(static_cast<std::size_t>(raw.cols()));
  std::iota(kept.begin(), kept.end(), Index{0});
  if (data.effects.empty()) return kept;
  kept.clear();
  const Vector sizes = norms_of(raw, data.weights), left = norms_of(absorbed, data.weights);
  for (Index j = 0; j < raw.cols(); ++j) {
    const std::string& name = names[static_cast<std::size_t>(j)];
    if (spreads(j) <= kConstant * sizes(j))
      dropped.push_back({name, {"the constant"}});
    else if (left(j) <= kAbsorbed * spreads(j))
      dropped.push_back({name, absorbers_of(without_level(data, raw.col(j)), data.effects, data.weights)});
    else
      kept.push_back(j);
  }
  return kept;
}

Matrix without_levels(const Transformed& data, const Matrix& X) {
  Matrix result(X.rows(), X.cols());
  for (Index j = 0; j < X.cols(); ++j) result.col(j) = without_level(data, X.col(j));
  return result;
}

// The columns named, without a copy where these are all of them.
Matrix picked(Matrix X, const std::vector<Index>& columns) {
  if (static_cast<Index>(columns.size()) == X.cols()) return X;
  return X(Eigen::all, columns);
}

void refuse_flat_outcome(const Fit& fit, const Transformed& data) {
  const bool flat = fit.goodness.tss <= kConstant * kConstant * sum_of_squares(data.y, data.weights);
  if (flat && (data.constant || has_levels(data.effects))) {
    const double range = data.y.maxCoeff() - data.y.minCoeff();
    if (range == 0) refuse_same_outcome(*fit.design);
    throw Error(ErrorKind::data, "fit.flat_outcome",
                "the outcome " + fit.design->outcome_name + " varies by only " + significant(range, 3) + " around " +
                    significant(data.y.mean(), 3) +
                    ", and numbers that large keep too few digits of it; subtract a constant from it");
  }
  if (!data.effects.empty() && fit.goodness.tss_within <= kConstant * kConstant * fit.goodness.tss)
    throw Error(ErrorKind::data, "fit.flat_outcome",
                "the outcome " + fit.design->outcome_name +
                    " does not vary within the absorbed effects; there is nothing to explain");
}

void refuse_no_df(const Fit& fit) {
  if (fit.df_residual > 0) return;
  throw Error(ErrorKind::identification, "fit.no_degrees_of_freedom",
              counted(fit.df_model, "coefficient") + " and effects of rank " + std::to_string(fit.effects_rank.rank) +
                  " leave no degrees of freedom in " + counted(fit.n(), "row") +
                  "; use fewer regressors or coarser effects");
}

void fill_goodness(Fit& fit, const Transformed& data) {
  const bool has_constant = data.constant || has_levels(data.effects);
  GoodnessOfFit& g = fit.goodness;
  g.rss = sum_of_squares(fit.linear->residuals, fit.weights);
  g.tss = sum_of_squares(has_constant ? centred(data.y, data.weights) : data.y, data.weights);
  g.tss_within = data.effects.empty() ? g.tss : sum_of_squares(fit.linear->outcome, fit.weights);
  g.r_squared = 1 - g.rss / g.tss;
  g.r_squared_within = 1 - g.rss / g.tss_within;
  g.sigma2 = g.rss / static_cast<double>(fit.df_residual);
}

// Two effects whose levels no row connects: as many groups as columns of the second are redundant.
Notes disconnected(const Fit& fit) {
  const auto& effects = fit.effects_rank.effects;
  if (effects.size() != 2 || effects[1].redundant < 2) return {};
  const Grouping &first = fit.effects[0].levels, &second = fit.effects[1].levels;
  if (nested_in(first, second) || nested_in(second, first)) return {};
  return {{"fit.disconnected",
           "the effects " + first.name + " and " + second.name + " fall into " + std::to_string(effects[1].redundant) +
               " groups that no row connects: slopes are not affected, but levels of an effect can be "
               "compared within a group only"}};
}

}  // namespace

void add_fit_notes(Fit& fit) {
  merge(fit.notes, disconnected(fit));
  if (fits_exactly(fit))
    fit.notes.push_back({"fit.perfect",
                         "the regressors fit the outcome exactly, so every standard error is rounding noise; is the "
                         "outcome built from a regressor?"});
  if (fit.status == Status::not_converged)
    fit.notes.push_back({"fit.absorption", "the absorption of the effects reached only " +
                                               significant(fit.certificate, 2) +
                                               " instead of 1e-10 in its normal equations"});
}

void refuse_same_outcome(const Design& design) {
  throw Error(ErrorKind::data, "fit.flat_outcome",
              "the outcome " + design.outcome_name + " has the same value in all " + std::to_string(design.n()) +
                  " rows used; there is nothing to explain");
}

void count_degrees(Fit& fit, Index k) {
  fit.df_model = k;
  fit.df_residual = fit.n() - fit.df_model - fit.effects_rank.rank;
  refuse_no_df(fit);
}

double squares_about_mean(const Vector& v, const Vector& weights) {
  return sum_of_squares(centred(v, weights), weights);
}

void name_collinear(Fit& fit, const std::vector<LeastSquares::Dropped>& dropped, const Names& names) {
  for (const LeastSquares::Dropped& each : dropped) {
    NotIdentified entry{names[static_cast<std::size_t>(each.column)], {}};
    for (const Index partner : each.collinear_with) entry.because.push_back(names[static_cast<std::size_t>(partner)]);
    if (entry.because.empty()) entry.because.emplace_back("zero in every row");
    fit.not_identified.push_back(std::move(entry));
  }
}

Atoms atoms_of(const Design& design) {
  Atoms atoms;
  atoms.n = design.n();
  if (design.has_unit) atoms.unit = design.unit;
  if (design.has_time) {
    atoms.time = design.time;
    atoms.periods = design.periods;
    atoms.time_step = design.time_step;
  }
  atoms.clusters = design.clusters;
  atoms.places = design.places;
  atoms.design_row.resize(static_cast<std::size_t>(atoms.n));
  for (Index i = 0; i < atoms.n; ++i) atoms.design_row[static_cast<std::size_t>(i)] = i;
  return atoms;
}

Transformed rows_as_they_are(const Design& design) {
  return {.X = design.X,
          .tails = {},
          .y = design.y,
          .weights = design.weights,
          .names = design.names,
          .origins = column_origins(design),
          .instruments = design.instruments,
          .instrument_names = design.instrument_names,
          .effects = design.effects,
          .atoms = atoms_of(design),
          .constant = design.intercept};
}

Effect effect_of(const Grouping& levels) {
  return {.levels = levels,
          .intercept = true,
          .slopes = Matrix(static_cast<Index>(levels.code.size()), 0),
          .slope_names = {}};
}

std::vector<CoefficientOrigin> column_origins(const Design& design) {
  std::vector<CoefficientOrigin> origins;
  for (Index j = 0; j < design.k(); ++j) origins.push_back({j});
  return origins;
}

bool fits_exactly(const Fit& fit) { return fit.goodness.rss <= kPerfectFit * fit.goodness.tss && fit.k() > 0; }

AbsorbedRows absorb(const Transformed& data) {
  Matrix before = without_levels(data, data.X), instruments = without_levels(data, data.instruments);
  const bool absorbs = !data.effects.empty();
  const Vector spreads = absorbs ? norms_of(before, data.weights) : Vector();
  const Vector instrument_spreads = absorbs ? norms_of(instruments, data.weights) : Vector();
  const Absorber absorber(data.effects, data.weights, data.atoms.n);
  const bool instrumented = instruments.cols() > 0;
  Absorbed own = absorber.project(std::move(before));
  Absorbed excluded = instrumented ? absorber.project(std::move(instruments)) : Absorbed{};
  Absorbed outcome = absorber.project(without_level(data, data.y));
  AbsorbedRows rows;
  rows.rank = absorber.rank();
  rows.certificate = std::max(own.certificate, outcome.certificate);
  rows.converged = own.converged && outcome.converged;
  if (instrumented) {
    rows.certificate = std::max(rows.certificate, excluded.certificate);
    rows.converged = rows.converged && excluded.converged;
  }
  rows.columns = survivors(data, data.X, spreads, own.columns, data.names, rows.dropped);
  rows.instrument_columns =
      survivors(data, data.instruments, instrument_spreads, excluded.columns, data.instrument_names, rows.dropped);
  rows.X = std::move(own.columns);
  rows.instruments = std::move(excluded.columns);
  rows.outcome = outcome.columns.col(0);
  return rows;
}

Fit started_fit(std::shared_ptr<const Design> design, const Transformed& data, AbsorbedRows& rows) {
  Fit fit;
  fit.estimator = design->spec.estimator.text;
  fit.design = std::move(design);
  fit.effects_rank = rows.rank;
  fit.effects = data.effects;
  fit.certificate = rows.certificate;
  fit.status = rows.converged ? Status::converged : Status::not_converged;
  fit.not_identified = std::move(rows.dropped);
  fit.weights = data.weights;
  fit.atoms = data.atoms;
  return fit;
}

void finish_fit(Fit& fit, const Transformed& data) {
  count_degrees(fit, fit.k());
  fill_goodness(fit, data);
  refuse_flat_outcome(fit, data);
  add_fit_notes(fit);
}

Fit solve_least_squares(std::shared_ptr<const Design> design, Transformed data) {
  AbsorbedRows rows = absorb(data);
  Fit fit = started_fit(std::move(design), data, rows);
  data.X.resize(0, 0);
  const Matrix tails = data.effects.empty() ? std::move(data.tails) : Matrix();
  Matrix X = picked(std::move(rows.X), rows.columns);
  const LeastSquares solution = least_squares(X, tails, rows.outcome, data.weights);
  Names candidates;
  for (const Index column : rows.columns) candidates.push_back(data.names[static_cast<std::size_t>(column)]);
  name_collinear(fit, solution.dropped, candidates);
  std::vector<Index> kept;
  for (const Index j : solution.kept) {
    kept.push_back(rows.columns[static_cast<std::size_t>(j)]);
    fit.names.push_back(data.names[static_cast<std::size_t>(kept.back())]);
    fit.origins.push_back(data.origins[static_cast<std::size_t>(kept.back())]);
  }
  fit.coefficients = solution.coefficients;
  fit.scales.assign(kept.size(), ParameterScale::linear);
  fit.linear = LinearRows{data.of_design, std::make_shared<const Matrix>(picked(std::move(X), solution.kept)),
                          std::move(rows.outcome), solution.residuals};
  fit.bread = fit.unit_covariance = solution.bread;
  fit.scores = {fit.linear->regressors, weighted(fit.linear->residuals, fit.weights)};
  finish_fit(fit, data);
  return fit;
}

}  // namespace headwater
