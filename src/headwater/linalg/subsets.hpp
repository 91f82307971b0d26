// Explained variation of every subset of player groups, visited once by recursive Schur complements: 2^q sub-models for
// the price of a few multiplications each. One engine for Shapley, Owen, dominance, first/last and model averaging.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "headwater/core/matrix.hpp"

namespace headwater {

// Second moments of (X, y) after everything that is always in the model has been partialled out, (p + 1) × (p + 1) with
// y last; the columns of X that each player owns; and the columns of groups that join as wholes around the players
// (an Owen value divides one group among its members while the other groups come and go).
struct SubsetGame {
  Matrix moments;
  std::vector<std::vector<Index>> players;
  std::vector<std::vector<Index>> around = {};

  std::size_t size() const { return players.size(); }
};

constexpr int kMostPlayers = 28;

// Explained sum of squares summed by membership and coalition size. For player i and size t (players in the coalition,
// i among them or not): with(t, i) = Σ v(T), |T| = t, i ∈ T; without(t, i) likewise with i ∉ T.
struct CoalitionSums {
  Matrix with;     // (q + 1) × q
  Matrix without;  // (q + 1) × q
};
CoalitionSums coalition_sums(const SubsetGame& game);

// Shapley values: φ_i = Σ_t w(t−1)·with(t, i) − w(t)·without(t, i), w(t) = t!(q−1−t)!/q!. They sum to v(N).
Vector shapley(const CoalitionSums& sums);
// w(t) for t = 0..q−1.
Vector shapley_weights(Index players);

// Numbers made from moments with their derivatives in every moment: df = Σ_jk G_jk dA_jk, G symmetric.
struct MomentFunctions {
  Vector values;                  // m
  std::vector<Matrix> gradients;  // m of (p + 1) × (p + 1)
};
// Shapley values of the players (Owen values when others stand around) by the recursion run backwards: the derivative
// of v(T) is y y' − [−b_T; 1][−b_T; 1]', and all 2^q of them are summed on the way up for a constant times the cost of
// the values.
MomentFunctions shapley_gradients(const SubsetGame& game);
// The same from antithetic pairs of random orders of the players, for more players than can be listed.
struct SampledShapley {
  MomentFunctions functions;  // of the orders drawn: they sum to v(N) exactly
  Matrix sampling;            // m × m covariance of the values over further draws of orders
};
SampledShapley sampled_shapley(const SubsetGame& game, long pairs, std::uint64_t seed);

// Shapley values of the share of squares in other rows (`there`, second moments as in the game) that every coalition's
// coefficients, found `here`, account for: v(S) = 1 − f(S)/f(∅), f(S) = [−b_S; 1]'there[−b_S; 1]. The first `always`
// columns are in every coalition, ∅ included; columns of the players count from the first column. v(S) can be negative.
struct TransferredShapley {
  MomentFunctions here, there;  // the same values, derivatives in the moments of either rows
};
TransferredShapley transferred_shapley(const SubsetGame& game, Index always, const Matrix& there);

// Calls visit(mask, v, b) for every coalition: explained sum of squares and the p coefficients (zero outside the
// coalition). For q small enough to list.
void each_coalition(const SubsetGame& game,
                    const std::function<void(std::uint32_t mask, double explained, const Vector& coefficients)>& visit);

// Sums over all models T of density(v(T), players, columns in T) · (1, b_T) by player, for averaging over models. The
// density is called 2^q times.
struct ModelSums {
  double mass = 0;      // Σ density
  Vector inclusion;     // q: of the models that hold the player
  Vector size;          // q + 1: by number of players
  Vector coefficients;  // p
};
ModelSums model_sums(const SubsetGame& game,
                     const std::function<double(double explained, int players, int columns)>& density);

}  // namespace headwater
