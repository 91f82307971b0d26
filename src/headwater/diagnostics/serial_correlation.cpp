// Question: do errors of a unit go on from one period to the next?
// wooldridge_within: the within errors are regressed on those of the period before; without serial correlation their
//   slope is −1/(T−1), T the number of periods. F(1, m−2) with errors clustered by unit and no factor, m the pairs
//   (Wooldridge 2010, 10.5.4). Equals plm pwartest.
// wooldridge_differences: the same for the errors of first differences (with a drift), whose slope is −1/2 without
//   serial correlation in levels; wooldridge_random_walk: it is 0 where errors in levels are a random walk (Wooldridge
//   2010, 10.6.3; Drukker 2003, whose xtserial leaves the drift out). Equals plm pwfdtest.
// From the pooled errors e, A = 1 − Σ_i(Σ_t e)²/Σe², B = Σ e_t e_{t−1}/Σ e_t² over rows with one before, a = Σ T_i²,
//   s = a − 3N + 2n, for N rows of n units: baltagi_li_joint, neither serial correlation nor unit effects, N²((A +
//   2B)²/(2s) + B²/(N−n)) ~ χ²(2) (Baltagi and Li 1991); bera_sosa_yoon, no serial correlation whether or not there are
//   unit effects, (B + (N−n)/(a−N) A)² (a−N)N²/((N−n)s) ~ χ²(1), and bera_sosa_yoon_effects the other way round,
//   N²(A + 2B)²/(2s) (Bera, Sosa-Escudero and Yoon 2001; unbalanced Sosa-Escudero and Bera 2008). Equal plm pbsytest.
// baltagi_li: no first-order correlation beside random effects, of a balanced fit with random effects of the unit: LM
//   at its coefficients (Baltagi and Li 1995, LM5). With maximum likelihood plm's pbltest.
// All of these are of the model's regressors and of its effects other than the unit's. Rows follow by time; across a
// gap no pair is formed (gaps = bridge takes rows as they follow, as plm does).
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/design/encoding.hpp"
#include "headwater/diagnostics/requested.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

constexpr const char* kGoesOn =
    "errors of a unit go on from period to period, so iid and robust errors are too small; cluster by the unit, or use "
    "newey_west";
constexpr const char* kEnds = "no sign that errors of a unit go on; clustering by the unit is safe all the same";

// Rows that have one before them, and those.
struct Neighbours {
  std::vector<Index> later, earlier;

  explicit Neighbours(const std::vector<Index>& before) {
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (before[i] < 0) continue;
      later.push_back(static_cast<Index>(i));
      earlier.push_back(before[i]);
    }
  }
  Grouping of_later(const Grouping& groups) const { return restricted(groups, {later.begin(), later.end()}); }
};

struct Pairs {
  Vector now, before;
  Grouping unit;
};

Pairs pairs_of(const Vector& errors, const Grouping& units, const std::vector<Index>& before) {
  const Neighbours rows(before);
  return {errors(rows.later), errors(rows.earlier), rows.of_later(units)};
}

// The slope of errors on those before is `value`, clustered by unit.
Test slope_test(const char* name, const std::string& hypothesis, const Pairs& pairs, double value) {
  const auto m = static_cast<double>(pairs.now.size());
  if (m < 4)
    throw Error(ErrorKind::data, "diagnostic.few_pairs",
                "serial_correlation has " + std::to_string(pairs.now.size()) +
                    " pairs of neighbouring periods; it needs four at least");
  Matrix X(pairs.now.size(), 2);
  X << Vector::Ones(pairs.now.size()), pairs.before;
  const LeastSquares fitted = least_squares(X, pairs.now, Vector());
  if (fitted.coefficients.size() < 2)
    throw Error(ErrorKind::data, "diagnostic.flat_errors", "serial_correlation finds no variation in the errors");
  const Matrix scores = (X * fitted.bread).array().colwise() * fitted.residuals.array();
  const double variance = sums_by(scores, pairs.unit).col(1).squaredNorm();
  return f_test(name, hypothesis, std::pow(fitted.coefficients(1) - value, 2) / variance, 1, m - 2);
}

std::vector<Effect> other_effects(const Fit& fit, bool unit) {
  std::vector<Effect> effects;
  if (unit) effects.push_back(effect_of(fit.design->unit));
  for (const Effect& effect : fit.design->effects)
    if (!effect.intercept || !nested_in(fit.design->unit, effect.levels)) effects.push_back(effect);
  return effects;
}

// First differences with a drift and period effects, on the later rows of the pairs.
Fit differenced(const Fit& fit, const std::vector<Index>& before) {
  const Design& design = *fit.design;
  const Neighbours rows(before);
  const auto n = static_cast<Index>(rows.later.size());
  const Index own = design.k() - (design.intercept ? 1 : 0);
  const Matrix X = design.X.rightCols(own);
  Transformed data{.X = Matrix(n, own + 1),
                   .y = design.y(rows.later) - design.y(rows.earlier),
                   .of_design = false,
                   .constant = true};
  data.X << Vector::Ones(n), X(rows.later, Eigen::all) - X(rows.earlier, Eigen::all);
  data.names.emplace_back("(Intercept)");
  data.names.insert(data.names.end(), design.names.end() - own, design.names.end());
  data.origins.resize(data.names.size());
  for (const Effect& effect : design.effects)
    if (effect.intercept && nested_in(effect.levels, design.time))
      data.effects.push_back(effect_of(rows.of_later(effect.levels)));
  data.atoms.n = n;
  data.atoms.unit = rows.of_later(design.unit);
  data.atoms.design_row = rows.later;
  return solve_least_squares(fit.design, std::move(data));
}

// Positions of the pairs' earlier rows among the pairs themselves.
std::vector<Index> pairs_before(const std::vector<Index>& before) {
  std::vector<Index> position(before.size(), -1), result;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] < 0) continue;
    position[i] = static_cast<Index>(result.size());
    result.push_back(position[static_cast<std::size_t>(before[i])]);
  }
  return result;
}

void add_wooldridge_slopes(std::vector<Test>& tests, const Fit& fit, const std::vector<Index>& before) {
  const Fit within = refitted(fit, other_effects(fit, true));
  tests.push_back(with_meaning(
      slope_test("wooldridge_within", "errors about the unit's effect have nothing to do with those before",
                 pairs_of(within.linear->residuals, fit.design->unit, before), -1.0 / (fit.design->time.count - 1)),
      fit, kGoesOn, kEnds));
  if (fit.design->time.count < 3) return;
  const Fit changes = differenced(fit, before);
  const Pairs pairs = pairs_of(changes.linear->residuals, changes.atoms.unit, pairs_before(before));
  tests.push_back(with_meaning(
      slope_test("wooldridge_differences",
                 "errors in levels have nothing to do with those before, as their changes tell", pairs, -0.5),
      fit, kGoesOn, kEnds));
  tests.push_back(with_meaning(
      slope_test("wooldridge_random_walk", "changes of the errors have nothing to do with those before", pairs, 0), fit,
      "errors are no random walk, so within is the better of within and first differences, or more than one lag goes "
      "on",
      "errors may be a random walk: first differences are the better of within and first differences"));
}

void add_pooled(std::vector<Test>& tests, const Fit& fit, const std::vector<Index>& before) {
  const Fit pooled = refitted(fit, other_effects(fit, false));
  const Vector& e = pooled.linear->residuals;
  const Pairs pairs = pairs_of(e, fit.design->unit, before);
  const auto N = static_cast<double>(e.size()), n = static_cast<double>(fit.design->unit.count);
  const double m = static_cast<double>(pairs.now.size());
  const double A = 1 - sums_by(e, fit.design->unit).squaredNorm() / e.squaredNorm();
  const double B = pairs.now.dot(pairs.before) / pairs.now.squaredNorm();
  const double a = sums_by(Vector::Ones(e.size()), fit.design->unit).squaredNorm(), s = a - 3 * N + 2 * n;
  if (!(s > 0)) return;  // two periods: the unit's effect and serial correlation are one thing
  if (m < N - n) {
    tests.back().notes.push_back(
        {"diagnostic.gaps",
         "baltagi_li_joint and bera_sosa_yoon are left out: units have gaps, and these tests take the "
         "rows of a unit as neighbours; gaps = bridge does so"});
    return;
  }
  tests.push_back(
      with_meaning(chi_squared_test("baltagi_li_joint", "there is neither serial correlation nor an effect of the unit",
                                    N * N * (std::pow(A + 2 * B, 2) / (2 * s) + B * B / (N - n)), 2),
                   fit, "pooled errors of a unit go together: by an effect of its own, serial correlation, or both",
                   "no sign that pooled errors of a unit go together"));
  tests.push_back(with_meaning(
      chi_squared_test("bera_sosa_yoon", "there is no serial correlation, whether or not units have effects",
                       std::pow(B + (N - n) / (a - N) * A, 2) * (a - N) * N * N / ((N - n) * s), 1),
      fit, kGoesOn, kEnds));
  tests.push_back(with_meaning(
      chi_squared_test("bera_sosa_yoon_effects", "units have no effects, whether or not there is serial correlation",
                       N * N * std::pow(A + 2 * B, 2) / (2 * s), 1),
      fit, "units have effects of their own beside serial correlation: give the model their effect",
      "what pooled errors of a unit have in common may be serial correlation alone"));
}

// Baltagi and Li (1995), LM5: score and information at the fit's coefficients with the variances of its errors.
void add_random(std::vector<Test>& tests, const Fit& fit, const std::vector<Index>& before) {
  const Design& design = *fit.design;
  if (!fit.random || fit.random->effects.size() != 1 || !same_groups(fit.random->effects.front().levels, design.unit) ||
      design.n() != Index{design.unit.count} * design.time.count)
    return;
  const Vector u = fit.linear->residuals + fit.random->effects.front().predicted(design.unit.code);
  const double n = design.unit.count, t = design.time.count;
  const Vector sums = sums_by(u, design.unit).col(0);
  const double between = sums.squaredNorm() / t / n, own = (u.squaredNorm() - sums.squaredNorm() / t) / (n * (t - 1));
  const Vector means = (sums / t)(design.unit.code);
  const Vector whitened = means / between + (u - means) / own;
  double score = 0;
  for (std::size_t i = 0; i < before.size(); ++i)
    if (before[i] >= 0) score += whitened(static_cast<Index>(i)) * whitened(before[i]);
  const double slope = n * (t - 1) / t * (between - own) / between + own * score;
  const double c = (own - between) / (t * between);
  Matrix J(3, 3);
  J(0, 0) = n * (2 * c * c * (t - 1) * (t - 1) + 2 * c * (2 * t - 3) + t - 1);
  J(0, 1) = J(1, 0) = n * (t - 1) * own / (between * between);
  J(0, 2) = J(2, 0) = n * (t - 1) / t * own * (1 / (between * between) - 1 / (own * own));
  J(1, 1) = n * t * t / (2 * between * between);
  J(1, 2) = J(2, 1) = n * t / (2 * between * between);
  J(2, 2) = n / 2 * (1 / (between * between) + (t - 1) / (own * own));
  const double inverse = solve_definite(J, Vector(Vector::Unit(3, 0)))(0, 0);
  tests.push_back(with_meaning(chi_squared_test("baltagi_li",
                                                "errors beside the random effects have nothing to do with those of the "
                                                "period before",
                                                slope * slope * inverse, 1),
                               fit, kGoesOn, kEnds));
}

}  // namespace

std::vector<Test> serial_correlation_tests(const DiagnosticInput& input) {
  need_panel(input);
  const std::vector<Index> before = rows_before(*input.fit.design, input.call.get("gaps", "break") == "bridge");
  std::vector<Test> tests;
  add_wooldridge_slopes(tests, input.fit, before);
  add_pooled(tests, input.fit, before);
  add_random(tests, input.fit, before);
  return tests;
}

}  // namespace headwater
