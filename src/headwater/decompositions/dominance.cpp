// Question: does one driver explain more than another in every model, in models of every size, or on average?
// Complete dominance: v(S ∪ i) ≥ v(S ∪ j) for every S without both; conditional: in the mean over the S of each size;
// general: in the mean of those means, which is the Shapley value (Budescu 1993; Azen and Budescu 2003). The components
// are the general values with their joint uncertainty; the tables of conditional values and of the share of coalitions
// in which the row's driver adds more than the column's come with them. Equals R domir and dominanceanalysis.
#include <algorithm>

#include "headwater/decompositions/importance_metrics.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/variance_game.hpp"

namespace headwater {
namespace {

// Mean increment of each player over the coalitions of each number of other players, q × q.
Matrix conditional_values(const Vector& v, Index q) {
  Matrix mean = Matrix::Zero(q, q), count = Matrix::Zero(q, q);
  for (Index S = 0; S < v.size(); ++S) {
    const Index size = __builtin_popcountll(static_cast<unsigned long long>(S));
    for (Index i = 0; i < q; ++i)
      if (!(S >> i & 1)) {
        mean(i, size) += v(S | Index{1} << i) - v(S);
        count(i, size) += 1;
      }
  }
  return mean.cwiseQuotient(count);
}

// Share of the coalitions without both in which the row adds more than the column (one: dominates completely).
Matrix complete_shares(const Vector& v, Index q) {
  Matrix share = Matrix::Zero(q, q);
  for (Index i = 0; i < q; ++i)
    for (Index j = 0; j < q; ++j) {
      if (i == j) continue;
      double more = 0, all = 0;
      for (Index S = 0; S < v.size(); ++S) {
        if ((S >> i & 1) || (S >> j & 1)) continue;
        const double a = v(S | Index{1} << i), b = v(S | Index{1} << j);
        more += a > b ? 1 : a == b ? 0.5 : 0;
        all += 1;
      }
      share(i, j) = more / all;
    }
  return share;
}

void add_table(Decomposition& d, const std::string& name, const std::string& rows, const std::string& columns,
               const Matrix& table, const std::string& description, const std::string& unit) {
  std::vector<double> values;
  for (Index i = 0; i < table.rows(); ++i)
    for (Index j = 0; j < table.cols(); ++j) values.push_back(table(i, j));
  d.extras.push_back({.name = name,
                      .dims = {rows, columns},
                      .shape = {table.rows(), table.cols()},
                      .values = std::move(values),
                      .description = description,
                      .unit = unit});
}

Matrix shapley_jacobian(Index q) {
  const Vector weight = shapley_weights(q);
  Matrix jacobian = Matrix::Zero(q, Index{1} << q);
  for (Index S = 0; S < jacobian.cols(); ++S) {
    const Index size = __builtin_popcountll(static_cast<unsigned long long>(S));
    for (Index i = 0; i < q; ++i) jacobian(i, S) = S >> i & 1 ? weight(size - 1) : -weight(size);
  }
  return jacobian;
}

}  // namespace

const MethodCard& dominance_card() {
  static const MethodCard card{
      .name = "dominance",
      .kind = "decomposition",
      .question = "Does one driver explain more than another in every model, in models of every size, or on average?",
      .avoid = "Not with more than 16 players, whose 2^16 models it keeps, nor as causal effects.",
      .reference = "Azen and Budescu (2003); equals domir",
      .supports = {"weights", "effects", "slopes", "unbalanced", "no_unit", "no_time"},
      .options = game_option_cards(),
      .positions = {"of"}};
  return card;
}

Decompositions run_dominance(const DecompositionInput& input) {
  const VarianceGame game(input, game_options(input.call));
  const Coalitions all = listed(game.game(), "dominance");
  const auto q = static_cast<Index>(game.players().size());
  const Matrix jacobian = shapley_jacobian(q);
  const Matrix conditional = conditional_values(all.explained, q);
  Decomposition d =
      game.decomposition(input.call, game.players(), of_coalitions(all, conditional.rowwise().mean(), jacobian), true);
  d.question = "Which driver explains more of the " + game.base_name() + ", in every model or on average?";
  std::vector<std::int64_t> sizes;
  for (Index size = 0; size < q; ++size) sizes.push_back(size);
  d.extra_axes.push_back({"player", game.players(), "drivers that share the explained variance"});
  d.extra_axes.push_back({"player_2", game.players(), "drivers, for the second axis of square matrices"});
  d.tables = {"conditional", "complete"};
  d.extra_axes.push_back({"others", sizes, "drivers in the model before"});
  add_table(d, "conditional", "player", "others", conditional,
            "mean increment in models with so many other drivers; row means are the general values", d.unit);
  add_table(d, "complete", "player", "player_2", complete_shares(all.explained, q),
            "share of models in which the row's driver adds more than the column's; one is complete dominance", "1");
  game.finish(d, Vector::Zero(d.estimates.influence.rows()), 1 / game.conditioning());
  return {std::move(d)};
}

}  // namespace headwater
