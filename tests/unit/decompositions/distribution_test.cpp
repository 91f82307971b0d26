// Statistics, recentred influence functions, reweighting and the decompositions built on them.
#include "headwater/decompositions/distribution.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "headwater/core/error.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/panel/readers.hpp"
#include "small_panel.hpp"

namespace headwater {
namespace {

Vector some_values(std::uint64_t seed, Index n) {
  RandomStream random(seed, 0, 0);
  Vector y(n);
  for (Index i = 0; i < n; ++i) y(i) = std::exp(random.normal());
  return y;
}

Vector some_weights(std::uint64_t seed, Index n) {
  RandomStream random(seed, 1, 0);
  Vector w(n);
  for (Index i = 0; i < n; ++i) w(i) = i % 7 == 3 ? 0 : 0.2 + random.uniform();
  return w;
}

const std::vector<Statistic> kStatistics = {{"mean"},          {"variance"},      {"gini"},      {"quantile", 0.1},
                                            {"quantile", 0.5}, {"quantile", 0.9}, {"range", 0.1}};

TEST(Rif, ItsMeanIsTheStatisticExactly) {
  const Vector y = some_values(3, 200), w = some_weights(3, 200);
  for (const Statistic& s : kStatistics) {
    const double value = value_of(s, y, w), mean = w.dot(recentred_influence(s, y, w)) / w.sum();
    EXPECT_NEAR(mean, value, 1e-13 * std::max(1.0, std::abs(value))) << s.text();
  }
}

TEST(Rif, SmoothStatisticsHaveTheirDerivativeAsInfluence) {
  const Vector y = some_values(5, 60), w = some_weights(5, 60);
  for (const Statistic& s : {Statistic{"mean"}, Statistic{"variance"}, Statistic{"gini"}}) {
    const Vector rif = recentred_influence(s, y, w);
    for (const Index i : {Index{0}, Index{11}, Index{41}}) {
      const double h = 1e-4;
      Vector up = w, down = w;
      up(i) += h;
      down(i) -= h;
      const double slope = (value_of(s, y, up) - value_of(s, y, down)) / (2 * h);
      EXPECT_NEAR(slope * w.sum(), rif(i) - value_of(s, y, w), 1e-6) << s.text();
    }
  }
}

TEST(Rif, GiniIsTheMeanDistanceOverTwiceTheMean) {
  const Vector y = some_values(9, 40), w = some_weights(9, 40);
  double sum = 0;
  for (Index i = 0; i < 40; ++i)
    for (Index j = 0; j < 40; ++j) sum += w(i) * w(j) * std::abs(y(i) - y(j));
  const double mu = w.dot(y) / w.sum();
  EXPECT_NEAR(value_of({"gini"}, y, w), sum / (w.sum() * w.sum()) / (2 * mu), 1e-14);
}

TEST(Reweighting, BalancesWhatTheLogitHolds) {
  // Scores of a logit in levels: reweighted means of a saturated model equal the first group's exactly.
  const Index n = 90;
  Matrix X(n, 3);
  std::vector<bool> first;
  const Vector w = some_weights(2, n);
  for (Index i = 0; i < n; ++i) {
    X.row(i) << 1, i % 3 == 1, i % 3 == 2;
    first.push_back((i * i) % 5 < 2);
  }
  const Vector c = reweighted(X, first, w);
  Vector a = w;
  for (Index i = 0; i < n; ++i)
    if (!first[static_cast<std::size_t>(i)]) a(i) = 0;
  EXPECT_NEAR(c.sum(), a.sum(), 1e-11);
  for (int j = 1; j < 3; ++j) EXPECT_NEAR(c.dot(X.col(j)) / c.sum(), a.dot(X.col(j)) / a.sum(), 1e-11);
}

TEST(Reweighting, RefusesGroupsThatTheDriversTellApart) {
  Matrix X(20, 2);
  std::vector<bool> first;
  for (Index i = 0; i < 20; ++i) {
    X.row(i) << 1, static_cast<double>(i);
    first.push_back(i >= 10);
  }
  try {
    reweighted(X, first, Vector::Ones(20));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "decomposition.no_support");
    EXPECT_EQ(error.message(),
              "the drivers tell the two groups apart without error, so no row of one has a counterpart in the other; "
              "leave out the driver that does, or compare within common values");
  }
}

double named(const Decomposition& d, const std::string& name) {
  const auto at = std::find(d.estimates.names.begin(), d.estimates.names.end(), name);
  if (at == d.estimates.names.end()) throw std::runtime_error("no component " + name);
  return d.estimates.values(at - d.estimates.names.begin());
}

SmallModel model(std::uint64_t seed = 6, const std::string& weights = "w") {
  return small_model(small_panel(seed, 40, 4, 0.9), small_spec("y ~ x + z", "pooled", weights));
}

TEST(Rif, FourWaysSumToTheDifferenceOfTheStatistics) {
  const SmallModel m = model();
  for (const char* statistic : {"statistic = quantile, tau = 0.9", "statistic = range", "statistic = variance"})
    for (const char* reweight : {"yes", "no"}) {
      const Decomposition d = m.run(std::string("rif(groups = q, cut = 0, replicates = 60, ") + statistic +
                                    ", reweight = " + reweight + ")")
                                  .front();
      EXPECT_LE(d.closure_error, d.tolerance);
      EXPECT_NEAR(d.covariance.sum(), d.total_std_error * d.total_std_error, 1e-10);
      EXPECT_EQ(std::string(name(d.estimates.kind)), "draws");
    }
}

TEST(Rif, OfTheMeanIsOaxacaUnderTheSecondGroupsCoefficients) {
  Spec spec = small_spec("y ~ x", "pooled", "w");
  spec.drivers.pop_back();
  const SmallModel m = small_model(small_panel(6, 80, 4, 0.9), spec);
  const Decomposition rif =
      m.run("rif(groups = z, cut = 0, statistic = mean, reweight = no, replicates = 600)").front();
  const Decomposition oaxaca = m.run("oaxaca(groups = z, cut = 0, reference = b)").front();
  EXPECT_NEAR(named(rif, "composition: first"), named(oaxaca, "explained: first"), 1e-12);
  EXPECT_NEAR(named(rif, "structure: first"), named(oaxaca, "unexplained: first"), 1e-12);
  // Where a part is clear of zero, the refitting bootstrap and the analytic errors agree on 80 clusters.
  int compared = 0;
  for (Index i = 0; i < 3; ++i) {
    const double analytic = std::sqrt(oaxaca.covariance(i, i));
    if (std::abs(oaxaca.estimates.values(i)) < 2 * analytic) continue;
    EXPECT_NEAR(std::sqrt(rif.covariance(i, i)) / analytic, 1, 0.15)
        << oaxaca.estimates.names[static_cast<std::size_t>(i)];
    ++compared;
  }
  EXPECT_GT(compared, 0);
}

// Chicago wages, against logits, densities and regressions written apart from this program.
TEST(Distribution, ChicagoTailsAsComputedApart) {
  const std::string file = std::string(HEADWATER_SOURCE_DIR) + "/../shared/reference/data/oaxaca_chicago.csv";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "the reference data are not beside the checkout";
  Spec spec = small_spec("exp(ln_real_wage) ~ age + female + LTHS + some_college + college + advanced_degree", "pooled",
                         "", "robust");
  spec.drivers = {{"person", parse_terms("age + female")},
                  {"schooling", parse_terms("LTHS + some_college + college + advanced_degree")}};
  const SmallModel m = small_model(read_panel(file, {}), spec);
  const Decomposition rif =
      m.run("rif(groups = foreign_born, statistic = quantile, tau = 0.9, replicates = 60)").front();
  const double quantile[] = {-1.4794738129794, 7.3631352265211, 1.4970020920083, 3.6414276572721,
                             -3.9304928668206, 1.5952849264682, -0.8368809130643};
  for (Index i = 0; i < 7; ++i) EXPECT_NEAR(rif.estimates.values(i), quantile[i], 1e-10);
  EXPECT_NEAR(rif.total, 7.850002309405266, 1e-13);
  const Decomposition dfl = m.run("dfl(groups = foreign_born, statistic = gini, replicates = 60)").front();
  const double gini[] = {-0.00033529061186927, 0.028366923250724, 0.015693977676467};
  for (Index i = 0; i < 3; ++i) EXPECT_NEAR(dfl.estimates.values(i), gini[i], 1e-12);
}

TEST(Dfl, ShapleyAndSequentialShareOneComposition) {
  const SmallModel m = model();
  const std::string base = "groups = q, cut = 0, replicates = 50, statistic = quantile, tau = 0.9";
  const Decomposition shapley = m.run("dfl(" + base + ")").front();
  const Decomposition order = m.run("dfl(" + base + ", order = sequential)").front();
  EXPECT_NEAR(named(shapley, "structure"), named(order, "structure"), 1e-12);
  EXPECT_EQ(order.choices.at("order"), "first then second");
  EXPECT_EQ(shapley.estimates.names, (Names{"composition: first", "composition: second", "structure"}));
}

TEST(Dfl, OfTheMeanWithASaturatedLogitIsCellReweighting) {
  Spec spec = small_spec("y ~ type", "pooled");
  spec.drivers = {{"type", parse_terms("type")}};
  const SmallModel m = small_model(small_panel(8, 60, 4, 0.9), spec);
  const Decomposition d = m.run("dfl(groups = q, cut = 0, statistic = mean, replicates = 80)").front();
  double n[2][3] = {}, sum[2][3] = {};
  for (Index i = 0; i < m.panel.rows(); ++i) {
    const int g = m.panel.column("q").numbers(i) > 0 ? 0 : 1;
    const auto t = static_cast<std::size_t>(m.panel.column("type").codes[static_cast<std::size_t>(i)]);
    n[g][t] += 1;
    sum[g][t] += m.panel.column("y").numbers(i);
  }
  double counterfactual = 0, a = 0, na = 0;
  for (int t = 0; t < 3; ++t) {
    na += n[0][t];
    a += sum[0][t];
  }
  for (int t = 0; t < 3; ++t) counterfactual += n[0][t] / na * sum[1][t] / n[1][t];
  EXPECT_NEAR(named(d, "structure"), a / na - counterfactual, 1e-11);
}

TEST(Resampling, DrawsAreTheSameForAnyNumberOfThreads) {
  const SmallModel m = model();
  Names digests;
  for (const int count : {1, 2, 7}) {
    set_threads(count);
    const Decomposition d = m.run("rif(groups = q, cut = 0, replicates = 64)").front();
    for (const LabelledArray& extra : d.extras)
      if (extra.name == "boot_digest") digests.push_back(std::get<std::vector<std::string>>(extra.values).front());
  }
  set_threads(1);
  ASSERT_EQ(digests.size(), 3u);
  EXPECT_EQ(digests[0], digests[1]);
  EXPECT_EQ(digests[0], digests[2]);
}

TEST(Resampling, AsksForEnoughReplicates) {
  try {
    model().run("dfl(groups = q, cut = 0, replicates = 10)");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "replicates = 10 is too few for standard errors; ask for at least 50");
  }
}

}  // namespace
}  // namespace headwater
