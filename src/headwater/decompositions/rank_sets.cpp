#include "headwater/decompositions/rank_sets.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/core/random.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr std::uint32_t kStream = 0x72616e6bu;

struct Pair {
  Index above, below;  // the hypothesis that `above` is no larger than `below`
  double error;
  bool rejected = false;
};

// draws × units from the joint normal around zero.
Matrix joint_draws(const RankProblem& p) {
  const SymmetricEigen eigen = symmetric_eigen(p.covariance);
  const Matrix root = eigen.vectors * eigen.values.cwiseMax(0).cwiseSqrt().asDiagonal();
  Matrix z(p.draws, root.cols());
  for (int b = 0; b < p.draws; ++b) {
    RandomStream random(p.seed, static_cast<std::uint32_t>(b), kStream);
    for (Index j = 0; j < root.cols(); ++j) z(b, j) = random.normal();
  }
  return z * root.transpose();
}

bool comparable(const RankProblem& p, Index a, Index b) {
  return a != b && p.group[static_cast<std::size_t>(a)] == p.group[static_cast<std::size_t>(b)];
}

double difference_error(const RankProblem& p, Index a, Index b) {
  return std::sqrt(std::max(0.0, p.covariance(a, a) + p.covariance(b, b) - 2 * p.covariance(a, b)));
}

double statistic(const RankProblem& p, const Pair& pair) {
  const double difference = p.values(pair.above) - p.values(pair.below);
  return pair.error > 0 ? difference / pair.error : difference > 0 ? INFINITY : 0;
}

// Level quantile of the largest studentised difference among hypotheses not rejected yet.
double critical_value(const RankProblem& p, const Matrix& draws, const std::vector<Pair>& pairs) {
  std::vector<double> largest(static_cast<std::size_t>(p.draws), 0);
  for (const Pair& pair : pairs) {
    if (pair.rejected || !(pair.error > 0)) continue;
    for (int b = 0; b < p.draws; ++b)
      largest[static_cast<std::size_t>(b)] =
          std::max(largest[static_cast<std::size_t>(b)], (draws(b, pair.above) - draws(b, pair.below)) / pair.error);
  }
  const auto at = static_cast<std::ptrdiff_t>(std::ceil(p.level * p.draws)) - 1;
  std::nth_element(largest.begin(), largest.begin() + at, largest.end());
  return largest[static_cast<std::size_t>(at)];
}

// Romano and Wolf's stepdown: what is rejected no longer raises the bar for the rest.
void step_down(const RankProblem& p, const Matrix& draws, std::vector<Pair>& pairs) {
  for (;;) {
    const double critical = critical_value(p, draws, pairs);
    bool more = false;
    for (Pair& pair : pairs)
      if (!pair.rejected && statistic(p, pair) > critical) pair.rejected = more = true;
    if (!more) return;
  }
}

RankSets point_ranks(const RankProblem& p) {
  const Index m = p.values.size();
  RankSets sets;
  for (Index j = 0; j < m; ++j) {
    int rank = 1, size = 1;
    for (Index k = 0; k < m; ++k) {
      if (!comparable(p, j, k)) continue;
      ++size;
      rank += p.values(k) > p.values(j) ? 1 : 0;
    }
    sets.rank.push_back(rank);
    sets.low.push_back(1);
    sets.high.push_back(size);
  }
  return sets;
}

}  // namespace

RankSets marginal_rank_sets(const RankProblem& p) {
  RankSets sets = point_ranks(p);
  const Matrix draws = joint_draws(p);
  parallel_for(static_cast<std::size_t>(p.values.size()), [&](std::size_t at) {
    const auto j = static_cast<Index>(at);
    std::vector<Pair> pairs;
    for (Index k = 0; k < p.values.size(); ++k)
      if (comparable(p, j, k)) {
        pairs.push_back({j, k, difference_error(p, j, k)});
        pairs.push_back({k, j, difference_error(p, j, k)});
      }
    step_down(p, draws, pairs);
    for (const Pair& pair : pairs)
      if (pair.rejected) (pair.below == j ? sets.low[at] += 1 : sets.high[at] -= 1);
  });
  return sets;
}

RankSets simultaneous_rank_sets(const RankProblem& p) {
  RankSets sets = point_ranks(p);
  const Matrix draws = joint_draws(p);
  std::vector<Pair> pairs;
  for (Index j = 0; j < p.values.size(); ++j)
    for (Index k = 0; k < p.values.size(); ++k)
      if (comparable(p, j, k)) pairs.push_back({j, k, difference_error(p, j, k)});
  step_down(p, draws, pairs);
  for (const Pair& pair : pairs)
    if (pair.rejected) {
      sets.low[static_cast<std::size_t>(pair.below)] += 1;
      sets.high[static_cast<std::size_t>(pair.above)] -= 1;
    }
  return sets;
}

std::vector<bool> possibly_among_best(const RankSets& simultaneous, int tau) {
  std::vector<bool> possible;
  for (const int low : simultaneous.low) possible.push_back(low <= tau);
  return possible;
}

}  // namespace headwater
