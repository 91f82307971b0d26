// Question: how much of the outcome's variance in rows held out do coefficients of the other rows account for, by
// group? Model: v(S) = 1 − Σ_held w (y − x_S'b_S)²/Σ_held w (y − x_∅'b_∅)², b from the rows kept, ∅ holding the
// constant and the terms always in; Shapley values over all S. A share is negative where a group predicts worse than
// nothing. Influence: through the coefficients of the rows kept and through the rows held out, each row counted where
// it is. The total is one, and the residual is computed apart, from one regression on the rows kept.
// Engine: linalg/transferred_shapley.cpp.
#include "headwater/decompositions/held_out.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/decompositions/importance_metrics.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

[[noreturn]] void refuse(ErrorKind kind, const char* code, const std::string& why) {
  throw Error(kind, code, why, {.key = "holdout"});
}

// One where the condition holds, zero elsewhere, over the rows used.
Vector held_rows(const DecompositionInput& input) {
  const Design& design = *input.fit->design;
  const std::string text = input.call.get("holdout");
  const Vector all = evaluate(input.panel, *parse_expression(text));
  Vector held(design.n());
  for (Index i = 0; i < design.n(); ++i) {
    const double value = all(design.rows[static_cast<std::size_t>(i)]);
    if (std::isnan(value))
      throw Error(ErrorKind::data, "shapley.holdout",
                  "holdout = " + text + " has no answer in a row used; fill the cell or choose another condition",
                  {.row = input.panel.source_row(design.rows[static_cast<std::size_t>(i)]), .key = "holdout"});
    held(i) = value != 0 ? 1 : 0;
  }
  if (held.sum() == 0 || held.sum() == static_cast<double>(held.size()))
    refuse(ErrorKind::usage, "shapley.holdout",
           "holdout = " + text + " holds in " + (held.sum() == 0 ? "none" : "all") +
               " of the rows used; choose a condition that some rows meet and others do not");
  return held;
}

void check_use(const DecompositionInput& input, const VarianceGame& game) {
  const Fit& fit = *input.fit;
  if (input.call.has("inside"))
    refuse(ErrorKind::usage, "decomposition.unsupported",
           "holdout shares the variance among groups and cannot be combined with inside; use players = terms");
  if (!is_plain_least_squares(fit) || !fit.effects.empty())
    refuse(ErrorKind::usage, "decomposition.unsupported",
           "holdout needs the estimator pooled, not " + fit.estimator +
               ": effects of rows held out are not known from the others");
  if (game.players().size() > static_cast<std::size_t>(kMostListed))
    refuse(ErrorKind::usage, "subsets.too_many",
           "holdout fits every coalition and takes at most " + std::to_string(kMostListed) + " players, not " +
               std::to_string(game.players().size()) + "; join some groups");
}

struct HeldOut {
  Matrix rows;        // always in, players' columns, outcome; scaled to unit norm
  Vector kept, held;  // weights
  Index always = 0;
};

HeldOut held_out(const DecompositionInput& input, const VarianceGame& game) {
  HeldOut h;
  h.rows = game.regression(h.always);
  const Vector held = held_rows(input);
  h.held = game.weights().cwiseProduct(held);
  h.kept = game.weights() - h.held;
  for (Index j = 0; j < h.rows.cols(); ++j)
    if (const double norm = h.rows.col(j).norm(); norm > 0) h.rows.col(j) /= norm;
  return h;
}

// Σ_held w e²/Σ_held w e_∅² by regressions on the rows kept.
double unexplained(const DecompositionInput& input, const HeldOut& h) {
  const Index p = h.rows.cols() - 1;
  const auto squares = [&](Index columns) {
    Vector e = h.rows.col(p);
    if (columns > 0) {
      const LeastSquares fit = least_squares(h.rows.leftCols(columns), h.rows.col(p), h.kept);
      if (!fit.dropped.empty())
        refuse(ErrorKind::identification, "shapley.holdout",
               "the rows that holdout = " + input.call.get("holdout") +
                   " leaves do not identify every coefficient; hold out fewer rows");
      e -= h.rows.leftCols(columns) * fit.coefficients;
    }
    return e.cwiseAbs2().dot(h.held);
  };
  return squares(p) / squares(h.always);
}

Matrix quadratic_forms(const Matrix& rows, const std::vector<Matrix>& gradients) {
  Matrix values(rows.rows(), static_cast<Index>(gradients.size()));
  for (std::size_t i = 0; i < gradients.size(); ++i)
    values.col(static_cast<Index>(i)) = (rows * gradients[i]).cwiseProduct(rows).rowwise().sum();
  return values;
}

}  // namespace

Decomposition shapley_held_out(const DecompositionInput& input, const VarianceGame& game) {
  check_use(input, game);
  const HeldOut h = held_out(input, game);
  const double rest = unexplained(input, h);
  SubsetGame regression{cross_product(h.rows, h.kept), game.game().players};
  for (std::vector<Index>& columns : regression.players)
    for (Index& column : columns) column += h.always;
  const TransferredShapley shares = transferred_shapley(regression, h.always, cross_product(h.rows, h.held));
  const auto q = static_cast<Index>(game.players().size());
  Decomposition d = game.described(input.call);
  d.estimates.names = game.players();
  d.estimates.names.emplace_back("residual");
  d.estimates.values.resize(q + 1);
  d.estimates.values << shares.here.values, rest;
  d.estimates.influence.resize(h.rows.rows(), q + 1);
  d.estimates.influence.leftCols(q) = h.kept.asDiagonal() * quadratic_forms(h.rows, shares.here.gradients);
  d.estimates.influence.leftCols(q) += h.held.asDiagonal() * quadratic_forms(h.rows, shares.there.gradients);
  d.estimates.influence.col(q) = -d.estimates.influence.leftCols(q).rowwise().sum();
  d.estimates.jacobian = Matrix::Identity(q + 1, q + 1);
  d.total = 1;
  d.total_name = "variance in the rows held out about what the others predict for them without drivers";
  d.frame = "coefficients of the rows kept and rows held out, units as drawn";
  d.choices["holdout"] = input.call.get("holdout");
  d.choices["rows_held_out"] = std::to_string((h.held.array() > 0).count());
  d.question = "How much of the variance of " + input.fit->design->outcome_name + " in the rows where " +
               input.call.get("holdout") + " do the coefficients of the other rows account for?";
  if ((shares.here.values.array() < 0).any())
    d.notes.push_back({"shapley.negative_share",
                       "a negative share means that the group's coefficients predict the rows held out worse than "
                       "leaving the group out"});
  game.finish(d, Vector::Zero(h.rows.rows()), 1 / game.conditioning());
  return d;
}

}  // namespace headwater
