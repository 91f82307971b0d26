// Question: do all units have the same coefficients? Each unit with more rows than coefficients has a regression of its
// own, with a constant.
//   poolability: F of the sums of squares of these against one set of slopes with unit effects (poolability_constants:
//     against one set with one constant too), under errors of one variance; Chow (1960). Equals plm pooltest.
//   pesaran_yamagata: S = Σ_i d_i, d_i = (b_i − b)' X_i'MX_i (b_i − b)/s_i², b_i the unit's slopes, b their mean
//     weighted by X_i'MX_i/s_i², s_i² = the unit's errors under the within slopes, squared, over T_i − 1 (Swamy 1970);
//     Δ = Σ (d_i − k)/√(2kn) and, adjusted, Σ (d_i − k)/√(2k(T_i−k−1)/(T_i+1))/√n, normal (Pesaran and Yamagata 2008,
//     eq. 26 and 29). Variances may differ between units. Equals Stata xthst.
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/diagnostics/requested.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

constexpr const char* kDiffer =
    "coefficients differ between units: what is reported is a mean of different effects, weighted by "
    "how much each unit's drivers vary";
constexpr const char* kSame = "no sign that coefficients differ between units";

struct UnitData {
  Matrix X;  // slopes alone
  Vector y;
};

std::vector<UnitData> by_unit(const Design& design) {
  const Index own = design.k() - (design.intercept ? 1 : 0);
  std::vector<UnitData> units;
  const Matrix slopes = design.X.rightCols(own);
  for (const std::vector<Index>& at : rows_by(design.unit)) units.push_back({slopes(at, Eigen::all), design.y(at)});
  return units;
}

LeastSquares own_regression(const UnitData& unit) {
  Matrix X(unit.X.rows(), unit.X.cols() + 1);
  X << Vector::Ones(unit.X.rows()), unit.X;
  return least_squares(X, unit.y, Vector());
}

Test poolability(const char* name, const std::string& hypothesis, const Fit& pooled, double rss, double df) {
  const double q = static_cast<double>(pooled.df_residual) - df;
  return f_test(name, hypothesis, (pooled.goodness.rss - rss) / q / (rss / df), q, df);
}

void add_poolability(std::vector<Test>& tests, const Fit& fit, const Fit& within, const std::vector<UnitData>& units) {
  double rss = 0, df = 0;
  for (const UnitData& unit : units) {
    const LeastSquares own = own_regression(unit);
    rss += own.residuals.squaredNorm();
    df += static_cast<double>(unit.y.size() - own.coefficients.size());
  }
  if (!(df > 0) || !(rss > 0)) return;
  tests.push_back(with_meaning(
      poolability("poolability", "all units have the same slopes, each with a constant of its own", within, rss, df),
      fit, kDiffer, kSame));
  tests.push_back(
      with_meaning(poolability("poolability_constants", "all units have the same slopes and the same constant",
                               refitted(fit, {}), rss, df),
                   fit, kDiffer, kSame));
}

struct Swamy {
  Matrix precision;  // X'MX/s²
  Vector weighed;    // X'My/s²
  Vector own;        // the unit's slopes
  double rows;
};

// Sets aside units that cannot have slopes of their own.
std::vector<Swamy> swamy_parts(const std::vector<UnitData>& units, const Vector& slopes, double& left_out) {
  std::vector<Swamy> parts;
  for (const UnitData& unit : units) {
    const double T = static_cast<double>(unit.y.size()), k = static_cast<double>(slopes.size());
    const Matrix X = unit.X.rowwise() - unit.X.colwise().mean();
    const Vector y = unit.y.array() - unit.y.mean();
    const LeastSquares own = least_squares(X, y, Vector());
    const double variance = (y - X * slopes).squaredNorm() / (T - 1);
    if (T <= k + 1 || own.coefficients.size() < slopes.size() || !(variance > 0)) {
      ++left_out;
      continue;
    }
    parts.push_back({X.transpose() * X / variance, X.transpose() * y / variance, own.coefficients, T});
  }
  return parts;
}

void add_pesaran_yamagata(std::vector<Test>& tests, const Fit& fit, const Fit& within,
                          const std::vector<UnitData>& units) {
  if (within.k() != units.front().X.cols()) return;  // slopes that no unit can tell
  double left_out = 0;
  const std::vector<Swamy> parts = swamy_parts(units, within.coefficients, left_out);
  if (parts.size() < 2) return;
  const auto k = static_cast<double>(within.k()), n = static_cast<double>(parts.size());
  Matrix precision = Matrix::Zero(within.k(), within.k());
  Vector weighed = Vector::Zero(within.k());
  for (const Swamy& part : parts) {
    precision += part.precision;
    weighed += part.weighed;
  }
  const Vector mean = solve_definite(precision, weighed);
  double delta = 0, adjusted = 0;
  for (const Swamy& part : parts) {
    const Vector apart = part.own - mean;
    const double d = apart.dot(part.precision * apart) - k;
    delta += d / std::sqrt(2 * k * n);
    adjusted += d / std::sqrt(2 * k * (part.rows - k - 1) / (part.rows + 1) * n);
  }
  const std::string hypothesis = "all units have the same slopes, whatever the variance of each";
  tests.push_back(with_meaning(normal_test("pesaran_yamagata", hypothesis, delta), fit, kDiffer, kSame));
  tests.push_back(with_meaning(normal_test("pesaran_yamagata_adjusted", hypothesis + " (for few periods)", adjusted),
                               fit, kDiffer, kSame));
  if (left_out > 0)
    tests.back().notes.push_back({"diagnostic.units_left_out",
                                  "pesaran_yamagata leaves out " + counted(static_cast<long long>(left_out), "unit") +
                                      " with too few rows or too little variation for slopes of its own"});
}

}  // namespace

std::vector<Test> same_slopes_tests(const DiagnosticInput& input) {
  need_rows(input);
  const Fit& fit = input.fit;
  const Design& design = *fit.design;
  if (!design.has_unit || design.unit.count < 2)
    throw Error(ErrorKind::usage, "diagnostic.no_keys",
                "same_slopes compares units and needs the unit key with two of them at least");
  if (design.weights.size() > 0)
    throw Error(ErrorKind::usage, "diagnostic.weights",
                "same_slopes takes no weights; ask it of the model without them");
  const std::vector<UnitData> units = by_unit(design);
  const Fit within = refitted(fit, {effect_of(design.unit)});
  std::vector<Test> tests;
  add_poolability(tests, fit, within, units);
  add_pesaran_yamagata(tests, fit, within, units);
  if (tests.empty())
    throw Error(ErrorKind::data, "diagnostic.few_rows",
                "same_slopes finds no units with more rows than coefficients, so none has a regression of its own");
  return tests;
}

}  // namespace headwater
