// Do 95 % intervals of units' levels cover them, unshrunken and shrunken, at few periods and many, with noise that
// lasts and noise that does not, and where there is no signal at all? Makes the table of docs/reliability.md.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "headwater/core/distributions.hpp"
#include "headwater/core/threads.hpp"
#include "unit/decompositions/noisy_panel.hpp"

namespace headwater {
namespace {

constexpr int kUnits = 200;

// HEADWATER_REPLICATIONS sets another number.
std::size_t replications() {
  const char* asked = std::getenv("HEADWATER_REPLICATIONS");
  return asked ? static_cast<std::size_t>(std::atoi(asked)) : 60;
}

const std::vector<double>& column(const Decomposition& d, const std::string& name) {
  for (const LabelledArray& array : d.extras)
    if (array.name == name) return std::get<std::vector<double>>(array.values);
  throw std::runtime_error("there is no " + name);
}

struct Coverage {
  double level = 0, shrunken = 0, half_width = 0;
};

// Over the units of one panel.
Coverage covered(int periods, double rho, double share, std::uint32_t replicate, const std::string& call) {
  constexpr std::uint64_t kSeed = 2026;
  const SmallModel m = noisy_model(kUnits, periods, rho, share, kSeed, replicate);
  const Decomposition d = m.run(call).front();
  const std::vector<double>&low = column(d, "unit_low"), &high = column(d, "unit_high");
  Vector truth(kUnits);
  for (int u = 0; u < kUnits; ++u) truth(u) = noisy_level(kSeed, replicate, u, share);
  truth.array() -= truth.mean();
  const double reach = student_quantile(0.975, d.inference.df);
  Coverage found;
  for (int u = 0; u < kUnits; ++u) {
    const auto at = static_cast<std::size_t>(u);
    const int unit = std::stoi(d.estimates.names[at].substr(1));
    const Interval plain = interval(d, u, reach);
    found.level += (plain.low <= truth(unit) && truth(unit) <= plain.high) / double{kUnits};
    found.shrunken += (low[at] <= truth(unit) && truth(unit) <= high[at]) / double{kUnits};
    found.half_width += 0.5 * (high[at] - low[at]) / kUnits;
  }
  return found;
}

Coverage mean_coverage(int periods, double rho, double share, const std::string& call) {
  std::vector<Coverage> all(replications());
  parallel_for(all.size(),
               [&](std::size_t r) { all[r] = covered(periods, rho, share, static_cast<std::uint32_t>(r), call); });
  Coverage mean;
  const double n = static_cast<double>(all.size());
  for (const Coverage& one : all) {
    mean.level += one.level / n;
    mean.shrunken += one.shrunken / n;
    mean.half_width += one.half_width / n;
  }
  return mean;
}

void expect_coverage(int periods, double rho, double share, const std::string& call) {
  const Coverage c = mean_coverage(periods, rho, share, call);
  std::printf("| %d | %.1f | %.1f | %.1f | %.1f | %.3f |\n", periods, rho, share, 100 * c.level, 100 * c.shrunken,
              c.half_width);
  std::fflush(stdout);
  EXPECT_GE(c.level, 0.925) << periods << " " << rho << " " << share;
  EXPECT_LE(c.level, 0.975) << periods << " " << rho << " " << share;
  EXPECT_GE(c.shrunken, 0.925) << periods << " " << rho << " " << share;
  // Where there is no signal every truth lies at the centre of the distribution of levels.
  EXPECT_LE(c.shrunken, share > 0 ? 0.975 : 1.001) << periods << " " << rho << " " << share;
  EXPECT_GT(c.half_width, 0.01);
}

TEST(Reliability, IntervalsCoverAtEveryNumberOfPeriods) {
  for (const int periods : {3, 4, 6, 12})
    for (const double rho : {0.0, 0.7})
      for (const double share : {0.0, 0.2, 0.8})
        expect_coverage(periods, rho, share, "provider(reliability = estimate)");
}

TEST(Reliability, IntervalsOfTwoIndependentMeasurementsCover) {
  for (const double share : {0.0, 0.2, 0.8})
    expect_coverage(2, 0, share, "provider(reliability = estimate, autocorrelation = 0)");
}

// A true reliability of one row, and noise that lasts: what 0.1.0 covered by 78 %.
TEST(Reliability, DeclaredReliabilityCoversUnderNoiseThatLasts) {
  for (const int periods : {4, 8})
    for (const double share : {0.2, 0.8})
      expect_coverage(periods, 0.6, share, "provider(reliability = " + std::to_string(share) + ")");
}

}  // namespace
}  // namespace headwater
