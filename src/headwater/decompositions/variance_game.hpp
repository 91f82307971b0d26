// The variance of a fit's outcome as a game between driver groups: second moments after effects, constant and terms
// that are always in, and how any number made of them moves with each row's weight.
#pragma once

#include <string>
#include <vector>

#include "headwater/decompositions/decomposition.hpp"
#include "headwater/linalg/subsets.hpp"

namespace headwater {

struct GameOptions {
  bool total = false;               // shares of the total variance; otherwise of that within the effects
  std::string players = "drivers";  // drivers | terms | columns
  std::string always;               // terms that every model holds
};
GameOptions game_options(const MethodCall& call);
std::vector<OptionCard> game_option_cards();

// Squares of the outcome that are in every model or in none, as shares of the base with their influence on the atoms.
struct Layer {
  std::string name;  // "effects", "always: x", "residual"
  double value;
  Vector influence;
};

class VarianceGame {
 public:
  // Throws Error{usage, "decomposition.unsupported"} where the fit is no least squares or the base is not to be had.
  VarianceGame(const DecompositionInput& input, const GameOptions& options);

  // Columns have unit norm; the outcome is scaled so that its squares are shares of the base.
  const SubsetGame& game() const { return game_; }
  const Names& players() const { return players_; }
  const Names& columns() const { return columns_; }
  const std::string& base_name() const { return base_name_; }  // "variance of log(y)"
  // Terms of one player as players of their own, the other players around them.
  SubsetGame inside(std::size_t player, Names& members) const;
  std::size_t player_named(const std::string& option, const std::string& name) const;  // throws Error{usage}

  // The regression as it was fitted: columns that are always in (their number), the players' columns, the outcome.
  Matrix regression(Index& always) const;
  const Vector& weights() const { return weights_; }
  // n × m influence of each atom on functions of the moments that are of degree one in the outcome's squares.
  Matrix influence(const MomentFunctions& functions) const;
  const std::vector<Layer>& before() const { return before_; }  // effects, terms always in
  const Layer& residual() const { return residual_; }
  double explained() const { return explained_; }  // by the players together, from the fit's own residuals
  // Coefficients of the game's scaled columns in the units of the data.
  Vector slopes(const Vector& scaled) const;
  double conditioning() const { return conditioning_; }  // smallest eigenvalue of the columns' correlations

  // A decomposition of the base into the layers and these functions (when they sum to what the players explain), or of
  // the functions alone.
  Decomposition decomposition(const MethodCall& call, const Names& names, const MomentFunctions& functions,
                              bool additive) const;
  // Method, question, unit, frame, choices, notes: what every decomposition of this game shares.
  Decomposition described(const MethodCall& call) const;
  void finish(Decomposition& decomposition, const Vector& total_influence, double scale) const;

 private:
  Matrix constant() const;  // n × 1, or n × 0
  void choose_columns();
  void set_base();
  void partial_out();
  void set_layers();

  const DecompositionInput& input_;
  const Fit& fit_;
  GameOptions options_;
  Vector weights_;
  std::vector<Index> always_;                // coefficients of the terms always in
  std::vector<Index> own_;                   // coefficients of the players' columns
  std::vector<std::size_t> term_of_column_;  // by column of the game
  Names columns_, players_;
  std::string base_name_;
  std::vector<NotIdentified> not_identified_;
  Notes notes_;
  Vector whole_;   // the outcome whose squares are the base, over its root
  Vector within_;  // after effects and constant
  Matrix rows_;    // n × (p + 1)
  Vector norms_;   // of the columns before scaling
  double root_ = 1;
  SubsetGame game_;
  std::vector<Layer> before_;
  Layer residual_;
  double explained_ = 0, conditioning_ = 1;
};

}  // namespace headwater
