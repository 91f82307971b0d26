// Do 95 % intervals of contributions and of Oaxaca parts cover the truth, with 50 and with 200 clusters? Units are
// drawn with their type, rows of a unit go together, and units differ in the size of their shocks; the truth follows
// from the means and coefficients that were drawn from.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <map>

#include "headwater/core/distributions.hpp"
#include "headwater/core/random.hpp"
#include "headwater/core/threads.hpp"
#include "unit/decompositions/small_panel.hpp"

namespace headwater {
namespace {

constexpr int kPeriods = 6, kFirstYear = 2000;
constexpr int kReplications = 4000;

struct Kind {
  const char* name;
  double x, z;              // means in the first year
  double constant, bx, bz;  // of the outcome
};
constexpr double kTrendX = 0.2, kTrendZ = -0.1, kTrendY = 0.05;

// `first` of the units are of the first kind and the others of the second; 0: units are drawn with their kind.
Panel drawn(const std::vector<Kind>& kinds, int units, std::uint32_t replicate, int first = 0) {
  RandomStream random(47, replicate, static_cast<std::uint32_t>(units));
  std::vector<std::string> unit, type;
  const Index n = Index{units} * kPeriods;
  Vector year(n), x(n), z(n), y(n);
  Index i = 0;
  for (int u = 0; u < units; ++u) {
    const double at = random.uniform() * static_cast<double>(kinds.size());
    const Kind& kind = kinds[first > 0 ? (u < first ? 0 : 1) : static_cast<std::size_t>(at)];
    const double level_x = random.normal(), level_z = 0.4 * level_x + random.normal(), level = random.normal(),
                 spread = std::sqrt(random.exponential());
    for (int t = 0; t < kPeriods; ++t, ++i) {
      unit.push_back("u" + std::to_string(u));
      type.emplace_back(kind.name);
      year(i) = kFirstYear + t;
      x(i) = kind.x + kTrendX * t + level_x + random.normal();
      z(i) = kind.z + kTrendZ * t + level_z + random.normal();
      y(i) = kind.constant + kTrendY * t + kind.bx * x(i) + kind.bz * z(i) + 0.5 * level + spread * random.normal();
    }
  }
  std::vector<std::int64_t> rows;
  for (Index row = 0; row < n; ++row) rows.push_back(row + 2);
  return Panel({text_column("unit", unit), text_column("type", type), number_column("year", year),
                number_column("x", x), number_column("z", z), number_column("y", y)},
               {"unit", "year"}, rows, {});
}

// Of the first kind where there is one for each kind.
Decomposition of_acute(std::vector<Decomposition> all) {
  for (Decomposition& d : all)
    if (d.choices.count("group") > 0 && d.choices.at("group") == "acute") return std::move(d);
  return std::move(all.front());
}

using Truth = std::map<std::string, double>;

void expect_coverage(const std::vector<Kind>& kinds, const std::string& formula, const std::string& estimator,
                     const std::string& call, const Truth& truth) {
  for (const int units : {50, 200}) {
    std::vector<std::map<std::string, bool>> covered(kReplications);
    parallel_for(kReplications, [&](std::size_t r) {
      const SmallModel model =
          small_model(drawn(kinds, units, static_cast<std::uint32_t>(r)), small_spec(formula, estimator));
      const Decomposition d = of_acute(model.run(call));
      const double reach = student_quantile(0.975, d.inference.df);
      for (std::size_t i = 0; i < d.estimates.names.size(); ++i) {
        const auto known = truth.find(d.estimates.names[i]);
        if (known == truth.end()) continue;
        const Interval found = interval(d, static_cast<Index>(i), reach);
        covered[r][known->first] = found.low <= known->second && known->second <= found.high;
      }
    });
    for (const auto& [name, value] : truth) {
      int count = 0;
      for (const auto& one : covered) count += one.at(name);
      const double share = static_cast<double>(count) / kReplications;
      std::printf("%-34s %-26s truth %7.3f, %3d clusters: coverage %.4f\n", call.c_str(), name.c_str(), value, units,
                  share);
      EXPECT_GE(share, 0.93) << call << ": " << name << ", " << units << " clusters";
      EXPECT_LE(share, 0.97) << call << ": " << name << ", " << units << " clusters";
    }
  }
}

TEST(Contributions, IntervalsCoverTheTruthWithFiftyAndTwoHundredClusters) {
  const std::vector<Kind> kinds = {{"acute", 1, 0, 1, 0.5, 0.3}, {"community", 0, 0.5, 2, 0.5, 0.3}};
  const double later = (kPeriods - 1) / 2.0;  // years from the middle to the last
  expect_coverage(kinds, "y ~ x + z | unit + year", "within", "contributions(by = type)",
                  {{"first", 0.5 * (0.5 + kTrendX * later)},
                   {"second", 0.3 * (-0.25 + kTrendZ * later)},
                   {"effects: unit", -0.5},
                   {"effects: year", kTrendY * later}});
}

TEST(Oaxaca, IntervalsCoverTheTruthWithFiftyAndTwoHundredClusters) {
  const std::vector<Kind> kinds = {{"acute", 1, 0.2, 1, 0.7, 0.2}, {"community", 0, 0.6, 1.5, 0.3, 0.4}};
  const double middle = (kPeriods - 1) / 2.0, xa = 1 + kTrendX * middle, xb = kTrendX * middle,
               za = 0.2 + kTrendZ * middle, zb = 0.6 + kTrendZ * middle;
  const std::string formula = "y ~ x + z + I(year - 2000)";
  // Both kinds are as frequent and their regressors vary alike, so the pooled slopes are the mean of both.
  expect_coverage(kinds, formula, "pooled", "oaxaca(groups = type, a = acute, b = community)",
                  {{"explained: first", (xa - xb) * 0.5},
                   {"explained: second", (za - zb) * 0.3},
                   {"unexplained: first", xa * 0.2 + xb * 0.2},
                   {"unexplained: second", za * -0.1 + zb * -0.1},
                   {"unexplained: constant", -0.5}});
  expect_coverage(kinds, formula, "pooled", "oaxaca(groups = type, a = acute, b = community, form = threefold)",
                  {{"endowments: first", (xa - xb) * 0.3},
                   {"endowments: second", (za - zb) * 0.4},
                   {"coefficients: first", xb * 0.4},
                   {"coefficients: second", zb * -0.2},
                   {"interaction: first", (xa - xb) * 0.4},
                   {"interaction: second", (za - zb) * -0.2}});
}

// Ten or thirty units of one kind beside forty: errors = CR3 covers where errors by cluster do not.
TEST(Oaxaca, JackknifeIntervalsCoverWithSmallGroups) {
  const std::vector<Kind> kinds = {{"acute", 1, 0.2, 1, 0.7, 0.2}, {"community", 0, 0.6, 1.5, 0.3, 0.4}};
  const double middle = (kPeriods - 1) / 2.0, xa = 1 + kTrendX * middle, xb = kTrendX * middle,
               za = 0.2 + kTrendZ * middle, zb = 0.6 + kTrendZ * middle;
  const Truth truth = {{"explained: first", (xa - xb) * 0.3},
                       {"explained: second", (za - zb) * 0.4},
                       {"unexplained: first", xa * 0.4},
                       {"unexplained: second", za * -0.2},
                       {"unexplained: constant", -0.5}};
  for (const int first : {10, 30})
    for (const char* errors : {"cluster", "CR3"}) {
      std::vector<std::map<std::string, bool>> all(kReplications);
      parallel_for(kReplications, [&](std::size_t r) {
        const SmallModel model = small_model(drawn(kinds, first + 40, static_cast<std::uint32_t>(r), first),
                                             small_spec("y ~ x + z + I(year - 2000)", "pooled"));
        const Decomposition d = model
                                    .run(std::string("oaxaca(groups = type, a = acute, b = community, reference = b, "
                                                     "errors = ") +
                                         errors + ")")
                                    .front();
        const double reach = student_quantile(0.975, d.inference.df);
        for (std::size_t i = 0; i < d.estimates.names.size(); ++i)
          if (const auto known = truth.find(d.estimates.names[i]); known != truth.end()) {
            const Interval found = interval(d, static_cast<Index>(i), reach);
            all[r][known->first] = found.low <= known->second && known->second <= found.high;
          }
      });
      for (const auto& [name, value] : truth) {
        int count = 0;
        for (const auto& one : all) count += one.at(name);
        const double share = static_cast<double>(count) / kReplications;
        std::printf("oaxaca, %d and 40 units, errors = %-7s %-22s coverage %.4f\n", first, errors, name.c_str(), share);
        if (std::string(errors) == "CR3") {
          EXPECT_GE(share, 0.93) << name << ", " << first << " units";
        }
      }
    }
}

}  // namespace
}  // namespace headwater
