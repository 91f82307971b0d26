// The leave-out correction against explicit dummies, matrix by matrix, and the connected set against removal by hand.
#include "headwater/decompositions/two_way.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/random.hpp"
#include "headwater/design/encoding.hpp"
#include "headwater/linalg/solve.hpp"
#include "small_panel.hpp"

namespace headwater {
namespace {

struct Rows {
  Grouping worker, firm;
  Vector y;
};

// Workers of 2–5 rows who move between firms now and then; row variances differ.
Rows rows_of(std::uint64_t seed, int workers, int firms, double move) {
  RandomStream random(seed, 0, 0);
  std::vector<std::int32_t> worker, firm;
  std::vector<double> y;
  Vector psi(firms);
  for (Index j = 0; j < firms; ++j) psi(j) = 0.5 * random.normal();
  for (int i = 0; i < workers; ++i) {
    const double alpha = random.normal();
    auto at = static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(firms)));
    const int rows = 2 + static_cast<int>(random.below(4));
    for (int t = 0; t < rows; ++t) {
      if (random.uniform() < move) at = static_cast<std::int32_t>(random.below(static_cast<std::uint32_t>(firms)));
      worker.push_back(i);
      firm.push_back(at);
      y.push_back(alpha + psi(at) + (0.3 + 0.3 * random.uniform()) * random.normal());
    }
  }
  const auto grouped = [](const std::string& name, const std::vector<std::int32_t>& code, int count) {
    Grouping g{.name = name, .code = code, .count = count, .labels = {}};
    for (int l = 0; l < count; ++l) g.labels.push_back(name + std::to_string(l));
    return g;
  };
  Rows all{grouped("worker", worker, workers), grouped("firm", firm, firms),
           Eigen::Map<const Vector>(y.data(), static_cast<Index>(y.size()))};
  const std::vector<bool> keep = leave_out_connected(all.worker, all.firm);
  std::vector<std::int64_t> kept;
  for (std::size_t i = 0; i < keep.size(); ++i)
    if (keep[i]) kept.push_back(static_cast<std::int64_t>(i));
  Rows pruned{restricted(all.worker, kept), restricted(all.firm, kept), Vector(static_cast<Index>(kept.size()))};
  for (std::size_t i = 0; i < kept.size(); ++i) pruned.y(static_cast<Index>(i)) = all.y(kept[i]);
  return pruned;
}

// D = [worker dummies, firm dummies but the last] over matches with weights; everything by dense matrices.
TwoWayVariance by_matrices(const Rows& rows, const Matches& m) {
  const Index N = m.firsts, J = m.seconds, M = m.count.size(), k = N + J - 1;
  Matrix D = Matrix::Zero(M, k), over_first = Matrix::Zero(rows.y.size(), k), over_second = over_first;
  for (Index r = 0; r < M; ++r) {
    D(r, m.first[static_cast<std::size_t>(r)]) = 1;
    if (m.second[static_cast<std::size_t>(r)] < J - 1) D(r, N + m.second[static_cast<std::size_t>(r)]) = 1;
  }
  for (Index i = 0; i < rows.y.size(); ++i) {
    over_first(i, rows.worker.code[static_cast<std::size_t>(i)]) = 1;
    if (rows.firm.code[static_cast<std::size_t>(i)] < J - 1)
      over_second(i, N + rows.firm.code[static_cast<std::size_t>(i)]) = 1;
  }
  const auto centred = [](const Matrix& X) { return Matrix(X.rowwise() - X.colwise().mean()); };
  const Matrix inverse = inverse_definite(Matrix(D.transpose() * m.count.asDiagonal() * D));
  const Vector b = inverse * (D.transpose() * m.count.asDiagonal() * m.mean);
  const Matrix lever = D * inverse * D.transpose() * m.count.asDiagonal();
  const double divisor = m.rows - 1;
  const auto corrected = [&](const Matrix& left, const Matrix& right) {
    const Matrix A = centred(left).transpose() * centred(right) / divisor;
    const Matrix S = 0.5 * (A + A.transpose());
    double value = b.dot(S * b);
    const Matrix B = D * inverse * S * inverse * D.transpose();
    for (Index r = 0; r < M; ++r) {
      const double w = m.count(r), residual = m.mean(r) - D.row(r).dot(b);
      const bool stays = lever(r, r) > 1 - 1e-10;
      const double noise = stays ? m.spare(r) : w * (m.mean(r) - rows.y.mean()) * residual / (1 - lever(r, r));
      value -= w * B(r, r) * noise;
    }
    return value;
  };
  return {corrected(over_first, over_first), corrected(over_second, over_second), corrected(over_first, over_second)};
}

TEST(TwoWay, EqualsTheCorrectionByExplicitMatrices) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    const Rows rows = rows_of(seed, 60, 7, 0.3);
    const Matches m = matches(rows.y, rows.worker, rows.firm);
    const TwoWay got = two_way(m);
    const TwoWayVariance expected = by_matrices(rows, m);
    EXPECT_NEAR(got.corrected.first, expected.first, 1e-11);
    EXPECT_NEAR(got.corrected.second, expected.second, 1e-11);
    EXPECT_NEAR(got.corrected.covariance, expected.covariance, 1e-11);
    EXPECT_LT(got.corrected.second, got.plug_in.second);
  }
}

// The spare variance of a match: leave one row out of it at a time.
TEST(TwoWay, NoiseOfAStayerIsFromItsOtherRows) {
  const Rows rows = rows_of(5, 40, 4, 0.2);
  const Matches m = matches(rows.y, rows.worker, rows.firm);
  for (Index k = 0; k < m.count.size(); ++k) {
    if (m.count(k) < 2) continue;
    double sum = 0;
    for (Index i = 0; i < rows.y.size(); ++i) {
      if (rows.worker.code[static_cast<std::size_t>(i)] != m.first[static_cast<std::size_t>(k)] ||
          rows.firm.code[static_cast<std::size_t>(i)] != m.second[static_cast<std::size_t>(k)])
        continue;
      const double others = (m.count(k) * m.mean(k) - rows.y(i)) / (m.count(k) - 1);
      sum += (rows.y(i) - rows.y.mean()) * (rows.y(i) - others) / m.count(k);
    }
    EXPECT_NEAR(m.spare(k), sum, 1e-12);
  }
}

// Unbiased over draws of the noise with effects and matches held.
TEST(TwoWay, IsUnbiasedWherePlugInIsNot) {
  const Rows base = rows_of(6, 80, 6, 0.35);
  Matches m = matches(base.y, base.worker, base.firm);
  RandomStream effects(99, 0, 0);
  Vector alpha(m.firsts), psi(m.seconds);
  for (Index i = 0; i < alpha.size(); ++i) alpha(i) = effects.normal();
  for (Index j = 0; j < psi.size(); ++j) psi(j) = 0.4 * effects.normal();
  Vector truth(base.y.size());
  for (Index i = 0; i < truth.size(); ++i) truth(i) = psi(base.firm.code[static_cast<std::size_t>(i)]);
  const double expected = (truth.array() - truth.mean()).square().sum() / (m.rows - 1);
  const int draws = 1500;
  double corrected = 0, squares = 0, plug_in = 0;
  for (int draw = 0; draw < draws; ++draw) {
    RandomStream random(7, static_cast<std::uint32_t>(draw), 1);
    Vector y = truth;
    for (Index i = 0; i < y.size(); ++i)
      y(i) += alpha(base.worker.code[static_cast<std::size_t>(i)]) +
              (0.4 + 0.4 * static_cast<double>(i % 3)) * random.normal();
    const TwoWay got = two_way(matches(y, base.worker, base.firm));
    corrected += got.corrected.second / draws;
    squares += got.corrected.second * got.corrected.second / draws;
    plug_in += got.plug_in.second / draws;
  }
  const double error = std::sqrt((squares - corrected * corrected) / draws);
  EXPECT_NEAR(corrected, expected, 4 * error);
  EXPECT_GT(plug_in, expected + 10 * error);
}

TEST(LeaveOutConnected, StaysConnectedWithoutAnyOneMover) {
  // Firms 0-1 linked by workers 0 and 1; firm 2 hangs on worker 2 alone; worker 3 stays in firm 2; worker 4 is seen
  // once.
  const Grouping worker{.name = "worker", .code = {0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 5}, .count = 6, .labels = {}};
  const Grouping firm{.name = "firm", .code = {0, 1, 0, 1, 1, 2, 2, 2, 0, 0, 0}, .count = 3, .labels = {}};
  EXPECT_EQ(leave_out_connected(worker, firm),
            (std::vector<bool>{true, true, true, true, false, false, false, false, false, true, true}));
}

TEST(LeaveOut, PartsOfThePlugInSumAndNothingHasAnError) {
  const SmallModel m = small_model(small_panel(3, 40, 6, 0.9), small_spec("y ~ x + z", "pooled"));
  const auto both = m.run("leave_out(first = unit, second = year)");
  ASSERT_EQ(both.size(), 2);
  EXPECT_TRUE(both[0].additive);
  EXPECT_LE(both[0].closure_error, both[0].tolerance);
  EXPECT_FALSE(both[1].estimates.estimable[0]);
  EXPECT_LT(both[1].estimates.values(0), both[0].estimates.values(0));
}

TEST(LeaveOut, RefusesLevelsThatNothingLinks) {
  const SmallModel m = small_model(small_panel(3, 12, 4), small_spec("y ~ x + z", "pooled"));
  try {
    m.run("leave_out(first = unit, second = type)");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "no two levels of type are linked by unit in more than one way, so leaving one out disconnects them and "
              "nothing can be corrected");
  }
}

}  // namespace
}  // namespace headwater
