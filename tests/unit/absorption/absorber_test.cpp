#include "headwater/absorption/absorber.hpp"

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

// What is taken out is a combination of the effects' columns, and what is left is orthogonal to them (the certificate).
void expect_projection(const std::vector<Effect>& effects, const Absorber& absorber) {
  const Index n = static_cast<Index>(effects.front().levels.code.size());
  const Vector x = normals(n, 1).col(0).array() + 3;
  const Absorbed absorbed = absorber.project(x);
  EXPECT_TRUE(absorbed.converged);
  EXPECT_LE(absorbed.certificate, 1e-13);
  const std::vector<Matrix> solutions = absorber.coefficients(x);
  Vector left = x;
  for (std::size_t q = 0; q < effects.size(); ++q)
    for (Index i = 0; i < n; ++i) {
      const std::int32_t g = effects[q].levels.code[static_cast<std::size_t>(i)];
      const Index lead = effects[q].intercept ? 1 : 0;
      if (lead > 0) left(i) -= solutions[q](g, 0);
      for (Index c = 0; c < effects[q].slopes.cols(); ++c)
        left(i) -= solutions[q](g, lead + c) * effects[q].slopes(i, c);
    }
  EXPECT_LE((left - absorbed.columns.col(0)).norm(), 1e-9 * x.norm());
  std::vector<Matrix> adjoint;
  for (const Matrix& own : solutions) adjoint.push_back(normals(own.rows(), own.cols()));
  double direct = 0;
  for (std::size_t q = 0; q < effects.size(); ++q) direct += adjoint[q].cwiseProduct(solutions[q]).sum();
  EXPECT_NEAR(absorber.row_weights(adjoint).dot(x), direct, 1e-7 * (1 + std::abs(direct)));
}

struct Ids {
  std::vector<std::int32_t> person, year, firm;
};

// Ten years a person; the firm in turn, or at random.
Ids ids(std::int32_t persons, std::int32_t firms, bool in_turn) {
  RandomStream random(3, 0, 0);
  Ids result;
  for (std::int32_t i = 0; i < 10 * persons; ++i) {
    result.person.push_back(i / 10);
    result.year.push_back(i % 10);
    result.firm.push_back(
        in_turn || i < firms ? i % firms : static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(firms))));
  }
  return result;
}

// An even number of firms in turn shares its parity with the year: one more column depends on the others than two.
TEST(Absorber, FactorsAManyLevelledGraphSparselyAndFindsItsHiddenDependence) {
  const Ids id = ids(4000, 806, true);
  const std::vector<Effect> effects = {effect("person", id.person), effect("year", id.year), effect("firm", id.firm)};
  const Absorber absorber(effects, Vector(), 40000);
  EXPECT_NE(absorber.solver().find("sparse Cholesky of 816 columns"), std::string::npos) << absorber.solver();
  EXPECT_EQ(absorber.rank().rank, 4000 + 10 + 806 - 3);
  EXPECT_EQ(absorber.rank().effects[1].redundant, 1);
  EXPECT_EQ(absorber.rank().effects[2].redundant, 2);
  expect_projection(effects, absorber);
}

TEST(Absorber, IteratesWhereEveryLevelMeetsManyOthers) {
  const Ids id = ids(20000, 1500, false);
  const std::vector<Effect> effects = {effect("person", id.person), effect("year", id.year), effect("firm", id.firm)};
  const Absorber absorber(effects, Vector(), 200000);
  EXPECT_NE(absorber.solver().find("conjugate gradients on 1500 levels, 10 columns beside"), std::string::npos)
      << absorber.solver();
  EXPECT_EQ(absorber.rank().rank, 20000 + 10 + 1500 - 2);
  EXPECT_GT(absorber.project(normals(200000, 1)).iterations, 0);
  expect_projection(effects, absorber);
}

// Three thousand units with a line and a bend each; weights; the unit's slopes are eliminated with its level.
TEST(Absorber, EliminatesTheSlopesOfManyUnits) {
  const std::int32_t units = 3000, periods = 8;
  std::vector<std::int32_t> unit, period, area;
  for (std::int32_t i = 0; i < units * periods; ++i) {
    unit.push_back(i / periods);
    period.push_back(i % periods);
    area.push_back((i / periods) % 600);
  }
  const Index n = units * periods;
  Effect trends = effect("unit", unit);
  trends.slopes.resize(n, 2);
  for (Index i = 0; i < n; ++i) {
    const double t = 2010 + period[static_cast<std::size_t>(i)];
    trends.slopes.row(i) << t, t * t;
  }
  trends.slope_names = {"t", "t2"};
  const std::vector<Effect> effects = {trends, effect("period", period), effect("area", area)};
  const Vector w = normals(n, 1).col(0).array().square() + 0.1;
  const Absorber absorber(effects, w, n);
  // Areas hold whole units, and a constant, a line and a bend over the periods are sums of the units' own.
  EXPECT_EQ(absorber.rank().rank, 3 * units + periods - 3);
  expect_projection(effects, absorber);
}

// Workers who meet seven firms each at random: a sparse matrix whose factor fills up.
TEST(Absorber, DoesNotFactorWhatFillsUp) {
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
