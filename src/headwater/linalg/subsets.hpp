// Explained variation of every subset of player groups, visited once by recursive Schur complements: 2^q sub-models for
// the price of a few multiplications each. One engine for Shapley, Owen, dominance, first/last and model averaging.
#pragma once

#include <functional>
#include <vector>

#include "headwater/core/matrix.hpp"

namespace headwater {

// Second moments of (X, y) after everything that is always in the model has been partialled out, (p + 1) × (p + 1) with
// y last, and the columns of X that each player owns.
struct SubsetGame {
  Matrix moments;
  std::vector<std::vector<Index>> players;

  std::size_t size() const { return players.size(); }
};

constexpr int kMostPlayers = 28;

// Explained sum of squares summed by membership and coalition size. For player i and size t (players in the coalition,
// i among them or not): with(t, i) = Σ v(T), |T| = t, i ∈ T; without(t, i) likewise with i ∉ T.
struct CoalitionSums {
  Matrix with;                // (q + 1) × q
  Matrix without;             // (q + 1) × q
  double all = 0;             // v(N)
  double smallest_pivot = 1;  // relative; below 1e-9 the players are collinear
};
CoalitionSums coalition_sums(const SubsetGame& game);

// Shapley values: φ_i = Σ_t w(t−1)·with(t, i) − w(t)·without(t, i), w(t) = t!(q−1−t)!/q!. They sum to v(N).
Vector shapley(const CoalitionSums& sums);

// Calls visit(mask, v) for every coalition, in binary order of the recursion. For q small enough to list.
void each_coalition(const SubsetGame& game, const std::function<void(std::uint32_t mask, double explained)>& visit);

}  // namespace headwater
