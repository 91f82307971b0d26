// Question: how much of the outcome's variance does each driver group explain, whatever the order in which groups join?
// v(S) = variance explained by the groups in S after the effects and the terms always in. Shapley value: the mean of
// v(S ∪ i) − v(S) over all orders (Lindeman, Merenda and Gold 1980; relaimpo's lmg). Owen value (`inside`): one group's
// Shapley value shared among its terms, the other groups coming and going as wholes. Exact to 28 groups; beyond, random
// orders in antithetic pairs, with the error of the draws in the covariance.
// Influence: v(S) moves with a row's weight by ỹ² − e_S², whatever the estimated coefficients and effects (envelope
// theorem), so that of a share of B = Σ w t² is w {Σ_S c_i(S)(−e_S²) − share t²}/B. The sum over S is a quadratic form
// in the row, whose matrix the backwards recursion gives (linalg/subset_gradients.cpp). The value of a group is not the
// sum of its terms' own values: groups are declared before, and printed.
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/decompositions/held_out.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/variance_game.hpp"

namespace headwater {
namespace {

Decomposition of_groups(const DecompositionInput& input, const VarianceGame& game) {
  const long pairs = input.call.integer("pairs", 1024);
  if (pairs < 2)
    throw Error(ErrorKind::usage, "decomposition.option",
                "pairs = " + std::to_string(pairs) + " gives no error bound; draw at least 2 pairs of orders",
                {.key = "pairs"});
  const bool exact = game.players().size() <= static_cast<std::size_t>(kMostPlayers);
  SampledShapley sampled;
  if (exact)
    sampled.functions = shapley_gradients(game.game());
  else
    sampled = sampled_shapley(game.game(), pairs, input.spec.seed);
  Decomposition d = game.decomposition(input.call, game.players(), sampled.functions, true);
  d.question = "How much of the " + game.base_name() + " does each group explain, whatever the order?";
  d.choices["orders"] = exact ? "all" : std::to_string(pairs) + " antithetic pairs";
  if (!exact) {
    const Index m = d.estimates.values.size(), q = sampled.sampling.rows();
    d.estimates.noise = Matrix::Zero(m, m);
    d.estimates.noise.block(static_cast<Index>(game.before().size()), static_cast<Index>(game.before().size()), q, q) =
        sampled.sampling;
    add_extra(d, "sampling_error", std::sqrt(sampled.sampling.diagonal().maxCoeff()),
              "largest standard error of a share over further draws of orders, part of its standard error",
              "share of variance");
  }
  game.finish(d, Vector::Zero(d.estimates.influence.rows()), 1 / game.conditioning());
  return d;
}

// The total is the group's value in the game between groups, computed apart from the game inside it.
Decomposition of_members(const DecompositionInput& input, const VarianceGame& game, const std::string& group) {
  const std::size_t player = game.player_named("inside", group);
  Names members;
  const MomentFunctions owen = shapley_gradients(game.inside(player, members));
  const MomentFunctions whole = shapley_gradients(game.game());
  Decomposition d = game.decomposition(input.call, members, owen, false);
  d.additive = true;
  d.total = whole.values(static_cast<Index>(player));
  d.total_name = "share of " + group + " in the " + game.base_name();
  d.choices["inside"] = group;
  d.question = "How is the share of " + group + " in the " + game.base_name() + " shared among its terms?";
  game.finish(d, game.influence(whole).col(static_cast<Index>(player)), 1 / game.conditioning());
  return d;
}

}  // namespace

const MethodCard& shapley_card() {
  static const MethodCard card = [] {
    MethodCard c{.name = "shapley",
                 .kind = "decomposition",
                 .question =
                     "How much of the outcome's variance does each driver group explain, whatever the order in "
                     "which groups join?",
                 .avoid =
                     "Not as causal effects: collinear drivers share credit, so a driver without any effect gets "
                     "some; see last for what only it explains.",
                 .reference = "Lindeman, Merenda and Gold (1980); Owen (1977); equals relaimpo lmg",
                 .supports = {"weights", "effects", "slopes", "unbalanced", "no_unit", "no_time"},
                 .options = game_option_cards(),
                 .positions = {"of"}};
    c.options.push_back({"inside", "text", "", "a driver: its share shared among its terms (Owen values)"});
    c.options.push_back({"holdout", "text", "",
                         "condition, such as year >= 2016: shares of the variance in those rows that coefficients of "
                         "the others account for"});
    c.options.push_back({"pairs", "integer", "1024", "antithetic pairs of orders when there are more than 28 players"});
    return c;
  }();
  return card;
}

Decompositions run_shapley(const DecompositionInput& input) {
  const VarianceGame game(input, game_options(input.call));
  if (input.call.has("holdout")) return {shapley_held_out(input, game)};
  if (input.call.has("inside")) return {of_members(input, game, input.call.get("inside"))};
  return {of_groups(input, game)};
}

}  // namespace headwater
