// Units' persistent levels: noise, shrinkage, funnels and rank sets.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "headwater/core/error.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/decompositions/rank_sets.hpp"
#include "headwater/decompositions/shrinkage.hpp"
#include "headwater/decompositions/unit_noise.hpp"
#include "small_panel.hpp"

namespace headwater {
namespace {

bool has(const Decomposition& d, const std::string& name) {
  for (const LabelledArray& array : d.extras)
    if (array.name == name) return true;
  return false;
}
double value(const Decomposition& d, const std::string& name, std::size_t i = 0) {
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
  const Decomposition d = m.run("provider(reliability = 0.7)").front();
  const double sigma2 = value(d, "noise_variance");
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

TEST(Provider, PosteriorLiesBetweenEstimateAndPriorMean) {
  const Decomposition d = units(30, 0.7).run("provider(reliability = estimate)").front();
  const double prior = value(d, "prior_mean");
  for (std::size_t u = 0; u < d.estimates.names.size(); ++u) {
    const double estimate = d.estimates.values(static_cast<Index>(u)), shrunk = value(d, "unit_shrunken", u);
    EXPECT_GE(shrunk, std::min(prior, estimate) - 1e-14);
    EXPECT_LE(shrunk, std::max(prior, estimate) + 1e-14);
  }
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

TEST(UnitNoise, VarianceAndAutocorrelationComeBackFromSimulatedNoise) {
  const SmallModel m = small_model(small_panel(1, 3000, 6), small_spec("y ~ x | unit", "within"));
  for (const double rho : {0.0, 0.5}) {
    Vector e(m.design->n());
    for (Index i = 0; i < e.size(); ++i) {
      RandomStream random(5, static_cast<std::uint32_t>(i), 9);
      const bool first = i == 0 || m.design->unit.code[static_cast<std::size_t>(i)] !=
                                       m.design->unit.code[static_cast<std::size_t>(i - 1)];
      e(i) = first ? random.normal() : rho * e(i - 1) + std::sqrt(1 - rho * rho) * random.normal();
    }
    e *= 0.3;
    const UnitNoise noise = estimated_unit_noise(*m.design, e, 0);
    EXPECT_NEAR(noise.autocorrelation, rho, 0.03);
    EXPECT_NEAR(noise.variance, 0.09, 0.006);
  }
}

TEST(Shrinkage, NormalPriorSolvesItsEquationAndPosteriorIsThePrecisionWeightedMean) {
  Vector x(6), s(6);
  x << 1.2, -0.4, 0.3, 2.1, -1.5, 0.2;
  s << 0.3, 0.2, 0.5, 0.4, 0.3, 0.6;
  const NormalPrior prior = fitted_prior(x, s);
  const Vector w = (s.array().square() + prior.variance).inverse();
  EXPECT_NEAR(w.dot(Vector((x.array() - prior.mean).square())), 5, 1e-9);
  const Shrunken post = shrunken(x, s, prior);
  for (Index i = 0; i < 6; ++i)
    EXPECT_NEAR(post.mean(i),
                (x(i) / (s(i) * s(i)) + prior.mean / prior.variance) / (1 / (s(i) * s(i)) + 1 / prior.variance), 1e-12);
}

TEST(Shrinkage, SpreadNoLargerThanNoiseShrinksAllTheWay) {
  Vector x(4), s = Vector::Constant(4, 1);
  x << 0.1, -0.1, 0.2, -0.2;
  const NormalPrior prior = fitted_prior(x, s);
  EXPECT_EQ(prior.variance, 0);
  EXPECT_EQ(shrunken(x, s, prior).mean, Vector(Vector::Constant(4, prior.mean)));
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
