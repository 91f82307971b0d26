// Exact Shapley values of R² in processor time on one thread: every number is checked against the definition, or
// against the other route through the engine, before it is timed. Records to beat (relaimpo 2.2-7 on a like machine):
// 10 regressors 0.042 s, 12 0.169 s, 14 0.597 s; Stata's shapley2 stops at 20.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "headwater/core/random.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/linalg/subsets.hpp"

namespace headwater {
namespace {

SubsetGame game_of(Index p) {
  RandomStream random(1, 0, 0);
  Matrix Z(5 * p + 50, p + 1);
  for (Index i = 0; i < Z.size(); ++i) Z(i) = random.normal();
  for (Index j = 1; j <= p; ++j) Z.col(j) += 0.4 * Z.col(j - 1);
  SubsetGame game{Z.transpose() * Z, {}};
  for (Index j = 0; j < p; ++j) game.players.push_back({j});
  return game;
}

void require(bool holds, const char* what, Index p) {
  if (holds) return;
  std::fprintf(stderr, "%s is wrong at %d regressors; nothing is timed\n", what, static_cast<int>(p));
  std::exit(1);
}

// What all regressors explain, by one regression.
double explained(const SubsetGame& game) {
  const Index p = game.moments.rows() - 1;
  const Matrix Xy = game.moments.col(p).head(p);
  return Xy.col(0).dot(solve_definite(game.moments.topLeftCorner(p, p), Xy).col(0));
}

// The mean increment over all orders, one regression for each subset.
Vector by_definition(const SubsetGame& game) {
  const auto p = static_cast<Index>(game.size());
  std::vector<double> value(std::size_t{1} << p, 0);
  for (std::size_t mask = 1; mask < value.size(); ++mask) {
    std::vector<Index> in;
    for (Index j = 0; j < p; ++j)
      if (mask >> j & 1) in.push_back(j);
    const auto k = static_cast<Index>(in.size());
    SubsetGame own{Matrix(k + 1, k + 1), {}};
    in.push_back(p);
    for (Index a = 0; a <= k; ++a)
      for (Index b = 0; b <= k; ++b)
        own.moments(a, b) = game.moments(in[static_cast<std::size_t>(a)], in[static_cast<std::size_t>(b)]);
    value[mask] = explained(own);
  }
  const Vector weight = shapley_weights(p);
  Vector result = Vector::Zero(p);
  for (std::size_t mask = 0; mask < value.size(); ++mask)
    for (Index j = 0; j < p; ++j)
      if (!(mask >> j & 1))
        result(j) += weight(__builtin_popcountll(mask)) * (value[mask | std::size_t{1} << j] - value[mask]);
  return result;
}

// Processor time: the work is on one thread, and the machine may be shared.
template <class Work>
double seconds(const Work& work) {
  const std::clock_t start = std::clock();
  work();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

void measure(Index p) {
  const SubsetGame game = game_of(p);
  const double whole = explained(game);
  Vector values;
  const double values_time = seconds([&] { values = shapley(coalition_sums(game)); });
  require(std::abs(values.sum() - whole) <= 1e-11 * whole, "the sum of the values", p);
  if (p <= 10) require((values - by_definition(game)).norm() <= 1e-11 * whole, "a value", p);
  std::printf("%2d regressors  %9.5f s for the values (%5.2f ns a model)", static_cast<int>(p), values_time,
              1e9 * values_time / std::ldexp(1.0, static_cast<int>(p)));
  MomentFunctions functions;
  const double all_time = seconds([&] { functions = shapley_gradients(game); });
  require((functions.values - values).norm() <= 1e-10 * whole, "the backwards recursion", p);
  for (Index j = 0; j < p; ++j)
    require(std::abs(functions.gradients[static_cast<std::size_t>(j)].cwiseProduct(game.moments).sum() - values(j)) <=
                1e-10 * whole,
            "a derivative", p);
  std::printf("  %9.5f s with every derivative (%6.2f ns)\n", all_time,
              1e9 * all_time / std::ldexp(1.0, static_cast<int>(p)));
}

}  // namespace
}  // namespace headwater

int main(int count, char** arguments) {
  if (count == 1)
    for (const Eigen::Index p : {10, 12, 14, 20, 25, 28}) headwater::measure(p);
  for (int i = 1; i < count; ++i) headwater::measure(std::stoi(arguments[i]));
}
