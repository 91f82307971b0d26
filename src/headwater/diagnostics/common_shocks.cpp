// Question: are errors of different units in the same period related? With r_ij the correlation of the errors of units
// i and j over the T_ij periods that both have, and P the pairs with two such periods at least:
//   pesaran_cd           √(1/P) Σ √T_ij r_ij, normal: no relation of one sign (Pesaran 2004; 2021 for its null)
//   breusch_pagan_lm     Σ T_ij r_ij² ~ χ²(P): no relation of any sign, for few units and many periods (1980)
//   scaled_lm            √(1/2P) Σ (T_ij r_ij² − 1), normal (Pesaran 2004)
//   bias_corrected_lm    that less n/(2(T−1)), of a fit with unit effects, T the most rows of a unit (Baltagi, Feng
//                        and Kao 2012)
// The errors are those of the fit, unweighted. Equal to plm pcdtest on the same errors to 1e-12. Pairs with fewer than
// two periods in common, or where one does not vary over them, are left out and counted.
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/diagnostics/requested.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

constexpr const char* kTogether =
    "shocks hit units of a period together beyond what the model takes up, so errors clustered by unit are too small; "
    "cluster by the period as well, use driscoll_kraay, or give the model period effects";
constexpr const char* kApart = "no sign of shocks common to units beyond what the model takes up";

struct PairSums {
  double pairs = 0, signed_sum = 0, squares = 0, left_out = 0, correlation = 0;
};

// Errors by period (down) and unit (across), and whether a row is there.
struct Wide {
  Matrix errors, present;
};

Wide wide_errors(const Fit& fit) {
  const Design& design = *fit.design;
  const Matrix none = Matrix::Zero(design.time.count, design.unit.count);
  Wide wide{none, none};
  for (Index i = 0; i < design.n(); ++i) {
    const auto row = static_cast<std::size_t>(i);
    wide.errors(design.time.code[row], design.unit.code[row]) = fit.linear->residuals(i);
    wide.present(design.time.code[row], design.unit.code[row]) = 1;
  }
  return wide;
}

void add_pair(PairSums& sums, const Wide& wide, Index i, Index j) {
  const Vector both = wide.present.col(i).cwiseProduct(wide.present.col(j));
  const double T = both.sum();
  const Vector a = both.cwiseProduct(wide.errors.col(i)), b = both.cwiseProduct(wide.errors.col(j));
  const double ma = a.sum() / T, mb = b.sum() / T;
  const double aa = (a - ma * both).squaredNorm(), bb = (b - mb * both).squaredNorm();
  if (T < 2 || !(aa > 0) || !(bb > 0)) {
    ++sums.left_out;
    return;
  }
  const double r = (a - ma * both).dot(b - mb * both) / std::sqrt(aa * bb);
  ++sums.pairs;
  sums.signed_sum += std::sqrt(T) * r;
  sums.squares += T * r * r;
  sums.correlation += r;
}

double longest_series(const Fit& fit) {
  const Grouping& unit = fit.design->unit;
  return sums_by(Vector::Ones(fit.n()), unit).maxCoeff();
}

PairSums over_pairs(const Fit& fit) {
  const Wide wide = wide_errors(fit);
  const Index N = wide.errors.cols();
  std::vector<PairSums> parts(static_cast<std::size_t>(N));
  parallel_for(parts.size(), [&](std::size_t i) {
    for (Index j = 0; j < static_cast<Index>(i); ++j) add_pair(parts[i], wide, static_cast<Index>(i), j);
  });
  PairSums all;
  for (const PairSums& part : parts) {
    all.pairs += part.pairs;
    all.signed_sum += part.signed_sum;
    all.squares += part.squares;
    all.left_out += part.left_out;
    all.correlation += part.correlation;
  }
  return all;
}

}  // namespace

std::vector<Test> common_shock_tests(const DiagnosticInput& input) {
  need_panel(input);
  const Fit& fit = input.fit;
  const PairSums sums = over_pairs(fit);
  if (sums.pairs == 0)
    throw Error(ErrorKind::data, "diagnostic.no_pairs",
                "common_shocks finds no two units with two periods in common, so nothing to correlate");
  const double P = sums.pairs, scaled = std::sqrt(1 / (2 * P)) * (sums.squares - P);
  const std::string mean = "errors of different units in the same period are unrelated";
  std::vector<Test> tests;
  tests.push_back(
      with_meaning(normal_test("pesaran_cd", mean + " (mean correlation " + significant(sums.correlation / P, 2) + ")",
                               std::sqrt(1 / P) * sums.signed_sum),
                   fit, kTogether, kApart));
  tests.push_back(with_meaning(chi_squared_test("breusch_pagan_lm", mean + ", whatever the sign", sums.squares, P), fit,
                               kTogether, kApart));
  tests.push_back(with_meaning(normal_test("scaled_lm", mean + ", whatever the sign, for many units", scaled), fit,
                               kTogether, kApart));
  if (absorbs(fit, fit.design->unit))
    tests.push_back(
        with_meaning(normal_test("bias_corrected_lm", mean + ", whatever the sign, for many units about their effects",
                                 scaled - fit.design->unit.count / (2 * (longest_series(fit) - 1))),
                     fit, kTogether, kApart));
  if (sums.left_out > 0)
    tests.front().notes.push_back({"diagnostic.pairs_left_out",
                                   "common_shocks leaves out " +
                                       counted(static_cast<long long>(sums.left_out), "pair") +
                                       " of units that have fewer than two periods in common, or do not vary in them"});
  return tests;
}

}  // namespace headwater
