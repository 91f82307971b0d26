// Model: E[y] = g(η), η = Xβ + D₁α₁ + ... + D_Qα_Q + offset, with log likelihood Σ w l(y, η), concave in η. Newton's
// steps as weighted least squares: with u = l′ and h = −l″ the working outcome η − offset + u/h is regressed on X and
// the effects under weights w h, the effects absorbed exactly (Frisch–Waugh–Lovell; Guimarães and Portugal 2010), until
// a step moves η by less than 1e-11 in the norm of the information. A step that lowers the likelihood is halved. Scores
// are w u x̃ and the bread (X̃'WHX̃)⁻¹, x̃ being X less its projection on the effects under w h at the solution:
// the block of β of the inverse information with all effects, to the last digit of the projection.
#include "headwater/estimators/linked.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/core/weights.hpp"

namespace headwater {
namespace {

constexpr int kMostSteps = 200;
constexpr int kMostHalvings = 40;
constexpr double kSettled = 1e-22;      // (Δη)'WH(Δη) as a share of the information
constexpr double kNearSettled = 1e-16;  // below which a step that is no smaller than the one before is rounding
constexpr double kLeastInformation = 1e-300;
constexpr double kConstantSettled = 1e-13;  // of a constant alone

double total(const Vector& v) { return pairwise_sum(v.data(), static_cast<std::size_t>(v.size())); }

// Values and derivatives of all rows, times their weights.
struct Slopes {
  double value = 0;
  Vector score, information;
};

Slopes slopes_at(const LinkedModel& model, const Design& design, const Vector& predictor) {
  Slopes at{0, Vector(design.n()), Vector(design.n())};
  Vector values(design.n());
  for (Index i = 0; i < design.n(); ++i) {
    const RowLikelihood row = model.row(design.y(i), predictor(i));
    const double w = weight_of(design.weights, i);
    values(i) = w * row.value;
    at.score(i) = w * row.score;
    at.information(i) = std::max(w * row.information, kLeastInformation);
  }
  at.value = total(values);
  return at;
}

double weighted_mean(const Vector& v, const Vector& weights) {
  return weights.size() > 0 ? v.dot(weights) / weights.sum() : v.mean();
}

Vector starting_predictor(const LinkedModel& model, const Design& design) {
  const double mean = weighted_mean(design.y, design.weights);
  return design.y.unaryExpr([&](double y) { return model.start(y, mean); });
}

struct Climb {
  Vector predictor, coefficients;
  Matrix columns;  // the regressors less their projection on the effects under the information
  Matrix bread;
  double certificate = 0;
  int steps = 0;
  std::string failure;  // "" once it has settled
};

// One step from `predictor`: the new coefficients, and by how much the predictor moves.
struct Step {
  AbsorbedRows rows;
  LeastSquares solution;
  Vector move;
};

// `data` gets the working outcome and its weights.
Step newton_step(const Design& design, Transformed& data, const Slopes& at, const Vector& predictor) {
  const Vector ahead = at.score.cwiseQuotient(at.information);
  const Vector explained = design.offset.size() > 0 ? Vector(predictor - design.offset) : predictor;
  data.y = explained + ahead;
  data.weights = at.information;
  Step step;
  step.rows = absorb(data);
  step.solution = least_squares(step.rows.X, step.rows.outcome, data.weights);
  // Where a mean is tiny beside the outcome, u/h is huge, and its difference from the residual has no digits left.
  if (design.effects.empty() && step.solution.dropped.empty())
    step.move = data.X * step.solution.coefficients - explained;
  else
    step.move = ahead - step.solution.residuals;
  return step;
}

// Takes the longest of 1, 1/2, 1/4, ... steps that does not lower the likelihood; false: none, and nothing moves.
bool take_step(const LinkedModel& model, const Design& design, const Vector& move, Vector& predictor, Slopes& at) {
  double length = 1;
  for (int halving = 0; halving < kMostHalvings; ++halving, length /= 2) {
    Vector next = predictor + length * move;
    Slopes there = slopes_at(model, design, next);
    if (!(there.value >= at.value - 1e-12 * std::abs(at.value))) continue;
    predictor = std::move(next);
    at = std::move(there);
    return true;
  }
  return false;
}

// A constant beside the offset, by Newton's steps.
struct ConstantAlone {
  Vector predictor;
  double value = 0;
};

ConstantAlone constant_alone(const LinkedModel& model, const Design& design) {
  const Vector offset = design.offset.size() > 0 ? design.offset : Vector(Vector::Zero(design.n()));
  const double mean = weighted_mean(design.y, design.weights);
  ConstantAlone alone{offset.array() + model.start(mean, mean) - weighted_mean(offset, design.weights), 0};
  Slopes at = slopes_at(model, design, alone.predictor);
  for (int step = 0; step < kMostSteps; ++step) {
    const Vector move = Vector::Constant(design.n(), total(at.score) / total(at.information));
    take_step(model, design, move, alone.predictor, at);
    if (std::abs(move(0)) <= kConstantSettled) break;
  }
  alone.value = at.value;
  return alone;
}

// The first full step from predictors near the outcomes, which no coefficients make; a constant alone where that step
// leads to less, as rows far from the others can make it.
Vector first_predictor(const LinkedModel& model, const Design& design, Transformed& data,
                       const ConstantAlone& constant) {
  Vector predictor = starting_predictor(model, design);
  predictor += newton_step(design, data, slopes_at(model, design, predictor), predictor).move;
  return slopes_at(model, design, predictor).value >= constant.value ? predictor : constant.predictor;
}

Climb climb(const LinkedModel& model, const Design& design, Transformed& data, const ConstantAlone& constant) {
  Climb result;
  result.predictor = first_predictor(model, design, data, constant);
  Slopes at = slopes_at(model, design, result.predictor);
  double before = INFINITY;
  for (result.steps = 2; result.steps <= kMostSteps; ++result.steps) {
    Step step = newton_step(design, data, at, result.predictor);
    if (!step.rows.dropped.empty() || !step.solution.dropped.empty()) {
      result.failure = "the information became singular";
      return result;
    }
    const double share = total(step.move.cwiseAbs2().cwiseProduct(at.information)) / total(at.information);
    const bool settled = share <= kSettled || (share <= kNearSettled && share >= before / 4);
    before = share;
    result.coefficients = step.solution.coefficients;
    if (settled) {
      result.predictor += step.move;
      result.columns = std::move(step.rows.X);
      result.bread = std::move(step.solution.bread);
      result.certificate = step.rows.certificate;
      return result;
    }
    if (!take_step(model, design, step.move, result.predictor, at)) break;
  }
  result.failure = "its steps did not settle";
  return result;
}

double saturated_value(const LinkedModel& model, const Design& design) {
  Vector values(design.n());
  for (Index i = 0; i < design.n(); ++i) values(i) = weight_of(design.weights, i) * model.saturated(design.y(i));
  return total(values);
}

void fill_linked_goodness(Fit& fit) {
  const Design& design = *fit.design;
  const Vector residuals = design.y - fit.linked->mean;
  GoodnessOfFit& g = fit.goodness;
  g.rss = total(weighted(residuals.cwiseAbs2(), design.weights));
  g.tss = squares_about_mean(design.y, design.weights);
  g.tss_within = g.r_squared_within = std::nan("");
  g.r_squared = 1 - g.rss / g.tss;
  g.sigma2 = g.rss / static_cast<double>(fit.df_residual);
}

void fill(Fit& fit, const LinkedModel& model, Climb climbed, double null_value) {
  const Design& design = *fit.design;
  const Slopes at = slopes_at(model, design, climbed.predictor);
  LinkedMean linked;
  linked.link = model.link;
  linked.inverse = model.inverse;
  linked.slope = model.slope;
  linked.curvature = model.curvature;
  linked.mean = climbed.predictor.unaryExpr(model.inverse);
  linked.predictor = std::move(climbed.predictor);
  linked.information = at.information;
  linked.null_value = null_value;
  linked.deviance = 2 * (saturated_value(model, design) - at.value);
  linked.iterations = climbed.steps;
  fit.linked = std::move(linked);
  fit.likelihood = Likelihood{at.value};
  fit.coefficients = std::move(climbed.coefficients);
  fit.bread = fit.unit_covariance = std::move(climbed.bread);
  fit.scores = {std::make_shared<const Matrix>(std::move(climbed.columns)), at.score};
  fit.certificate = std::max(fit.certificate, climbed.certificate);
}

}  // namespace

Design without_separated(const Design& design, const LinkedModel& model, Separation& separation) {
  std::vector<End> ends;
  for (Index i = 0; i < design.n(); ++i) ends.push_back(model.end(design.y(i)));
  separation = find_separation(design, ends);
  if (separation.rows == design.n())
    throw Error(ErrorKind::identification, "fit.separated",
                "every row has its outcome " + design.outcome_name +
                    " at an end of what a mean can be, in a way that regressors and effects tell exactly, so no "
                    "coefficient of " +
                    design.spec.estimator.text + " is finite; use fewer regressors or effects");
  return separation.rows == 0 ? design : without_rows(design, separation.reasons);
}

void tell_separation(Fit& fit, const Separation& separation) {
  if (separation.rows == 0) return;
  Names infinite = separation.regressors;
  if (separation.levels) infinite.emplace_back("a level of an effect");
  const bool one = separation.rows == 1;
  fit.notes.push_back({"fit.separated", counted(separation.rows, "row") + (one ? " was" : " were") +
                                            " set aside because the likelihood has no maximum with " +
                                            (one ? "it" : "them") + ": the coefficient of " + joined(infinite, ", ") +
                                            " would be infinite and fit the outcome there exactly; the other "
                                            "coefficients do not depend on such rows (Correia, Guimarães and Zylkin "
                                            "2019)"});
  for (NotIdentified& entry : fit.not_identified)
    if (std::find(separation.regressors.begin(), separation.regressors.end(), entry.term) !=
        separation.regressors.end())
      entry.because = {"an infinite coefficient, whose rows are set aside as separated"};
}

std::vector<Index> identified(Fit& fit, const Transformed& data, const AbsorbedRows& rows) {
  Names candidates;
  for (const Index column : rows.columns) candidates.push_back(data.names[static_cast<std::size_t>(column)]);
  const LeastSquares solution = least_squares(rows.X(Eigen::all, rows.columns), rows.outcome, data.weights);
  name_collinear(fit, solution.dropped, candidates);
  std::vector<Index> kept;
  for (const Index j : solution.kept) kept.push_back(rows.columns[static_cast<std::size_t>(j)]);
  for (const Index j : kept) {
    fit.names.push_back(data.names[static_cast<std::size_t>(j)]);
    fit.origins.push_back(data.origins[static_cast<std::size_t>(j)]);
  }
  fit.scales.assign(kept.size(), ParameterScale::linear);
  return kept;
}

void refuse_climb(const Design& design, const std::string& failure) {
  throw Error(ErrorKind::numerical, "fit.no_maximum",
              "the likelihood of " + design.spec.estimator.text + " has not been maximised, because " + failure +
                  "; look for regressors of very different size, or that nearly depend on one another, and for rows "
                  "that only one regressor tells apart");
}

Fit fit_linked(const EstimatorInput& input, const LinkedModel& model) {
  Separation separation;
  const auto design = std::make_shared<const Design>(without_separated(*input.design, model, separation));
  if (design->y.maxCoeff() == design->y.minCoeff()) refuse_same_outcome(*design);
  Transformed data = rows_as_they_are(*design);
  AbsorbedRows rows = absorb(data);
  Fit fit = started_fit(design, data, rows);
  data.X = Matrix(data.X(Eigen::all, identified(fit, data, rows)));
  count_degrees(fit, static_cast<Index>(fit.names.size()));
  data.names = fit.names;
  data.origins = fit.origins;
  const ConstantAlone constant = constant_alone(model, *design);
  Climb climbed = climb(model, *design, data, constant);
  if (!climbed.failure.empty()) refuse_climb(*design, climbed.failure);
  fill(fit, model, std::move(climbed), constant.value);
  fill_linked_goodness(fit);
  tell_separation(fit, separation);
  add_fit_notes(fit);
  return fit;
}

void require_outcome(const EstimatorInput& input, bool (*accepts)(double), const std::string& wanted) {
  const Design& design = *input.design;
  for (Index i = 0; i < design.n(); ++i) {
    if (accepts(design.y(i))) continue;
    const std::string& file = input.panel.ledger().file;
    const std::int64_t row = input.panel.source_row(design.rows[static_cast<std::size_t>(i)]);
    throw Error(ErrorKind::data, "estimator.outcome",
                file + ", row " + std::to_string(row) + ": the outcome " + design.outcome_name + " is " +
                    shortest(design.y(i)) + "; " + design.spec.estimator.text + " needs " + wanted,
                {.file = file, .row = row, .column = design.outcome_name});
  }
}

}  // namespace headwater
