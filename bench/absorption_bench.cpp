// Absorption of two and three effects on the published panels: every coefficient is checked against its exact value,
// and the rank against the graph's, before processor time is told. `absorption_bench [ROWS]`: 1000000, or 10000000. To
// beat at 1e6 rows (fixest 0.14, whole fit, tolerance 1e-6, two threads of a like machine): simple 0.12 s with two
// effects and 0.10 with three, difficult 2.3, akm19 3.8.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "headwater/absorption/absorber.hpp"
#include "headwater/linalg/gram.hpp"
#include "published_panels.hpp"

namespace headwater {
namespace {

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

struct Wanted {
  double first = std::nan("");  // coefficient of the first regressor; not a number: not published
  double tolerance = 0;
  std::int64_t deficiency = -1;  // columns less the rank; -1: not published
};

Vector slopes(const Matrix& columns) {
  const Index k = columns.cols() - 1;
  const Matrix cross = columns.transpose() * columns;
  const GramFactor factor(cross.topLeftCorner(k, k), cross.diagonal().head(k));
  return factor.solve(cross.col(k).head(k));
}

void time_one(const char* name, const bench::PublishedPanel& panel, bool firms, const Wanted& wanted) {
  const Index n = panel.y.size(), k = panel.X.cols();
  std::vector<Effect> effects = {bench::effect_of("person", panel.person), bench::effect_of("year", panel.year)};
  if (firms) effects.push_back(bench::effect_of("firm", panel.firm));
  Matrix columns(n, k + 1);
  columns << panel.X, panel.y;
  columns.rowwise() -= columns.colwise().mean();
  const double start = processor_seconds();
  const Absorber absorber(effects, Vector(), n);
  const double built = processor_seconds();
  const Absorbed absorbed = absorber.project(std::move(columns));
  const double done = processor_seconds();
  const double first = slopes(absorbed.columns)(0);
  std::int64_t all = 0;
  for (const auto& effect : absorber.rank().effects) all += effect.levels;
  const std::int64_t deficiency = all - absorber.rank().rank;
  std::printf(
      "%-22s %-64s b1 %.12f  deficiency %lld  certificate %.1e  iterations %d  built %.3f s  projected %.3f s\n", name,
      absorber.solver().c_str(), first, static_cast<long long>(deficiency), absorbed.certificate, absorbed.iterations,
      built - start, done - built);
  const bool right = absorbed.converged && !(std::abs(first - wanted.first) > wanted.tolerance) &&
                     (wanted.deficiency < 0 || deficiency == wanted.deficiency);
  if (right) return;
  std::fprintf(stderr, "%s: b1 should be %.12f, the deficiency %lld\n", name, wanted.first,
               static_cast<long long>(wanted.deficiency));
  std::exit(1);
}

void run(std::int64_t n) {
  const bool million = n == 1000000;
  const std::uint64_t seed = million ? 20250061 : 20250071;
  const auto simple = bench::of_2025(n, seed, false, 1);
  time_one("simple, 2 effects", simple, false, million ? Wanted{0.9977779862, 5e-11, 1} : Wanted{});
  time_one("simple, 3 effects", simple, true, million ? Wanted{0.998046823040, 5e-13, 2} : Wanted{});
  time_one("difficult, 3 effects", bench::of_2025(n, seed + 500, true, 1), true,
           million ? Wanted{1.000340117967, 5e-13, 3} : Wanted{});
  auto akm = bench::of_2019(n, million ? 20190061 : 20190071);
  time_one("akm19, 3 effects", akm, true, million ? Wanted{2.998476501180, 5e-13, -1} : Wanted{});
  std::swap(akm.year, akm.firm);
  time_one("akm19, person + firm", akm, false, Wanted{});
}

}  // namespace
}  // namespace headwater

int main(int argc, char** argv) { headwater::run(argc > 1 ? std::atoll(argv[1]) : 1000000); }
