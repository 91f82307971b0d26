#include "headwater/estimators/least_squares.hpp"

#include <algorithm>
#include <cmath>

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

// Which columns survive absorption; the others are named with what leaves nothing of them.
std::vector<Index> survivors(const Transformed& data, const Matrix& raw, const Matrix& centred_columns,
                             const Matrix& absorbed, const Names& names, std::vector<NotIdentified>& dropped) {
  std::vector<Index> kept;
  for (Index j = 0; j < raw.cols(); ++j) {
    const double size = std::sqrt(sum_of_squares(raw.col(j), data.weights));
    const double spread = std::sqrt(sum_of_squares(centred_columns.col(j), data.weights));
    const double left = std::sqrt(sum_of_squares(absorbed.col(j), data.weights));
    const std::string& name = names[static_cast<std::size_t>(j)];
    if (data.effects.empty())
      kept.push_back(j);
    else if (spread <= kConstant * size)
      dropped.push_back({name, {"the constant"}});
    else if (left <= kAbsorbed * spread)
      dropped.push_back({name, absorbers_of(centred_columns.col(j), data.effects, data.weights)});
    else
      kept.push_back(j);
  }
  return kept;
}

Matrix centred_columns(const Matrix& X, const Vector& weights) {
  Matrix centred_X(X.rows(), X.cols());
  for (Index j = 0; j < X.cols(); ++j) centred_X.col(j) = centred(X.col(j), weights);
  return centred_X;
}

Matrix picked(const Matrix& X, const std::vector<Index>& columns) {
  Matrix result(X.rows(), static_cast<Index>(columns.size()));
  for (std::size_t j = 0; j < columns.size(); ++j) result.col(static_cast<Index>(j)) = X.col(columns[j]);
  return result;
}

void refuse_flat_outcome(const Fit& fit, const Transformed& data) {
  const bool flat = fit.goodness.tss <= kConstant * kConstant * sum_of_squares(data.y, data.weights);
  if (flat && (data.constant || has_levels(data.effects))) {
    const double range = data.y.maxCoeff() - data.y.minCoeff();
    const std::string outcome = "the outcome " + fit.design->outcome_name;
    throw Error(ErrorKind::data, "fit.flat_outcome",
                range == 0 ? outcome + " has the same value in all " + std::to_string(data.y.size()) +
                                 " rows used; there is nothing to explain"
                           : outcome + " varies by only " + significant(range, 3) + " around " +
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

void add_notes(Fit& fit) {
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

}  // namespace

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

std::vector<CoefficientOrigin> column_origins(const Design& design) {
  std::vector<CoefficientOrigin> origins;
  for (Index j = 0; j < design.k(); ++j) origins.push_back({j});
  return origins;
}

bool fits_exactly(const Fit& fit) { return fit.goodness.rss <= kPerfectFit * fit.goodness.tss && fit.k() > 0; }

AbsorbedRows absorb(const Transformed& data, const Names& instrument_names) {
  const bool levels = has_levels(data.effects);
  const Matrix before = levels ? centred_columns(data.X, data.weights) : data.X;
  const Matrix instruments = levels ? centred_columns(data.instruments, data.weights) : data.instruments;
  const Absorber absorber(data.effects, data.weights, data.atoms.n);
  Absorbed own = absorber.project(before);
  const Absorbed excluded = instruments.cols() > 0 ? absorber.project(instruments) : Absorbed{};
  Absorbed outcome = absorber.project(levels ? centred(data.y, data.weights) : data.y);
  AbsorbedRows rows;
  rows.rank = absorber.rank();
  rows.certificate = std::max(own.certificate, outcome.certificate);
  rows.converged = own.converged && outcome.converged;
  if (instruments.cols() > 0) {
    rows.certificate = std::max(rows.certificate, excluded.certificate);
    rows.converged = rows.converged && excluded.converged;
  }
  rows.columns = survivors(data, data.X, before, own.columns, data.names, rows.dropped);
  rows.instrument_columns =
      survivors(data, data.instruments, instruments, excluded.columns, instrument_names, rows.dropped);
  rows.X = std::move(own.columns);
  rows.instruments = excluded.columns;
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
  fit.df_model = fit.k();
  fit.df_residual = fit.n() - fit.df_model - fit.effects_rank.rank;
  refuse_no_df(fit);
  fill_goodness(fit, data);
  refuse_flat_outcome(fit, data);
  add_notes(fit);
}

Fit solve_least_squares(std::shared_ptr<const Design> design, Transformed data) {
  AbsorbedRows rows = absorb(data, {});
  Fit fit = started_fit(std::move(design), data, rows);
  const Matrix tails = data.effects.empty() ? std::move(data.tails) : Matrix();
  const LeastSquares solution = least_squares(picked(rows.X, rows.columns), tails, rows.outcome, data.weights);
  const auto name_of = [&](Index candidate) {
    return data.names[static_cast<std::size_t>(rows.columns[static_cast<std::size_t>(candidate)])];
  };
  for (const LeastSquares::Dropped& dropped : solution.dropped) {
    NotIdentified entry{name_of(dropped.column), {}};
    for (const Index partner : dropped.collinear_with) entry.because.push_back(name_of(partner));
    if (entry.because.empty()) entry.because.emplace_back("zero in every row");
    fit.not_identified.push_back(std::move(entry));
  }
  std::vector<Index> kept;
  for (const Index j : solution.kept) {
    kept.push_back(rows.columns[static_cast<std::size_t>(j)]);
    fit.names.push_back(data.names[static_cast<std::size_t>(kept.back())]);
    fit.origins.push_back(data.origins[static_cast<std::size_t>(kept.back())]);
  }
  fit.coefficients = solution.coefficients;
  fit.scales.assign(kept.size(), ParameterScale::linear);
  fit.linear = LinearRows{data.of_design, std::make_shared<const Matrix>(picked(rows.X, kept)), rows.outcome,
                          solution.residuals};
  fit.bread = fit.unit_covariance = solution.bread;
  fit.scores = {fit.linear->regressors, weighted(fit.linear->residuals, fit.weights)};
  finish_fit(fit, data);
  return fit;
}

}  // namespace headwater
