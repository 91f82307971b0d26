// Confidence sets for ranks from all pairwise differences (Mogstad, Romano, Shaikh and Wilhelm 2024). The covariance of
// the units may be full. Rank 1 is the largest value.
#pragma once

#include <cstdint>
#include <vector>

#include "headwater/core/matrix.hpp"

namespace headwater {

struct RankSets {
  std::vector<int> rank;       // of the point estimates; equal values share the better one
  std::vector<int> low, high;  // each unit's set, low ≤ rank ≤ high
};

struct RankProblem {
  Vector values;
  Matrix covariance;
  std::vector<int> group;  // only units of one group are compared
  double level = 0.95;
  int draws = 2000;
  std::uint64_t seed = 0;
};

// Each set covers its own unit's rank with the level.
RankSets marginal_rank_sets(const RankProblem& problem);
// All sets cover at once.
RankSets simultaneous_rank_sets(const RankProblem& problem);
// Units that may be among the `tau` largest of their group: with the level's probability the set holds them all.
std::vector<bool> possibly_among_best(const RankSets& simultaneous, int tau);

}  // namespace headwater
