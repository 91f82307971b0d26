// Do 95 % intervals of Shapley shares of the variance within units cover the true shares, with 50 and with 200
// clusters? Units differ in the size of their shocks, so that rows of a cluster go together; the truth follows from the
// moments that the drivers and errors were drawn with.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "headwater/core/distributions.hpp"
#include "headwater/core/random.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/linalg/subsets.hpp"
#include "unit/decompositions/small_panel.hpp"

namespace headwater {
namespace {

constexpr int kPeriods = 6;
constexpr int kReplications = 4000;
const double kSlopes[] = {0.6, 0.4, 0.5, -0.3};

// x1..x4: correlated innovations about unit levels; y with unit effects and shocks whose size differs between units.
Panel drawn(int units, std::uint32_t replicate) {
  RandomStream random(31, replicate, static_cast<std::uint32_t>(units));
  std::vector<std::string> unit;
  std::vector<double> year, y;
  std::vector<std::vector<double>> x(4);
  for (int u = 0; u < units; ++u) {
    const double level = random.normal(), spread = std::sqrt(random.exponential());
    for (int t = 0; t < kPeriods; ++t) {
      double previous = 0, value = 2 * level + spread * random.normal();
      for (std::size_t j = 0; j < 4; ++j) {
        const double innovation = random.normal() + 0.5 * previous;
        x[j].push_back(level + innovation);
        value += kSlopes[j] * (level + innovation);
        previous = innovation;
      }
      unit.push_back("u" + std::to_string(u));
      year.push_back(2000 + t);
      y.push_back(value);
    }
  }
  const auto vector = [](const std::vector<double>& v) {
    return Vector(Eigen::Map<const Vector>(v.data(), static_cast<Index>(v.size())));
  };
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < unit.size(); ++i) rows.push_back(static_cast<std::int64_t>(i) + 2);
  return Panel({text_column("unit", unit), number_column("year", vector(year)), number_column("x1", vector(x[0])),
                number_column("x2", vector(x[1])), number_column("x3", vector(x[2])), number_column("x4", vector(x[3])),
                number_column("y", vector(y))},
               {"unit", "year"}, rows, {});
}

Vector true_shares() {
  Matrix root = Matrix::Identity(4, 4);
  for (Index j = 1; j < 4; ++j) root.row(j) += 0.5 * root.row(j - 1);
  const Vector b = Eigen::Map<const Vector>(kSlopes, 4);
  SubsetGame game{Matrix(5, 5), {{0, 1}, {2}, {3}}};
  game.moments.topLeftCorner(4, 4) = root * root.transpose();
  game.moments.col(4).head(4) = game.moments.topLeftCorner(4, 4) * b;
  game.moments.row(4).head(4) = game.moments.col(4).head(4).transpose();
  game.moments(4, 4) = b.dot(game.moments.col(4).head(4)) + 1;
  return shapley(coalition_sums(game)) / game.moments(4, 4);
}

TEST(ShapleyShares, IntervalsCoverTheTruthWithFiftyAndTwoHundredClusters) {
  const Vector truth = true_shares();
  for (const int units : {50, 200}) {
    Matrix covered(kReplications, 3);
    parallel_for(kReplications, [&](std::size_t r) {
      Spec spec = small_spec("y ~ x1 + x2 + x3 + x4 | unit", "within");
      spec.drivers = {{"first", parse_terms("x1 + x2")}, {"second", parse_terms("x3")}, {"third", parse_terms("x4")}};
      const Decomposition d = small_model(drawn(units, static_cast<std::uint32_t>(r)), spec).run("shapley").front();
      const double reach = student_quantile(0.975, d.inference.df);
      for (Index i = 0; i < 3; ++i)
        covered(static_cast<Index>(r), i) =
            std::abs(d.estimates.values(i) - truth(i)) <= reach * std::sqrt(d.covariance(i, i)) ? 1 : 0;
    });
    const Vector coverage = covered.colwise().mean().transpose();
    std::printf("%d clusters: coverage %.4f %.4f %.4f of shares %.3f %.3f %.3f\n", units, coverage(0), coverage(1),
                coverage(2), truth(0), truth(1), truth(2));
    for (Index i = 0; i < 3; ++i) {
      EXPECT_GE(coverage(i), 0.93) << units << " clusters, share " << i;
      EXPECT_LE(coverage(i), 0.97) << units << " clusters, share " << i;
    }
  }
}

}  // namespace
}  // namespace headwater
