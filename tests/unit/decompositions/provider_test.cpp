// Units' persistent levels: noise, shrinkage, funnels and rank sets.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "headwater/core/error.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/decompositions/rank_sets.hpp"
#include "headwater/decompositions/shrinkage.hpp"
#include "noisy_panel.hpp"

namespace headwater {
namespace {

bool has(const Decomposition& d, const std::string& name) {
  for (const LabelledArray& array : d.extras)
    if (array.name == name) return true;
  return false;
}
double value(const Decomposition& d, const std::string& name, std::size_t i) {
  for (const LabelledArray& array : d.extras)
    if (array.name == name) return std::get<std::vector<double>>(array.values).at(i);
  throw std::runtime_error("there is no " + name);
}

SmallModel units(int count = 20, double keep = 1, const std::string& formula = "y ~ x + z | unit + year") {
  Spec spec = small_spec(formula, "within");
  if (formula.find('z') == std::string::npos) spec.drivers.pop_back();
  return small_model(small_panel(19, count, 6, keep), spec);
}

TEST(Provider, NothingIsEstimableWithoutAReliability) {
  const Decomposition d = units().run("provider").front();
  for (const bool known : d.estimates.estimable) EXPECT_FALSE(known);
  EXPECT_EQ(d.estimates.kind, UncertaintyKind::not_estimable);
  EXPECT_FALSE(has(d, "unit_shrunken"));
  EXPECT_NEAR(d.estimates.values.mean(), 0, 1e-12);
}

TEST(Provider, NoRankIsShownUnlessAskedAndNeverWithoutItsSet) {
  const Decomposition quiet = units().run("provider(reliability = 0.8)").front();
  EXPECT_FALSE(has(quiet, "rank_point"));
  const Decomposition asked = units().run("provider(reliability = 0.8, ranks = marginal)").front();
  for (std::size_t u = 0; u < 20; ++u) {
    EXPECT_LE(value(asked, "rank_set_low", u), value(asked, "rank_point", u));
    EXPECT_LE(value(asked, "rank_point", u), value(asked, "rank_set_high", u));
  }
  try {
    units().run("provider(ranks = marginal)");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "ranks need sets, and sets need the noise of each unit; give reliability, a number or estimate");
  }
}

// Independent noise and effects of the unit alone: Var(α̂) = σ²/T + (x̄ − x̄..)'V(x̄ − x̄..), and the mean taken off.
TEST(Provider, CovarianceOfAOneWayModelIsTheTextbooks) {
  const SmallModel m = units(12, 0.8, "y ~ x | unit");
  const Decomposition d = m.run("provider(reliability = 0.7, autocorrelation = 0)").front();
  const double sigma2 = value(d, "parameter_mean", 1);
  const Index G = m.design->unit.count;
  Vector count = Vector::Zero(G), mean = Vector::Zero(G);
  for (Index i = 0; i < m.design->n(); ++i) {
    const std::int32_t u = m.design->unit.code[static_cast<std::size_t>(i)];
    ++count(u);
    mean(u) += m.design->X(i, 0);
  }
  mean = mean.cwiseQuotient(count);
  Matrix V = Matrix(count.cwiseInverse().asDiagonal()) + m.fit.bread(0, 0) * mean * mean.transpose();
  const Matrix centre = Matrix::Identity(G, G) - Matrix::Constant(G, G, 1.0 / static_cast<double>(G));
  V = sigma2 * centre * V * centre;
  EXPECT_LT((d.covariance - V).cwiseAbs().maxCoeff(), 1e-12 * V.cwiseAbs().maxCoeff());
}

// The same model with AR(1) noise, each unit's block of C written out.
TEST(Provider, CovarianceHoldsTheAutocorrelationThatIsGiven) {
  const SmallModel m = units(12, 0.8, "y ~ x | unit");
  const Decomposition d = m.run("provider(reliability = 0.7, autocorrelation = 0.6)").front();
  const Index G = m.design->unit.count, n = m.design->n();
  Matrix A = Matrix::Zero(G, n), gamma = Matrix::Zero(n, n);
  Vector count = Vector::Zero(G);
  for (const std::int32_t u : m.design->unit.code) count(u) += 1;
  const auto unit = [&](Index i) { return m.design->unit.code[static_cast<std::size_t>(i)]; };
  const auto year = [&](Index i) {
    return m.design->periods[static_cast<std::size_t>(m.design->time.code[static_cast<std::size_t>(i)])].ordinal;
  };
  for (Index i = 0; i < n; ++i) {
    A(unit(i), i) = 1 / count(unit(i));
    for (Index j = 0; j < n; ++j)
      if (unit(i) == unit(j)) gamma(i, j) = std::pow(0.6, static_cast<double>(std::abs(year(i) - year(j))));
  }
  const Matrix centre = Matrix::Identity(G, G) - Matrix::Constant(G, G, 1.0 / static_cast<double>(G));
  Vector within(n);
  const Vector means = A * m.design->X.col(0);
  for (Index i = 0; i < n; ++i) within(i) = m.design->X(i, 0) - means(unit(i));
  const Matrix C = centre * (A - means * within.transpose() / within.squaredNorm());
  const Matrix V = value(d, "parameter_mean", 1) * C * gamma * C.transpose();
  EXPECT_LT((d.covariance - V).cwiseAbs().maxCoeff(), 1e-12 * V.cwiseAbs().maxCoeff());
  EXPECT_EQ(d.frame,
            "units' underlying levels, with a declared reliability of the outcome of 0.7 and noise with an "
            "autocorrelation of 0.6, as declared");
}

TEST(Provider, ShrunkenLevelsLieBetweenTheEstimateAndTheMean) {
  const Decomposition d = units(30, 0.7).run("provider(reliability = estimate)").front();
  for (std::size_t u = 0; u < d.estimates.names.size(); ++u) {
    const double estimate = d.estimates.values(static_cast<Index>(u)), shrunk = value(d, "unit_shrunken", u);
    EXPECT_GT(shrunk * estimate, 0);
    EXPECT_LT(std::abs(shrunk), std::abs(estimate));
    EXPECT_LT(value(d, "unit_low", u), shrunk);
    EXPECT_GT(value(d, "unit_high", u), shrunk);
    EXPECT_EQ(value(d, "unit_above", u) > 0.5, estimate > 0);
  }
}

// A share whose likeliest value is 0 is not known to be 0.
TEST(Provider, IntervalsHoldTheUncertaintyOfAShareEstimatedAsZero) {
  for (std::uint64_t seed = 1, zeros = 0; zeros < 3; ++seed) {
    ASSERT_LT(seed, 40u);
    const Decomposition d = noisy_model(80, 4, 0, 0, seed).run("provider(reliability = estimate)").front();
    if (value(d, "parameter_likeliest", 0) > 0) continue;
    ++zeros;
    EXPECT_GT(value(d, "parameter_mean", 3), 0);
    EXPECT_GT(value(d, "parameter_high", 3), 0.02);
    for (std::size_t u = 0; u < 80; ++u) {
      EXPECT_GT(value(d, "unit_high", u) - value(d, "unit_low", u), 0.05);
      EXPECT_LT(value(d, "unit_low", u), 0);
      EXPECT_GT(value(d, "unit_high", u), 0);
    }
  }
}

// Two independent measurements: the share of a level that the covariance of the two says.
TEST(Provider, TwoIndependentMeasurementsGiveTheShareOfTheirCovariance) {
  const SmallModel m = noisy_model(129, 2, 0, 0.3, 2);
  const Decomposition d = m.run("provider(reliability = estimate, autocorrelation = 0)").front();
  Vector first(129), second(129);
  for (Index i = 0; i < 129; ++i) {
    first(i) = m.design->y(2 * i);
    second(i) = m.design->y(2 * i + 1);
  }
  first.array() -= first.mean();
  second.array() -= second.mean();
  const double covariance = first.dot(second) / 128, level = 0.25 * (first + second).squaredNorm() / 128;
  ASSERT_GT(covariance, 0);
  EXPECT_NEAR(value(d, "parameter_likeliest", 0), covariance, 1e-4);
  EXPECT_NEAR(value(d, "parameter_likeliest", 4), covariance / level, 1e-4);
}

TEST(Provider, SignalAndNoiseStandInATableOfTheirOwn) {
  const Decomposition d = units().run("provider(reliability = estimate)").front();
  EXPECT_EQ(d.tables, (std::vector<std::string>{"parameter", "unit"}));
  EXPECT_EQ(std::get<Names>(d.extra_axes.front().labels),
            (Names{"variance of levels", "variance of a row's noise", "autocorrelation of noise",
                   "signal share of a row", "signal share of a level"}));
  for (std::size_t row = 0; row < 5; ++row) {
    EXPECT_LT(value(d, "parameter_low", row), value(d, "parameter_mean", row));
    EXPECT_GT(value(d, "parameter_high", row), value(d, "parameter_mean", row));
    EXPECT_GT(value(d, "parameter_high", row), value(d, "parameter_likeliest", row));
  }
}

// The residuals' own autocorrelation is carried where only the reliability is declared, for single cells as well.
TEST(Provider, ADeclaredReliabilityTakesTheResidualsAutocorrelation) {
  const SmallModel m = noisy_model(300, 8, 0.6, 0.5, 3);
  const std::string cell = "contributions(at = u5@2003, reliability = 0.5";
  const auto error = [&](const std::string& call) { return std::sqrt(m.run(call).front().covariance(0, 0)); };
  EXPECT_NEAR(error("provider(reliability = 0.5)") / error("provider(reliability = 0.5, autocorrelation = 0.6)"), 1,
              0.05);
  EXPECT_NEAR(error(cell + ")") / error(cell + ", autocorrelation = 0.6)"), 1, 0.05);
  EXPECT_GT(error(cell + ")"), 1.4 * error(cell + ", autocorrelation = 0)"));
  EXPECT_NE(m.run(cell + ")").front().frame.find("and noise with an autocorrelation of 0.6"), std::string::npos);
}

TEST(Provider, UnitsThatShareNoEffectAreNotSetAgainstEachOther) {
  const Decomposition d =
      units(21, 1, "y ~ x + z | unit + type^year").run("provider(reliability = 0.8, ranks = marginal)").front();
  EXPECT_EQ(
      d.notes.back().message,
      "the effects leave 3 groups of units that cannot be compared with each other; every unit is set against the "
      "mean of its own group");
  for (std::size_t u = 0; u < 21; ++u) EXPECT_LE(value(d, "rank_set_high", u), 7);
}

TEST(Shrinkage, FunnelOverDispersionIsSpiegelhalters) {
  Vector x(10), s = Vector::Constant(10, 0.5);
  x << -3, -1, -0.5, -0.2, 0, 0.1, 0.4, 0.7, 1, 4;
  const Funnel f = funnel(x, s);
  double sum = 0;
  const double target = x.mean();
  for (Index i = 0; i < 10; ++i) {
    const double z = std::clamp((x(i) - target) / 0.5, (-1 - target) / 0.5, (1 - target) / 0.5);
    sum += z * z;
  }
  EXPECT_NEAR(f.dispersion, sum / 10, 1e-12);
  EXPECT_NEAR(f.variance, (sum - 9) / (10 * 4 - 4), 1e-12);  // w = 4
}

RankProblem far_apart(double gap) {
  RankProblem p;
  p.values = Vector::LinSpaced(8, 0, 7 * gap);
  p.covariance = Matrix::Identity(8, 8);
  p.group.assign(8, 0);
  return p;
}

TEST(RankSets, FarApartUnitsHaveTheirRankAloneAndEqualOnesEveryRank) {
  for (const auto& method : {marginal_rank_sets, simultaneous_rank_sets}) {
    const RankSets sure = method(far_apart(50)), unsure = method(far_apart(0));
    for (std::size_t u = 0; u < 8; ++u) {
      EXPECT_EQ(sure.low[u], 8 - static_cast<int>(u));
      EXPECT_EQ(sure.high[u], 8 - static_cast<int>(u));
      EXPECT_EQ(unsure.low[u], 1);
      EXPECT_EQ(unsure.high[u], 8);
    }
  }
}

TEST(RankSets, ContainTheRankAndSimultaneousSetsAreNoNarrower) {
  const RankProblem p = far_apart(1.1);
  const RankSets marginal = marginal_rank_sets(p), joint = simultaneous_rank_sets(p);
  for (std::size_t u = 0; u < 8; ++u) {
    EXPECT_LE(joint.low[u], marginal.low[u]);
    EXPECT_GE(joint.high[u], marginal.high[u]);
    EXPECT_LE(marginal.low[u], marginal.rank[u]);
    EXPECT_GE(marginal.high[u], marginal.rank[u]);
  }
  const std::vector<bool> best = possibly_among_best(joint, 2);
  EXPECT_TRUE(best[7] && best[6]);
  EXPECT_FALSE(best[0]);
}

// A common shock moves all units alike and must not blur their order: the full covariance is used.
TEST(RankSets, CommonNoiseDoesNotWidenThem) {
  RankProblem p = far_apart(1.1);
  const RankSets own = simultaneous_rank_sets(p);
  p.covariance.array() += 100;
  const RankSets shared = simultaneous_rank_sets(p);
  EXPECT_EQ(own.low, shared.low);
  EXPECT_EQ(own.high, shared.high);
}

TEST(RankSets, CoverAllRanksAtOnceAsOftenAsTheySay) {
  RankProblem p = far_apart(0.7);
  p.draws = 600;
  int covered = 0;
  constexpr int kTrials = 400;
  const Vector truth = p.values;
  for (int trial = 0; trial < kTrials; ++trial) {
    for (Index j = 0; j < 8; ++j) {
      RandomStream random(77, static_cast<std::uint32_t>(trial), static_cast<std::uint32_t>(j));
      p.values(j) = truth(j) + random.normal();
    }
    const RankSets sets = simultaneous_rank_sets(p);
    bool all = true;
    for (int u = 0; u < 8; ++u) all = all && sets.low[u] <= 8 - u && 8 - u <= sets.high[u];
    covered += all ? 1 : 0;
  }
  EXPECT_GE(covered, static_cast<int>(0.92 * kTrials));
}

}  // namespace
}  // namespace headwater
