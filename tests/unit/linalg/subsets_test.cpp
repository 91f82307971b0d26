// The subset engine against one regression for each subset.
#include "headwater/linalg/subsets.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "headwater/core/error.hpp"
#include "headwater/core/random.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

Matrix rows_of(std::uint64_t seed, Index n, Index p) {
  RandomStream random(seed, 0, 0);
  Matrix Z(n, p + 1);
  for (Index i = 0; i < Z.size(); ++i) Z(i) = random.normal();
  for (Index j = 1; j <= p; ++j) Z.col(j) += 0.6 * Z.col(j - 1);
  return Z;
}

// Explained sum of squares and coefficients of the columns, zero elsewhere.
std::pair<double, Vector> regression(const Matrix& A, const std::vector<Index>& columns) {
  const Index y = A.rows() - 1;
  Vector b = Vector::Zero(y);
  if (columns.empty()) return {0, b};
  const auto k = static_cast<Index>(columns.size());
  Matrix XX(k, k);
  Vector Xy(k);
  for (Index i = 0; i < k; ++i) {
    Xy(i) = A(columns[static_cast<std::size_t>(i)], y);
    for (Index j = 0; j < k; ++j)
      XX(i, j) = A(columns[static_cast<std::size_t>(i)], columns[static_cast<std::size_t>(j)]);
  }
  const Vector solution = solve_definite(XX, Xy);
  for (Index i = 0; i < k; ++i) b(columns[static_cast<std::size_t>(i)]) = solution(i);
  return {solution.dot(Xy), b};
}

std::vector<Index> columns_in(const SubsetGame& game, std::uint32_t mask) {
  std::vector<Index> columns;
  for (std::size_t i = 0; i < game.size(); ++i)
    if (mask >> i & 1) columns.insert(columns.end(), game.players[i].begin(), game.players[i].end());
  return columns;
}

std::vector<SubsetGame> games() {
  const auto moments = [](std::uint64_t seed, Index p) {
    const Matrix Z = rows_of(seed, 60, p);
    return Matrix(Z.transpose() * Z);
  };
  return {{moments(1, 1), {{0}}},
          {moments(2, 3), {{2}, {0}, {1}}},
          {moments(3, 7), {{0}, {1}, {2}, {3}, {4}, {5}, {6}}},
          {moments(4, 8), {{0, 3}, {1}, {2, 4, 5}, {6}, {7}}},
          {moments(5, 9), {{8, 0}, {1, 2}, {3, 4, 5}, {6, 7}}}};
}

double explained(const SubsetGame& game, std::uint32_t mask) {
  return regression(game.moments, columns_in(game, mask)).first;
}

TEST(Subsets, EveryCoalitionIsTheRegressionOnItsColumns) {
  for (const SubsetGame& game : games()) {
    std::map<std::uint32_t, int> seen;
    each_coalition(game, [&](std::uint32_t mask, double value, const Vector& b) {
      ++seen[mask];
      const auto [expected, coefficients] = regression(game.moments, columns_in(game, mask));
      EXPECT_NEAR(value, expected, 1e-11 * game.moments(b.size(), b.size()));
      EXPECT_LE((b - coefficients).norm(), 1e-10 * (1 + coefficients.norm()));
    });
    EXPECT_EQ(seen.size(), std::size_t{1} << game.size());
  }
}

TEST(Subsets, SumsAreByMembershipAndSize) {
  for (const SubsetGame& game : games()) {
    const auto q = static_cast<Index>(game.size());
    const CoalitionSums sums = coalition_sums(game);
    Matrix with = Matrix::Zero(q + 1, q), without = with;
    for (std::uint32_t mask = 0; mask < (1U << q); ++mask)
      for (Index i = 0; i < q; ++i)
        (mask >> i & 1 ? with : without)(__builtin_popcount(mask), i) += explained(game, mask);
    EXPECT_LE((sums.with - with).norm(), 1e-10 * with.norm());
    EXPECT_LE((sums.without - without).norm(), 1e-10 * with.norm());
  }
}

// The definition, over coalitions.
Vector shapley_by_definition(const SubsetGame& game) {
  const auto q = static_cast<Index>(game.size());
  const Vector weight = shapley_weights(q);
  Vector value = Vector::Zero(q);
  for (std::uint32_t mask = 0; mask < (1U << q); ++mask)
    for (Index i = 0; i < q; ++i)
      if (!(mask >> i & 1))
        value(i) += weight(__builtin_popcount(mask)) * (explained(game, mask | 1U << i) - explained(game, mask));
  return value;
}

TEST(Subsets, ShapleyValuesFromSumsAndFromTheBackwardsRecursionAreTheDefinition) {
  for (const SubsetGame& game : games()) {
    const Vector expected = shapley_by_definition(game);
    EXPECT_LE((shapley(coalition_sums(game)) - expected).norm(), 1e-11 * expected.norm());
    EXPECT_LE((shapley_gradients(game).values - expected).norm(), 1e-11 * expected.norm());
  }
}

TEST(Subsets, GradientsAreTheDerivativesInEachMoment) {
  for (const SubsetGame& game : games()) {
    const MomentFunctions functions = shapley_gradients(game);
    const Index p = game.moments.rows();
    for (Index a = 0; a < p; ++a)
      for (Index b = 0; b <= a; ++b) {
        const double h = 1e-3 * std::sqrt(game.moments(a, a) * game.moments(b, b));
        const auto at = [&](double step) {
          SubsetGame moved = game;
          moved.moments(a, b) += step;
          if (a != b) moved.moments(b, a) += step;
          return shapley(coalition_sums(moved));
        };
        const Vector slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
        for (std::size_t i = 0; i < game.size(); ++i)
          EXPECT_NEAR(functions.gradients[i](a, b) * (a == b ? 1 : 2), slope(static_cast<Index>(i)), 1e-7);
      }
  }
}

TEST(Subsets, OwenValuesOfAGroupSumToItsValueBetweenTheGroups) {
  const SubsetGame groups = games()[3];
  SubsetGame inside{groups.moments, {{2}, {4}, {5}}, {{0, 3}, {1}, {6}, {7}}};
  const MomentFunctions owen = shapley_gradients(inside), between = shapley_gradients(groups);
  EXPECT_NEAR(owen.values.sum(), between.values(2), 1e-11 * between.values(2));
  Matrix sum = owen.gradients[0] + owen.gradients[1] + owen.gradients[2];
  EXPECT_LE((sum - between.gradients[2]).norm(), 1e-10 * between.gradients[2].norm());
}

TEST(Subsets, RedundantColumnsAddNothing) {
  Matrix Z = rows_of(9, 40, 4);
  Z.col(3) = Z.col(0) - 2 * Z.col(1);
  const SubsetGame game{Z.transpose() * Z, {{0}, {1}, {2}, {3}}};
  const SubsetGame fewer{game.moments, {{0}, {1}, {2}}};
  EXPECT_NEAR(shapley(coalition_sums(game)).sum(), shapley(coalition_sums(fewer)).sum(), 1e-10 * game.moments(4, 4));
}

TEST(Subsets, RandomOrdersSumToTheWholeAndTendToTheValue) {
  for (const SubsetGame& game : games()) {
    const Vector expected = shapley_by_definition(game);
    const SampledShapley sampled = sampled_shapley(game, 400, 7);
    EXPECT_NEAR(sampled.functions.values.sum(), expected.sum(), 1e-11 * expected.sum());
    for (Index i = 0; i < expected.size(); ++i) {
      EXPECT_NEAR(sampled.functions.values(i), expected(i), 4 * std::sqrt(sampled.sampling(i, i)) + 1e-12);
      EXPECT_NEAR(sampled.functions.gradients[static_cast<std::size_t>(i)].cwiseProduct(game.moments).sum(),
                  sampled.functions.values(i), 1e-10 * game.moments(game.moments.rows() - 1, game.moments.rows() - 1));
    }
  }
}

TEST(Subsets, ModelsAreSummedByTheirDensity) {
  for (const SubsetGame& game : games()) {
    const auto q = static_cast<Index>(game.size());
    const auto density = [](double value, int players, int columns) {
      return std::exp(0.01 * value - columns + 0.3 * players);
    };
    const ModelSums sums = model_sums(game, density);
    double mass = 0;
    Vector inclusion = Vector::Zero(q), coefficients = Vector::Zero(game.moments.rows() - 1);
    for (std::uint32_t mask = 0; mask < (1U << q); ++mask) {
      const std::vector<Index> columns = columns_in(game, mask);
      const auto [value, b] = regression(game.moments, columns);
      const double d = density(value, __builtin_popcount(mask), static_cast<int>(columns.size()));
      mass += d;
      coefficients += d * b;
      for (Index i = 0; i < q; ++i)
        if (mask >> i & 1) inclusion(i) += d;
    }
    EXPECT_NEAR(sums.mass, mass, 1e-10 * mass);
    EXPECT_NEAR(sums.size.sum(), mass, 1e-10 * mass);
    EXPECT_LE((sums.inclusion - inclusion).norm(), 1e-10 * mass);
    EXPECT_LE((sums.coefficients - coefficients).norm(), 1e-10 * mass);
  }
}

TEST(Subsets, RefusesWhatCannotBeListed) {
  SubsetGame game{Matrix::Identity(30, 30), {}};
  for (Index j = 0; j < 29; ++j) game.players.push_back({j});
  try {
    coalition_sums(game);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "29 groups make 2^29 coalitions, above the limit of 2^28; join some groups");
  }
}

}  // namespace
}  // namespace headwater
