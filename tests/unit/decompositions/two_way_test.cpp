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

// Variance of the rows of a match, one row left out of its mean at a time.
double spare(const Rows& rows, const Matches& m, Index k) {
  double sum = 0;
  for (Index i = 0; i < rows.y.size(); ++i) {
    if (rows.worker.code[static_cast<std::size_t>(i)] != m.first.code[static_cast<std::size_t>(k)] ||
        rows.firm.code[static_cast<std::size_t>(i)] != m.second.code[static_cast<std::size_t>(k)])
      continue;
    const double others = (m.count(k) * m.mean(k) - rows.y(i)) / (m.count(k) - 1);
    sum += (rows.y(i) - rows.y.mean()) * (rows.y(i) - others) / m.count(k);
  }
  return sum;
}

// D = [worker dummies, firm dummies but the last] over matches with weights; everything by dense matrices.
Vector by_matrices(const Rows& rows, const Matches& m) {
  const Index N = m.first.count, J = m.second.count, M = m.count.size(), k = N + J - 1;
  Matrix D = Matrix::Zero(M, k), over_first = Matrix::Zero(rows.y.size(), k), over_second = over_first;
  for (Index r = 0; r < M; ++r) {
    D(r, m.first.code[static_cast<std::size_t>(r)]) = 1;
    if (m.second.code[static_cast<std::size_t>(r)] < J - 1) D(r, N + m.second.code[static_cast<std::size_t>(r)]) = 1;
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
      const double noise = stays ? spare(rows, m, r) : w * (m.mean(r) - rows.y.mean()) * residual / (1 - lever(r, r));
      value -= w * B(r, r) * noise;
    }
    return value;
  };
  return Eigen::Vector3d(corrected(over_first, over_first), corrected(over_second, over_second),
                         corrected(over_first, over_second));
}

TEST(TwoWay, EqualsTheCorrectionByExplicitMatrices) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    const Rows rows = rows_of(seed, 60, 7, 0.3);
    const Matches m = matches(rows.y, rows.worker, rows.firm);
    const TwoWay got = two_way(m);
    EXPECT_LT((got.corrected - by_matrices(rows, m)).cwiseAbs().maxCoeff(), 1e-11);
    EXPECT_LT(got.corrected(kSecond), got.plug_in(kSecond));
  }
}

// A first unit that never moves: leave one row out of its match at a time.
TEST(TwoWay, NoiseOfAStayerIsFromItsOtherRows) {
  const Rows rows = rows_of(5, 40, 4, 0.2);
  const Matches m = matches(rows.y, rows.worker, rows.firm);
  const TwoWay got = two_way(m);
  int staying = 0;
  for (Index k = 0; k < m.count.size(); ++k) {
    if (m.count(k) < 2 || got.leverage(k) < 1 - 1e-9) continue;
    EXPECT_NEAR(got.noise(k), spare(rows, m, k), 1e-12);
    ++staying;
  }
  EXPECT_GT(staying, 10);
}

// What a piece of noise adds is the slope of the corrected variances in it, times its residual over √(1 − P).
TEST(TwoWay, ErrorsAreSlopesTimesResiduals) {
  for (const std::uint64_t seed : {11U, 12U}) {
    const Rows rows = rows_of(seed, 50, 6, 0.3);
    const Matches m = matches(rows.y, rows.worker, rows.firm);
    const TwoWay got = two_way(m);
    const auto slope = [&](const Vector& direction) {
      const double h = 1e-4;
      const auto at = [&](double step) {
        return two_way(matches(rows.y + step * direction, rows.worker, rows.firm)).corrected;
      };
      return Vector((at(h) - at(-h)) / (2 * h));  // exact for a quadratic
    };
    int moving = 0, staying = 0;
    for (Index k = 0; k < m.count.size(); ++k) {
      const Index mates = end_of_first(m, k) - k;
      if (mates == 1 &&
          (k == 0 || m.first.code[static_cast<std::size_t>(k - 1)] != m.first.code[static_cast<std::size_t>(k)]))
        continue;
      Vector match = Vector::Zero(rows.y.size());
      for (Index i = 0; i < match.size(); ++i) match(i) = m.match[static_cast<std::size_t>(i)] == k ? 1 : 0;
      const Vector expected = slope(match) * got.residual(k) / std::sqrt(1 - got.leverage(k));
      EXPECT_LT((got.errors.row(k).transpose() - expected).cwiseAbs().maxCoeff(), 1e-9);
      ++moving;
    }
    for (Index i = 0; i < rows.y.size(); ++i) {
      const Index k = m.match[static_cast<std::size_t>(i)];
      if (1 - got.leverage(k) > 1e-9) {
        EXPECT_EQ(got.errors.row(m.count.size() + i).norm(), 0);
        continue;
      }
      const double residual = m.deviation(i) * std::sqrt(m.count(k) / (m.count(k) - 1));
      const Vector expected = slope(Vector::Unit(rows.y.size(), i)) * residual;
      EXPECT_LT((got.errors.row(m.count.size() + i).transpose() - expected).cwiseAbs().maxCoeff(), 1e-9);
      ++staying;
    }
    EXPECT_GT(moving, 20);
    EXPECT_GT(staying, 20);
  }
}

// Over draws of the noise with effects and matches held: unbiased where plug-in is not, with variances on the safe side
// but not far from it, and intervals that cover.
TEST(TwoWay, IsUnbiasedAndItsIntervalsCover) {
  const Rows base = rows_of(6, 160, 8, 0.35);
  const Matches m = matches(base.y, base.worker, base.firm);
  RandomStream effects(99, 0, 0);
  Vector alpha(m.first.count), psi(m.second.count);
  for (Index i = 0; i < alpha.size(); ++i) alpha(i) = effects.normal();
  for (Index j = 0; j < psi.size(); ++j) psi(j) = 0.4 * effects.normal();
  Vector of_worker(base.y.size()), of_firm = of_worker;
  for (Index i = 0; i < of_firm.size(); ++i) {
    of_worker(i) = alpha(base.worker.code[static_cast<std::size_t>(i)]);
    of_firm(i) = psi(base.firm.code[static_cast<std::size_t>(i)]);
  }
  const auto over_rows = [&](const Vector& a, const Vector& b) {
    return (a.array() - a.mean()).matrix().dot((b.array() - b.mean()).matrix()) / (m.rows - 1);
  };
  const Eigen::Vector3d truth(over_rows(of_worker, of_worker), over_rows(of_firm, of_firm),
                              over_rows(of_worker, of_firm));
  const int draws = 1500;
  Eigen::Array3d mean = Eigen::Array3d::Zero(), squares = mean, variance = mean, covered = mean, plug_in = mean;
  for (int draw = 0; draw < draws; ++draw) {
    RandomStream random(7, static_cast<std::uint32_t>(draw), 1);
    Vector y = of_worker + of_firm;
    for (Index i = 0; i < y.size(); ++i) y(i) += (0.4 + 0.4 * static_cast<double>(i % 3)) * random.normal();
    const TwoWay got = two_way(matches(y, base.worker, base.firm));
    const Eigen::Array3d own = got.errors.colwise().squaredNorm().transpose().array();
    mean += got.corrected.array() / draws;
    squares += got.corrected.array().square() / draws;
    plug_in += got.plug_in.array() / draws;
    variance += own / draws;
    for (Index part = 0; part < kTwoWayParts; ++part)
      covered(part) += std::abs(got.corrected(part) - truth(part)) <= 1.96 * std::sqrt(own(part)) ? 1.0 / draws : 0;
  }
  const Eigen::Array3d actual = squares - mean.square();
  for (Index part = 0; part < kTwoWayParts; ++part) {
    EXPECT_NEAR(mean(part), truth(part), 4 * std::sqrt(actual(part) / draws)) << part;
    EXPECT_GT(variance(part), 0.9 * actual(part)) << part;  // a simulated variance is known to a few per cent
    EXPECT_LT(variance(part), 2 * actual(part)) << part;
    EXPECT_GT(covered(part), 0.93) << part;
  }
  EXPECT_GT(plug_in(kSecond), truth(kSecond) + 10 * std::sqrt(actual(kSecond) / draws));
}

TEST(LeaveOutConnected, StaysConnectedWithoutAnyOneMover) {
  // Firms 0-1 linked by workers 0 and 1; firm 2 hangs on worker 2 alone; worker 3 stays in firm 2; worker 4 is seen
  // once.
  const Grouping worker{.name = "worker", .code = {0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 5}, .count = 6, .labels = {}};
  const Grouping firm{.name = "firm", .code = {0, 1, 0, 1, 1, 2, 2, 2, 0, 0, 0}, .count = 3, .labels = {}};
  EXPECT_EQ(leave_out_connected(worker, firm),
            (std::vector<bool>{true, true, true, true, false, false, false, false, false, true, true}));
}

TEST(LeaveOut, PartsOfThePlugInSumAndTheCorrectedOnesHaveErrors) {
  const SmallModel m = small_model(small_panel(3, 40, 6, 0.9), small_spec("y ~ x + z", "pooled"));
  const auto both = m.run("leave_out(first = unit, second = year)");
  ASSERT_EQ(both.size(), 2);
  EXPECT_TRUE(both[0].additive);
  EXPECT_LE(both[0].closure_error, both[0].tolerance);
  EXPECT_FALSE(both[0].estimates.estimable[0]);
  EXPECT_EQ(both[1].estimates.kind, UncertaintyKind::model);
  EXPECT_GT(both[1].covariance.diagonal().minCoeff(), 0);
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

// θ̂ − Σ_r B_rr σ̂_r²/(n − 1), σ̂_r² = (y_r − ȳ) e_r/(1 − 1/T), with the matrices written out.
TEST(LeaveOut, OneSetOfEffectsIsCorrectedRowByRow) {
  for (const double keep : {1.0, 0.6}) {
    SmallModel m = small_model(small_panel(41, 25, 5, keep), small_spec("y ~ 1", "pooled"));
    const std::vector<Decomposition> both = m.run("leave_out");
    const Design& design = *m.design;
    std::vector<Index> rows;
    Vector count = Vector::Zero(design.unit.count);
    for (const std::int32_t u : design.unit.code) ++count(u);
    for (Index i = 0; i < design.n(); ++i)
      if (count(design.unit.code[static_cast<std::size_t>(i)]) > 1) rows.push_back(i);
    const auto n = static_cast<Index>(rows.size());
    const Vector y = design.y(rows), apart = y.array() - y.mean();
    Matrix P(n, n);
    for (Index a = 0; a < n; ++a)
      for (Index b = 0; b < n; ++b) {
        const std::int32_t u = design.unit.code[static_cast<std::size_t>(rows[static_cast<std::size_t>(a)])];
        P(a, b) = u == design.unit.code[static_cast<std::size_t>(rows[static_cast<std::size_t>(b)])] ? 1 / count(u) : 0;
      }
    const Matrix B = P - Matrix::Constant(n, n, 1.0 / static_cast<double>(n));
    const Vector e = y - P * y;
    const double plug_in = apart.dot(B * apart) / static_cast<double>(n - 1);
    double correction = 0;
    for (Index r = 0; r < n; ++r) correction += B(r, r) * apart(r) * e(r) / (1 - P(r, r)) / static_cast<double>(n - 1);
    ASSERT_EQ(both.size(), 2u);
    EXPECT_EQ(both[0].estimates.names, (Names{"effects: unit", "residual"}));
    EXPECT_EQ(both[1].estimates.names, (Names{"effects: unit"}));
    EXPECT_NEAR(both[0].estimates.values(0), plug_in, 1e-13);
    EXPECT_NEAR(both[1].estimates.values(0), plug_in - correction, 1e-13);
    EXPECT_GT(both[1].covariance(0, 0), 0);
    EXPECT_EQ(both[1].choices.at("left_out"), "row");
    EXPECT_EQ(both[1].choices.count("second"), 0u);
  }
}

// 400 panels of 60 units with 2 to 5 rows, effects of variance one and unequal noise.
TEST(LeaveOut, OneSetOfEffectsIsUnbiased) {
  double corrected = 0, plug_in = 0, truth = 0, covered = 0;
  for (std::uint32_t r = 0; r < 400; ++r) {
    RandomStream random(71, r, 0);
    std::vector<std::string> unit;
    std::vector<double> y, effect;
    for (int u = 0; u < 60; ++u) {
      const double alpha = random.normal(), scale = 0.5 + random.uniform();
      const int rows = 2 + static_cast<int>(random.below(4));
      for (int t = 0; t < rows; ++t) {
        unit.push_back("u" + std::to_string(u));
        effect.push_back(alpha);
        y.push_back(alpha + scale * random.normal());
      }
    }
    const auto n = static_cast<Index>(y.size());
    std::vector<std::int64_t> rows;
    Vector period(n);
    for (Index i = 0; i < n; ++i) {
      rows.push_back(i + 2);
      period(i) = static_cast<double>(i);
    }
    const Vector alpha = Eigen::Map<const Vector>(effect.data(), n);
    const SmallModel m = small_model(Panel({text_column("unit", unit), number_column("year", period),
                                            number_column("y", Eigen::Map<const Vector>(y.data(), n))},
                                           {"unit", "year"}, rows, {}),
                                     [] {
                                       Spec spec = small_spec("y ~ 1", "pooled");
                                       spec.drivers.clear();
                                       return spec;
                                     }());
    const std::vector<Decomposition> both = m.run("leave_out");
    const double own = (alpha.array() - alpha.mean()).square().sum() / static_cast<double>(n - 1);
    truth += own / 400;
    plug_in += both[0].estimates.values(0) / 400;
    corrected += both[1].estimates.values(0) / 400;
    covered += std::abs(both[1].estimates.values(0) - own) <= 1.96 * std::sqrt(both[1].covariance(0, 0));
  }
  EXPECT_NEAR(corrected, truth, 0.02);
  EXPECT_GT(plug_in - truth, 0.15);
  EXPECT_GT(covered / 400, 0.93);
}

TEST(LeaveOut, RefusesLevelsWithOneRowEach) {
  const SmallModel m = small_model(small_panel(41, 12, 1), small_spec("y ~ 1", "pooled", "", "robust"));
  try {
    m.run("leave_out");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(
        error.message(),
        "every level of unit has one row, whose effect and noise are the same number, so nothing can be corrected; "
        "name coarser levels");
  }
}

}  // namespace
}  // namespace headwater
