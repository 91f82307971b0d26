// Question: by how much does the mean of the outcome change with a regressor, on average over the rows? Model: E[y] =
// g(η), η = Xβ + effects + offset. Of a regressor of numbers the average of g′(η)β_j, of a dummy that of g(η with 1) −
// g(η with 0); rows count by their weights. Errors by the delta method: with v the row weights of dη in the average,
// v'dη moves through the coefficients and the effects alike. With s the rows' scores, h their information and r the
// residual of v/h on the effects under the weights h, its influence is (v/h − r)s + ψ_β X'(h r): that of dummies
// written out, without a matrix of them. `uncertainty = means` adds that the rows themselves are drawn. Wooldridge
// (2010), 15.6 and 12.5.2 (delta method). Equals Stata margins and R marginaleffects on explicit dummies; those on
// absorbed effects take the effects as known.
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/decompositions/coefficient_items.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/estimators/least_squares.hpp"

namespace headwater {
namespace {

struct AverageEffect {
  double value = 0;
  double own = 0;  // derivative in the coefficient itself
  Vector through;  // n: derivative in the predictor of each row
  Vector rows;     // n: effect in each row
};

bool is_dummy(const Eigen::Ref<const Vector>& x) {
  return ((x.array() == 0) || (x.array() == 1)).all() && x.minCoeff() < x.maxCoeff();
}

AverageEffect average_slope(const LinkedMean& linked, double beta, const Vector& shares) {
  AverageEffect effect;
  const Vector slopes = linked.predictor.unaryExpr(linked.slope);
  effect.rows = beta * slopes;
  effect.own = shares.dot(slopes);
  effect.through = beta * shares.cwiseProduct(linked.predictor.unaryExpr(linked.curvature));
  effect.value = shares.dot(effect.rows);
  return effect;
}

AverageEffect average_difference(const LinkedMean& linked, double beta, const Vector& x, const Vector& shares) {
  AverageEffect effect;
  const Vector without = linked.predictor - beta * x;
  const Vector with = without.array() + beta;
  effect.rows = with.unaryExpr(linked.inverse) - without.unaryExpr(linked.inverse);
  const Vector up = shares.cwiseProduct(with.unaryExpr(linked.slope)),
               down = shares.cwiseProduct(without.unaryExpr(linked.slope));
  effect.through = up - down;
  effect.own = up.dot(Vector(1 - x.array())) + down.dot(x);
  effect.value = shares.dot(effect.rows);
  return effect;
}

// By how much an average moves with the coefficients, and beside them with each row's score through the effects.
struct Moves {
  Vector coefficients;  // k
  Vector rows;          // n
};

class DeltaMethod {
 public:
  explicit DeltaMethod(const Fit& fit)
      : fit_(fit), absorber_(fit.design->effects, fit.linked->information, fit.n()), psi_(influence(fit)) {}

  Moves moves(const AverageEffect& effect, Index coefficient) const {
    const Vector& h = fit_.linked->information;
    const Vector ahead = effect.through.cwiseQuotient(h);
    const Vector left = absorber_.project(ahead).columns.col(0);
    Moves moves{Vector::Zero(fit_.k()), ahead - left};
    const Vector held = h.cwiseProduct(left);
    for (Index j = 0; j < fit_.k(); ++j)
      if (const std::optional<Index>& column = fit_.origins[static_cast<std::size_t>(j)].column)
        moves.coefficients(j) = fit_.design->X.col(*column).dot(held);
    moves.coefficients(coefficient) += effect.own;
    return moves;
  }

  Vector of_rows(const Moves& moves) const {
    const Vector own = psi_ * moves.coefficients;
    return fit_.scores.errors ? Vector(own + moves.rows.cwiseProduct(*fit_.scores.errors)) : own;
  }

  // Of several averages, from the inverse information: effects and coefficients do not go together in it.
  Matrix inverse_information(const std::vector<Moves>& all) const {
    const auto m = static_cast<Index>(all.size());
    Matrix coefficients(fit_.k(), m), rows(fit_.n(), m);
    for (Index i = 0; i < m; ++i) {
      coefficients.col(i) = all[static_cast<std::size_t>(i)].coefficients;
      rows.col(i) = all[static_cast<std::size_t>(i)].rows.cwiseProduct(fit_.linked->information.cwiseSqrt());
    }
    return coefficients.transpose() * fit_.unit_covariance * coefficients + rows.transpose() * rows;
  }

 private:
  const Fit& fit_;
  Absorber absorber_;
  Matrix psi_;
};

Index column_of(const Fit& fit, Index coefficient) {
  const auto at = static_cast<std::size_t>(coefficient);
  if (fit.origins[at].column) return *fit.origins[at].column;
  throw Error(ErrorKind::usage, "decomposition.no_term",
              "term = " + fit.names[at] + " is a parameter of " + fit.estimator +
                  " that multiplies no regressor, so nothing can be moved with it; name a regressor",
              {.key = "term"});
}

std::string effect_unit(const Fit& fit) { return fit.design->outcome_name + " per regressor"; }

}  // namespace

const MethodCard& marginal_effects_card() {
  static const MethodCard card{
      .name = "marginal_effects",
      .kind = "decomposition",
      .question = "By how much does the mean of the outcome change with each driver, on average over the rows?",
      .avoid = "Not where columns move together, such as x and I(x^2) or x and x:z: each is moved alone.",
      .reference = "Wooldridge (2010) 15.6; equals margins, marginaleffects on explicit dummies",
      .supports = {"weights", "effects", "slopes", "unbalanced", "no_time"},
      .options = {{"term", "text", "", "a coefficient or a driver; by default every driver's coefficients"},
                  {"dummies", "choice: difference | derivative", "difference",
                   "of columns of 0 and 1: from 0 to 1, or the slope"},
                  {"uncertainty", "choice: coefficients | means", "coefficients",
                   "coefficients: rows taken as given; means: rows as drawn"}},
      .positions = {"term"}};
  return card;
}

Decompositions run_marginal_effects(const DecompositionInput& input) {
  const Fit& fit = *input.fit;
  const Design& design = *fit.design;
  const std::vector<Index> chosen = asked_coefficients(input);
  const auto m = static_cast<Index>(chosen.size());
  const Vector weights = weights_or_ones(design.weights, design.n());
  const Vector shares = weights / weights.sum();
  const DeltaMethod delta(fit);
  const bool means = input.call.get("uncertainty", "coefficients") == "means";
  Decomposition d;
  d.method = input.call.method;
  d.call = input.call.text;
  d.additive = false;
  Estimates& e = d.estimates;
  e.values.resize(m);
  e.influence.resize(design.n(), 2 * m);
  e.jacobian.resize(m, 2 * m);
  e.jacobian << Matrix::Identity(m, m), Matrix::Identity(m, m);
  std::vector<Moves> all;
  for (Index i = 0; i < m; ++i) {
    const Index j = chosen[static_cast<std::size_t>(i)];
    const Vector x = design.X.col(column_of(fit, j));
    const bool steps = is_dummy(x) && input.call.get("dummies", "difference") == "difference";
    const AverageEffect effect = steps ? average_difference(*fit.linked, fit.coefficients(j), x, shares)
                                       : average_slope(*fit.linked, fit.coefficients(j), shares);
    e.names.push_back(fit.names[static_cast<std::size_t>(j)]);
    e.values(i) = effect.value;
    all.push_back(delta.moves(effect, j));
    e.influence.col(i) = delta.of_rows(all.back());
    e.influence.col(m + i) = means ? Vector(shares.cwiseProduct(Vector(effect.rows.array() - effect.value)))
                                   : Vector(Vector::Zero(design.n()));
  }
  if (input.covariance->gathers == Gathers::nothing)
    e.coefficient_block = input.covariance->factor * delta.inverse_information(all);
  d.choices["dummies"] = input.call.get("dummies", "difference");
  d.choices["uncertainty"] = means ? "means" : "coefficients";
  d.question =
      "By how much does the mean of " + design.outcome_name + " change with each driver, on average over the rows?";
  d.unit = effect_unit(fit);
  d.frame = means ? "coefficients, effects and rows, units as drawn"
                  : "coefficients and effects; the rows' regressors are taken as given";
  d.sample_hash = design.sample_hash;
  finish(d, inference_of(fit, *input.covariance), atoms_of(design), Vector(), 1);
  return {std::move(d)};
}

}  // namespace headwater
