// Do 95 % intervals cover the truth 95 times in a hundred? Scenario clean satisfies the within model's assumptions, so
// coverage must be within three Monte Carlo standard deviations; nhs and adversarial do not, and their bias is printed.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "headwater/core/distributions.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/decompositions/decomposition.hpp"
#include "headwater/diagnostics/test.hpp"
#include "headwater/run/plan.hpp"
#include "headwater/run/simulate.hpp"

namespace headwater {
namespace {

constexpr int kReplications = 10000;
constexpr int kTrusts = 200;
constexpr int kQuarters = 8;

Spec productivity_spec(const Panel& panel) {
  const RunConfig config = config_from_flags(
      {{"model.formula",
        "log(activity / resource) ~ l(log(capital_stock), 1) + l(log(fte), 1) + l(agency_share, 1) + "
        "l(turnover, 1) + l(engagement, 1) + l(dma, 1) + l(block_share, 1) | trust + type^quarter"},
       {"driver.capital", "l(log(capital_stock), 1)"},
       {"driver.workforce", "l(log(fte), 1) + l(agency_share, 1) + l(turnover, 1) + l(engagement, 1)"},
       {"driver.digital", "l(dma, 1)"},
       {"driver.contract", "l(block_share, 1)"},
       {"decompose.use", "change(from = 2019-20 Q3, to = 2020-21 Q3)"}});
  return plan(config, panel).front();
}

Vector planted(const Fit& fit) {
  Vector truth(fit.k());
  for (Index j = 0; j < fit.k(); ++j)
    for (const PlantedEffect& effect : planted_effects())
      if (effect.regressor == fit.names[static_cast<std::size_t>(j)]) truth(j) = effect.activity - effect.resource;
  return truth;
}

// Components of change: their intervals and what is true of them.
struct Parts {
  Vector low, high, truth;
};

struct Draw {
  Vector estimate, low, high;  // coefficients
  Names components;            // of change
  Parts given_means;           // uncertainty = coefficients; truth: planted coefficients times this draw's mean changes
  Parts with_means;            // uncertainty = means; truth: the average of the same over all draws
};

struct Means {
  Vector x;
  double y = 0;
};

Means means_in(const Design& design, const std::string& period) {
  Means means{Vector::Zero(design.k()), 0};
  int rows = 0;
  for (Index i = 0; i < design.n(); ++i) {
    if (design.time.labels[static_cast<std::size_t>(design.time.code[static_cast<std::size_t>(i)])] != period) continue;
    means.x += design.X.row(i).transpose();
    means.y += design.y(i);
    ++rows;
  }
  means.x /= rows;
  means.y /= rows;
  return means;
}

// The parts of the change with the planted coefficients: drivers by their slots, the rest is the effects'.
Vector true_parts(const Fit& fit, const Names& components) {
  const DriverPartition partition = partition_drivers(*fit.design);
  const Means before = means_in(*fit.design, "2019-20 Q3"), after = means_in(*fit.design, "2020-21 Q3");
  const Vector beta = planted(fit), moved = after.x - before.x;
  Vector parts = Vector::Zero(static_cast<Index>(components.size()));
  double rest = after.y - before.y;
  for (Index j = 0; j < fit.k(); ++j) {
    const Index column = *fit.origins[static_cast<std::size_t>(j)].column;
    const std::string& slot = partition.slots[*partition.slot[static_cast<std::size_t>(column)]];
    const double part = beta(j) * moved(column);
    rest -= part;
    for (std::size_t c = 0; c < components.size(); ++c)
      if (components[c] == slot) parts(static_cast<Index>(c)) += part;
  }
  for (std::size_t c = 0; c < components.size(); ++c)
    if (components[c].find("type^quarter") != std::string::npos) parts(static_cast<Index>(c)) = rest;
  return parts;
}

Parts parts_of(const Panel& panel, const Spec& spec, const Fit& fit, const Covariance& V,
               const std::string& uncertainty, Names& components) {
  const MethodCall call =
      parse_method_call("change(from = 2019-20 Q3, to = 2020-21 Q3, uncertainty = " + uncertainty + ")");
  const Decomposition change = decomposition("change").run({panel, spec, call, &fit, &V}).front();
  components = change.estimates.names;
  const auto m = static_cast<Index>(components.size());
  const double reach = student_quantile(0.5 + change.inference.level / 2, change.inference.df);
  Parts parts{Vector(m), Vector(m), true_parts(fit, components)};
  for (Index i = 0; i < m; ++i) {
    const Interval found = interval(change, i, reach);
    parts.low(i) = found.low;
    parts.high(i) = found.high;
  }
  return parts;
}

Draw draw(const Spec& spec, Scenario scenario, std::uint32_t replicate) {
  const Panel panel = simulated_panel(
      {.scenario = scenario, .seed = 7, .replicate = replicate, .trusts = kTrusts, .quarters = kQuarters});
  const Fit fit = estimate(panel, std::make_shared<const Design>(make_design(panel, spec)));
  const Covariance V = covariance(fit);
  const CoefficientTable table = coefficient_table(fit, V);
  Draw result;
  result.estimate = table.estimate;
  result.low = table.conf_low;
  result.high = table.conf_high;
  result.given_means = parts_of(panel, spec, fit, V, "coefficients", result.components);
  result.with_means = parts_of(panel, spec, fit, V, "means", result.components);
  return result;
}

std::vector<Draw> draws(Scenario scenario, int count, const Spec& spec) {
  std::vector<Draw> all(static_cast<std::size_t>(count));
  parallel_for(all.size(), [&](std::size_t r) { all[r] = draw(spec, scenario, static_cast<std::uint32_t>(r)); });
  return all;
}

double band(int count) { return 3 * std::sqrt(0.95 * 0.05 / count); }

struct Count {
  int covered = 0, draws = 0;
  double share() const { return static_cast<double>(covered) / draws; }
  void add(double low, double high, double truth) {
    if (!(high - low > 1e-12)) return;  // zero by construction where nobody enters or leaves
    covered += low <= truth && truth <= high;
    ++draws;
  }
};

Index component(const Draw& d, const std::string& name) {
  for (std::size_t c = 0; c < d.components.size(); ++c)
    if (d.components[c] == name) return static_cast<Index>(c);
  return -1;
}

void expect_coverage(const char* frame, const std::string& name, const Count& count, double truth) {
  std::printf("change, %-13s %-22s truth %8.5f draws %5d coverage %.4f\n", frame, name.c_str(), truth, count.draws,
              count.share());
  EXPECT_NEAR(count.share(), 0.95, band(count.draws)) << frame << " " << name;
}

// Given the means a driver's part is linear in its coefficients, so its interval is as good as theirs.
void check_given_means(const std::vector<Draw>& all) {
  for (const char* name : {"capital", "workforce", "digital", "contract"}) {
    Count count;
    for (const Draw& d : all) {
      const Index c = component(d, name);
      count.add(d.given_means.low(c), d.given_means.high(c), d.given_means.truth(c));
    }
    expect_coverage("given means", name, count, all.front().given_means.truth(component(all.front(), name)));
  }
}

// With means drawn a part is a sum of products of two estimates. Capital and workforce hardly move on average here, so
// that both factors are a few standard errors from zero and the product is skewed: estimate ± t · error would cover
// .929 and .960. The residual is not here: it differs from zero only through the two or three trusts that enter or
// leave, and the ratio to its error cannot exceed the root of their number.
void check_with_means(const std::vector<Draw>& all) {
  for (const std::string name : {"capital", "workforce", "digital", "contract", "effects: type^quarter"}) {
    double truth = 0, draws = 0;
    for (const Draw& d : all)
      if (const Index c = component(d, name); c >= 0) {
        truth += d.with_means.truth(c);
        ++draws;
      }
    truth /= draws;
    Count count;
    for (const Draw& d : all)
      if (const Index c = component(d, name); c >= 0) count.add(d.with_means.low(c), d.with_means.high(c), truth);
    expect_coverage("with means", name, count, truth);
  }
}

TEST(Coverage, CleanScenario) {
  const Panel first =
      simulated_panel({.scenario = Scenario::clean, .seed = 7, .trusts = kTrusts, .quarters = kQuarters});
  const Spec spec = productivity_spec(first);
  const std::vector<Draw> all = draws(Scenario::clean, kReplications, spec);
  const Fit fit = estimate(first, std::make_shared<const Design>(make_design(first, spec)));
  const Vector truth = planted(fit);
  for (Index j = 0; j < fit.k(); ++j) {
    int covered = 0;
    double mean = 0;
    for (const Draw& d : all) {
      covered += d.low(j) <= truth(j) && truth(j) <= d.high(j);
      mean += d.estimate(j) / kReplications;
    }
    const double share = static_cast<double>(covered) / kReplications;
    std::printf("coefficient %-26s truth %8.4f mean %8.4f coverage %.4f\n",
                fit.names[static_cast<std::size_t>(j)].c_str(), truth(j), mean, share);
    EXPECT_NEAR(share, 0.95, band(kReplications)) << fit.names[static_cast<std::size_t>(j)];
  }
  check_given_means(all);
  check_with_means(all);
}

TEST(Coverage, BiasIsReportedWhereAssumptionsFail) {
  for (const Scenario scenario : {Scenario::nhs, Scenario::adversarial}) {
    const Panel first = simulated_panel({.scenario = scenario, .seed = 7, .trusts = kTrusts, .quarters = kQuarters});
    const Spec spec = productivity_spec(first);
    const int count = 400;
    const std::vector<Draw> all = draws(scenario, count, spec);
    const Fit fit = estimate(first, std::make_shared<const Design>(make_design(first, spec)));
    const Vector truth = planted(fit);
    double worst = 1;
    for (Index j = 0; j < fit.k(); ++j) {
      int covered = 0;
      double mean = 0;
      for (const Draw& d : all) {
        covered += d.low(j) <= truth(j) && truth(j) <= d.high(j);
        mean += d.estimate(j) / count;
      }
      const double share = static_cast<double>(covered) / count;
      worst = std::min(worst, share);
      std::printf("%-12s %-26s truth %8.4f mean %8.4f bias %8.4f coverage %.3f\n", name(scenario),
                  fit.names[static_cast<std::size_t>(j)].c_str(), truth(j), mean, mean - truth(j), share);
    }
    // These scenarios are built to break the model: coverage that survived everywhere would mean they do not.
    EXPECT_LT(worst, 0.93) << name(scenario);
  }
}

}  // namespace
}  // namespace headwater
