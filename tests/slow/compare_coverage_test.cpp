// Do 95 % intervals of the parts of a change between two runs cover them? Trusts are drawn with both vintages of their
// figures and with whether each run has them; the truth is that of a draw of 20,000 trusts.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>

#include "headwater/core/random.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/run/compare.hpp"
#include "headwater/run/pipeline.hpp"
#include "unit/hdf5/scratch_folder.hpp"

namespace headwater {
namespace {

constexpr int kYears = 6;
constexpr std::uint32_t kDraws = 400;
constexpr const char* kNames[] = {"change", "data", "sample", "specification"};

// Both vintages of `trusts` trusts as two files. A tenth has left by the second, a tenth is new; those differ in their
// slope. A third of the cells of x is revised, and with them the outcome.
void write_vintages(const std::string& first, const std::string& second, int trusts, std::uint32_t draw) {
  RandomStream random(73, draw, static_cast<std::uint32_t>(trusts));
  std::ofstream before(first), after(second);
  before << "trust,year,y,x,z\n";
  after << "trust,year,y,x,z\n";
  for (int u = 0; u < trusts; ++u) {
    const double fate = random.uniform(), slope = fate < 0.2 ? 0.9 : 0.5, level = random.normal();
    for (int t = 0; t < kYears; ++t) {
      const double x = level + random.normal() + 0.2 * t, z = 0.4 * x + random.normal();
      const double y = slope * x + 0.3 * z + level + 0.1 * t + 0.5 * random.normal();
      const bool revised = random.uniform() < 1.0 / 3;
      const double slip = 0.7 * random.normal(), change = 0.2 * x + 0.2 * random.normal();
      const auto row = [&](std::ofstream& file, double outcome, double regressor) {
        file << 'T' << u << ',' << 2010 + t << ',' << outcome << ',' << regressor << ',' << z << '\n';
      };
      if (fate >= 0.1) row(before, revised ? y - change : y, revised ? x + slip : x);
      if (fate < 0.1 || fate >= 0.2) row(after, y, x);
    }
  }
}

struct Parts {
  std::array<double, 4> estimate, low, high;
};

Tree result_of(const std::string& data, const std::string& formula) {
  return describe(run(config_from_flags(
      {{"data.file", data}, {"data.unit", "trust"}, {"data.time", "year"}, {"model.formula", formula}})));
}

Parts parts_of(int trusts, std::uint32_t draw, const ScratchFolder& folder) {
  const std::string first = folder / "first.csv", second = folder / "second.csv";
  write_vintages(first, second, trusts, draw);
  const Tree a = result_of(first, "y ~ x + z | trust + year"), b = result_of(second, "y ~ x | trust + year");
  const Tree answer = compare({"first", &a, ""}, {"second", &b, ""}, "");
  const Tree& fit = answer.find_child("fits")->children.front();
  Parts parts{};
  for (std::size_t p = 0; p < 4; ++p) {
    parts.estimate[p] = numbers(fit, "estimate")[p];
    parts.low[p] = numbers(fit, "conf_low")[p];
    parts.high[p] = numbers(fit, "conf_high")[p];
  }
  return parts;
}

TEST(Compare, IntervalsOfThePartsCover) {
  const ScratchFolder folder;
  const Parts truth = parts_of(20000, 0, folder);
  std::array<int, 4> covered{};
  for (std::uint32_t draw = 1; draw <= kDraws; ++draw) {
    const Parts parts = parts_of(60, draw, folder);
    for (std::size_t p = 0; p < 4; ++p)
      covered[p] += parts.low[p] <= truth.estimate[p] && truth.estimate[p] <= parts.high[p];
  }
  for (std::size_t p = 0; p < 4; ++p) {
    const double share = covered[p] / static_cast<double>(kDraws);
    std::printf("| %s | %.4f | %.1f |\n", kNames[p], truth.estimate[p], 100 * share);
    EXPECT_GE(share, 0.91) << kNames[p];
    EXPECT_LE(share, 0.985) << kNames[p];
  }
}

}  // namespace
}  // namespace headwater
