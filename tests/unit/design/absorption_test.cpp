#include "headwater/design/absorption.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "headwater/core/random.hpp"

namespace headwater {
namespace {

Effect effect(const std::string& name, const std::vector<std::int32_t>& code) {
  Effect result{.levels = {.name = name, .code = code, .count = 0, .labels = {}},
                .slopes = Matrix(static_cast<Index>(code.size()), 0)};
  for (const std::int32_t c : code) result.levels.count = std::max(result.levels.count, c + 1);
  for (std::int32_t g = 0; g < result.levels.count; ++g) result.levels.labels.push_back(std::to_string(g));
  return result;
}

Matrix normals(Index rows, Index columns) {
  RandomStream random(7, 0, 0);
  Matrix X(rows, columns);
  for (Index i = 0; i < X.size(); ++i) X(i) = random.normal();
  return X;
}

TEST(Absorber, WithoutEffectsChangesNothing) {
  const Matrix x = normals(6, 2);
  const Absorber none({}, Vector(), 6);
  EXPECT_EQ(none.project(x).columns, x);
  EXPECT_EQ(none.rank().rank, 0);
}

TEST(Absorber, TakesOutWeightedMeans) {
  const Vector w = Vector::LinSpaced(4, 1, 4);
  Vector x(4);
  x << 1, 2, 4, 8;
  const Absorbed absorbed = Absorber({effect("g", {0, 0, 1, 1})}, w, 4).project(x);
  const double first = (1 * 1 + 2 * 2) / 3.0, second = (3 * 4 + 4 * 8) / 7.0;
  EXPECT_NEAR(absorbed.columns(0, 0), 1 - first, 1e-15);
  EXPECT_NEAR(absorbed.columns(3, 0), 8 - second, 1e-14);
  EXPECT_TRUE(absorbed.converged);
}

// Units {0,1} are only seen in periods {0,1}, units {2,3} only in {2,3}: two components, so two levels are redundant.
TEST(Absorber, CountsTheComponentsOfADisconnectedGraph) {
  const Absorber absorber({effect("unit", {0, 0, 1, 1, 2, 2, 3, 3}), effect("period", {0, 1, 0, 1, 2, 3, 2, 3})},
                          Vector(), 8);
  EXPECT_EQ(absorber.rank().rank, 4 + 4 - 2);
  EXPECT_EQ(absorber.rank().effects[0].redundant, 0);
  EXPECT_EQ(absorber.rank().effects[1].redundant, 2);
}

TEST(Absorber, CountsANestedEffectAsRedundant) {
  const Absorber absorber({effect("unit", {0, 0, 1, 1, 2, 2}), effect("region", {0, 0, 0, 0, 1, 1})}, Vector(), 6);
  EXPECT_EQ(absorber.rank().rank, 3);
  EXPECT_EQ(absorber.rank().effects[1].redundant, 2);
}

TEST(Absorber, FitsATrendForEachUnit) {
  Effect trends = effect("unit", {0, 0, 0, 1, 1, 1});
  trends.slopes.resize(6, 1);
  trends.slopes << 2013, 2014, 2015, 2013, 2014, 2015;
  trends.slope_names = {"year"};
  Vector x(6);
  x << 1, 3, 5, 9, 8, 7;  // straight lines
  const Absorber absorber({trends}, Vector(), 6);
  EXPECT_LT(absorber.project(x).columns.norm(), 1e-12);
  EXPECT_EQ(absorber.rank().rank, 4);
  const Matrix lines = absorber.coefficients(x).front();
  EXPECT_NEAR(lines(0, 1), 2, 1e-12);
  EXPECT_NEAR(lines(1, 1), -1, 1e-12);
  EXPECT_NEAR(lines(0, 0), 1 - 2 * 2013, 1e-8);
}

// More levels besides the largest effect than are factored densely: conjugate gradients, and components for the rank.
TEST(Absorber, StillMeetsItsCertificateOnManyLevels) {
  const std::int32_t firms = 5000, workers = 6000;
  RandomStream random(3, 0, 0);
  std::vector<std::int32_t> worker, firm;
  for (std::int32_t i = 0; i < 40000; ++i) {
    worker.push_back(i < workers ? i : static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(workers))));
    firm.push_back(i < firms ? i : static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(firms))));
  }
  const Absorber absorber({effect("worker", worker), effect("firm", firm)}, Vector(), 40000);
  const Absorbed absorbed = absorber.project(normals(40000, 1));
  EXPECT_TRUE(absorbed.converged);
  EXPECT_LE(absorbed.certificate, 1e-10);
  EXPECT_GT(absorbed.iterations, 0);
  EXPECT_LE(absorber.rank().rank, firms + workers - 1);
}

}  // namespace
}  // namespace headwater
