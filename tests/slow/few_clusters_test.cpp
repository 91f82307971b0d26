// How often is a true null of a treatment rejected at 5 % with few, unequal or hardly treated clusters? The table of
// docs/few-clusters.md; what CR2, CR3 and the restricted wild bootstrap must keep is asserted.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <numeric>

#include "headwater/core/distributions.hpp"
#include "headwater/core/random.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/diagnostics/wild_bootstrap.hpp"

namespace headwater {
namespace {

constexpr int kReplications = 2000;
constexpr int kYears = 10;
constexpr double kAutocorrelation = 0.6;

struct Scenario {
  const char* words;
  int clusters, treated;
  bool unequal;  // clusters of 1 to 8 units instead of 3
};

const std::vector<Scenario> kScenarios = {{"6 clusters, 3 treated", 6, 3, false},
                                          {"10 clusters, 5 treated", 10, 5, false},
                                          {"20 clusters, 10 treated", 20, 10, false},
                                          {"50 clusters, 25 treated", 50, 25, false},
                                          {"20 clusters of 1 to 8 units, 10 treated", 20, 10, true},
                                          {"20 clusters, 3 treated", 20, 3, false},
                                          {"20 clusters, 2 treated", 20, 2, false},
                                          {"20 clusters, 1 treated", 20, 1, false}};

Column numbers(const std::string& name, const std::vector<double>& values) {
  Column column;
  column.name = name;
  column.numbers = Eigen::Map<const Vector>(values.data(), static_cast<Index>(values.size()));
  return column;
}

// Errors are an autoregression of the cluster and one of the unit; treatment begins in the middle and does nothing.
Panel simulated(const Scenario& scenario, std::uint32_t replicate) {
  RandomStream random(20260212, replicate, static_cast<std::uint32_t>(scenario.clusters * 100 + scenario.treated));
  std::vector<double> id, year, cluster, y, x, d;
  int units = 0;
  for (int g = 0; g < scenario.clusters; ++g) {
    std::vector<double> shock(kYears);
    double before = random.normal() / std::sqrt(1 - kAutocorrelation * kAutocorrelation);
    for (double& s : shock) s = before = kAutocorrelation * before + random.normal();
    for (int u = 0; u < (scenario.unequal ? 1 + g * 8 / scenario.clusters : 3); ++u, ++units) {
      double own = random.normal();
      for (int t = 0; t < kYears; ++t) {
        own = kAutocorrelation * own + random.normal();
        id.push_back(units);
        year.push_back(2000 + t);
        cluster.push_back(g);
        x.push_back(random.normal());
        d.push_back(g % (scenario.clusters / scenario.treated) == 0 &&
                    g / (scenario.clusters / scenario.treated) < scenario.treated && t >= kYears / 2);
        y.push_back(0.5 * x.back() + shock[static_cast<std::size_t>(t)] + own);
      }
    }
  }
  std::vector<std::int64_t> rows(id.size());
  std::iota(rows.begin(), rows.end(), std::int64_t{2});
  return Panel({numbers("id", id), numbers("year", year), numbers("cluster", cluster), numbers("y", y), numbers("x", x),
                numbers("d", d)},
               {.unit = "id", .time = "year"}, std::move(rows), {});
}

Fit fitted(const Panel& panel) {
  Spec spec;
  spec.formula = expand(parse_formula("y ~ d + x | id + year")).at(0);
  spec.estimator = parse_method_call("within");
  spec.covariance = parse_method_call("cluster(cluster)");
  return estimate(panel, std::make_shared<const Design>(make_design(panel, spec)));
}

constexpr int kMethods = 4;
constexpr const char* kWords[kMethods] = {"CR1, t(G-1)", "CR2, Satterthwaite", "CR3, Satterthwaite",
                                          "wild, restricted"};

bool rejects(const Fit& fit, const std::string& rule) {
  const Covariance V = covariance(fit, parse_method_call(rule), "fixest");
  return student_two_sided(fit.coefficients(0) / V.std_error(Index{0}), V.degrees_of_freedom(Index{0})) < 0.05;
}

std::vector<bool> rejections(const Fit& fit) {
  const Covariance V = covariance(fit);
  const WildBootstrap wild(fit, V, parse_method_call("wild(replicates = 999)"));
  const LinearNull none{Vector::Unit(fit.k(), 0), 0, "d = 0"};
  const double t = std::abs(wild.statistic(none)) * (1 - 1e-9), more = wild.enumerated() ? 0 : 1;
  const auto beyond = static_cast<double>((wild.statistics(none).array().abs() >= t).count());
  return {rejects(fit, "cluster(cluster)"), rejects(fit, "CR2(cluster)"), rejects(fit, "CR3(cluster)"),
          (beyond + more) / (static_cast<double>(wild.draws()) + more) <= 0.05};
}

TEST(FewClusters, RejectATrueNullAsOftenAsTheySay) {
  std::printf("| |");
  for (const char* words : kWords) std::printf(" %s |", words);
  std::printf("\n|---|---|---|---|---|\n");
  for (const Scenario& scenario : kScenarios) {
    std::vector<std::vector<bool>> all(kReplications);
    parallel_for(all.size(), [&](std::size_t r) {
      all[r] = rejections(fitted(simulated(scenario, static_cast<std::uint32_t>(r))));
    });
    double share[kMethods] = {0, 0, 0, 0};
    for (const std::vector<bool>& one : all)
      for (int m = 0; m < kMethods; ++m)
        share[m] += one[static_cast<std::size_t>(m)] / static_cast<double>(kReplications);
    std::printf("| %s |", scenario.words);
    for (const double s : share) std::printf(" %.1f %% |", 100 * s);
    std::printf("\n");
    std::fflush(stdout);
    if (scenario.treated <= 3) continue;  // told in the table: nothing holds there
    EXPECT_LT(share[1], 0.1) << scenario.words;
    EXPECT_LT(share[2], 0.08) << scenario.words;
    EXPECT_LT(share[3], 0.1) << scenario.words;
    EXPECT_GT(share[0], share[1]) << scenario.words;
    EXPECT_GT(share[1], share[2]) << scenario.words;
  }
}

}  // namespace
}  // namespace headwater
