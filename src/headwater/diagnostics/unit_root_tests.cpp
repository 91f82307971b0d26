// Question: do shocks to a variable stay for good (a unit root), unit by unit? Each unit has Δy_t = ρ y_{t−1} + Σ_l γ_l
// Δy_{t−l} + deterministic terms + e_t with p lags; t_i is that of ρ, its variance rss over the rows of the regression.
// The hypothesis of all but hadri is ρ = 0 in every unit:
//   levin_lin_chu: one ρ for all; y_{t−1} and Δy are freed of lags and terms, divided by the unit's σ, and pooled; t
//     less N T̃ s σ⁻² se(ρ) μ*, over σ*, s the mean ratio of long-run to short-run deviations (Bartlett, the nearest
//     whole number to 3.21 T^(1/3) lags). Levin, Lin and Chu (2002), eq. 12. Balanced panels.
//   im_pesaran_shin: √N (mean t − mean E)/√(mean V), E and V by rows and lags. Im, Pesaran and Shin (2003), eq. 4.10.
//   fisher: −2 Σ log p_i ~ χ²(2N); choi_pm: (Σ(−2 log p_i − 2))/(2√N); choi_z: Σ Φ⁻¹(p_i)/√N; choi_logit: t with
//     5N + 4. Maddala and Wu (1999), Choi (2001). p_i by MacKinnon (1994), tables 3 and 4.
//   cips: mean t of regressions that hold the period means of y_{t−1}, Δy and its lags too, for units that shocks hit
//     together. Pesaran (2007), eq. 54; its variance with the usual degrees of freedom; p is read between his critical
//     values at 1, 5 and 10 %.
//   hadri, hadri_common_variance: that every unit is stationary; √N (LM − ξ)/ζ, LM the mean of Σ_t S_t²/(T² σ_i²), S
//     partial sums of the errors about the deterministic terms. Hadri (2000), eq. 18. Balanced panels.
// Equal to plm purtest (dfcor = FALSE) and cipstest to 1e-9; tables in unit_root_tables.cpp.
#include <algorithm>
#include <cmath>
#include <limits>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/diagnostics/requested.hpp"
#include "headwater/diagnostics/unit_roots.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

struct Asking {
  Deterministic terms;
  long lags;
};

Deterministic terms_of(const MethodCall& call) {
  const std::string terms = call.get("terms", "intercept");
  return terms == "none" ? Deterministic::none : terms == "trend" ? Deterministic::trend : Deterministic::intercept;
}

// ---- series ---------------------------------------------------------------------------------------------------------

struct Series {
  Vector y;
  std::vector<std::int32_t> period;  // code of each
};

Vector variable(const DiagnosticInput& input, const std::string& of) {
  const Design& design = *input.fit.design;
  if (of == "outcome") return design.y;
  for (std::size_t j = 0; j < design.names.size(); ++j)
    if (design.names[j] == of) return design.X.col(static_cast<Index>(j));
  throw Error(ErrorKind::usage, "diagnostic.variable",
              "unit_root has of = '" + of + "', which is neither outcome nor a regressor of the model; they are " +
                  joined(design.names, ", "));
}

std::vector<Series> series_of(const DiagnosticInput& input, long lags) {
  const Design& design = *input.fit.design;
  const Vector y = variable(input, input.call.get("of", "outcome"));
  const std::vector<Index> before = rows_before(design, false);
  std::vector<Series> all(static_cast<std::size_t>(design.unit.count));
  std::vector<std::vector<double>> values(all.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    const auto unit = static_cast<std::size_t>(design.unit.code[i]);
    if (!values[unit].empty() && before[i] < 0)
      throw Error(ErrorKind::data, "diagnostic.gap",
                  "unit_root needs series without gaps, and " + design.unit.name + " " + design.unit.labels[unit] +
                      " has none of the period before " +
                      design.time.labels[static_cast<std::size_t>(design.time.code[i])] +
                      "; take a subset without the gap");
    values[unit].push_back(y(static_cast<Index>(i)));
    all[unit].period.push_back(design.time.code[i]);
  }
  for (std::size_t u = 0; u < all.size(); ++u) {
    all[u].y = Eigen::Map<const Vector>(values[u].data(), static_cast<Index>(values[u].size()));
    if (all[u].y.size() < 2 * lags + 5)
      throw Error(ErrorKind::data, "diagnostic.short_series",
                  "unit_root has lags = " + std::to_string(lags) + " and " + design.unit.name + " " +
                      design.unit.labels[u] + " has " + counted(all[u].y.size(), "row") + "; it needs " +
                      std::to_string(2 * lags + 5) + " at least, so use fewer lags or leave it out");
  }
  return all;
}

bool all_of_one_length(const std::vector<Series>& all) {
  return std::all_of(all.begin(), all.end(), [&](const Series& s) { return s.y.size() == all.front().y.size(); });
}

// ---- the regression of one unit ------------------------------------------------------------------------------------

// Its rows: Δy, y before, lags of Δy and deterministic terms.
struct Rows {
  Vector change, level;
  Matrix lags, terms;
};

Matrix deterministic(Index first, Index count, Deterministic terms) {
  Matrix columns(count, static_cast<Index>(terms));
  if (terms != Deterministic::none) columns.col(0).setOnes();
  if (terms == Deterministic::trend)
    columns.col(1) = Vector::LinSpaced(count, static_cast<double>(first), static_cast<double>(first + count - 1));
  return columns;
}

Rows rows_of(const Vector& y, const Asking& asking) {
  const Index T = y.size(), p = asking.lags, n = T - p - 1;
  const Vector change = y.tail(T - 1) - y.head(T - 1);
  Rows rows{change.tail(n), y.segment(p, n), Matrix(n, p), deterministic(p + 2, n, asking.terms)};
  for (Index l = 1; l <= p; ++l) rows.lags.col(l - 1) = change.segment(p - l, n);
  return rows;
}

struct Fitted {
  double t, sigma;
};

// The first column's t; its variance by rows or degrees of freedom.
Fitted first_t(const Matrix& X, const Vector& y, bool degrees) {
  const LeastSquares fitted = least_squares(X, y, Vector());
  if (fitted.kept.empty() || fitted.kept.front() != 0)
    throw Error(ErrorKind::data, "diagnostic.flat_series", "unit_root finds a series that does not vary");
  const double n = static_cast<double>(X.rows()) - (degrees ? static_cast<double>(fitted.kept.size()) : 0);
  const double sigma = std::sqrt(fitted.residuals.squaredNorm() / n);
  return {fitted.coefficients(0) / (sigma * std::sqrt(fitted.bread(0, 0))), sigma};
}

Matrix side_by_side(const std::vector<Matrix>& parts) {
  Index columns = 0;
  for (const Matrix& part : parts) columns += part.cols();
  Matrix all(parts.front().rows(), columns);
  Index at = 0;
  for (const Matrix& part : parts) {
    all.middleCols(at, part.cols()) = part;
    at += part.cols();
  }
  return all;
}

Fitted dickey_fuller(const Rows& rows) {
  return first_t(side_by_side({rows.level, rows.lags, rows.terms}), rows.change, false);
}

// MacKinnon (1994): the normal distribution of a polynomial in t, another above a limit.
double dickey_fuller_p(double t, Deterministic terms) {
  constexpr double kLow[3][3] = {{0.6344, 1.2378, 0.032496}, {2.1659, 1.4412, 0.038269}, {3.2512, 1.6047, 0.049588}};
  constexpr double kHigh[3][4] = {{0.4797, 0.93557, -0.06999, 0.033066},
                                  {1.7339, 0.93202, -0.12745, -0.010368},
                                  {2.5261, 0.61654, -0.37956, -0.060285}};
  constexpr double kLimit[3] = {-1.04, -1.61, -2.89};
  const auto row = static_cast<std::size_t>(terms);
  const double* low = kLow[row];
  const double* high = kHigh[row];
  return normal_cdf(t <= kLimit[row] ? low[0] + t * (low[1] + t * low[2])
                                     : high[0] + t * (high[1] + t * (high[2] + t * high[3])));
}

// ---- the tests ------------------------------------------------------------------------------------------------------

constexpr const char* kReturns =
    "shocks do not stay for good in all units: there is something that a regression in levels can explain";
constexpr const char* kWanders =
    "shocks may stay for good: a regression in levels can find relations that are not there; compare first_difference";

Test one_sided(const char* name, std::string hypothesis, double statistic, bool lower) {
  Test test = normal_test(name, std::move(hypothesis), statistic);
  test.p_value = normal_cdf(lower ? statistic : -statistic);
  return test;
}

double long_run_variance(const Vector& y, Deterministic terms) {
  const Index T = y.size();
  Vector change = y.tail(T - 1) - y.head(T - 1);
  if (terms != Deterministic::none) change = least_squares(deterministic(1, T - 1, terms), change, Vector()).residuals;
  const auto q = static_cast<Index>(std::nearbyint(3.21 * std::cbrt(static_cast<double>(T))));
  double sum = change.squaredNorm();
  for (Index l = 1; l <= std::min(q, T - 2); ++l)
    sum += 2 * (1 - static_cast<double>(l) / static_cast<double>(q + 1)) *
           change.head(T - 1 - l).dot(change.tail(T - 1 - l));
  return sum / static_cast<double>(T - 1);
}

Test levin_lin_chu(const std::vector<Series>& all, const Asking& asking, const std::string& hypothesis) {
  double levels = 0, crossed = 0, changes = 0, ratio = 0;
  const auto n = static_cast<double>(all.size());
  const double T = static_cast<double>(all.front().y.size()), rows = T - static_cast<double>(asking.lags) - 1;
  for (const Series& series : all) {
    const Rows own = rows_of(series.y, asking);
    const double sigma = dickey_fuller(own).sigma;
    const Matrix others = side_by_side({own.lags, own.terms});
    const Vector change =
        (others.cols() > 0 ? least_squares(others, own.change, Vector()).residuals : own.change) / sigma;
    const Vector level = (others.cols() > 0 ? least_squares(others, own.level, Vector()).residuals : own.level) / sigma;
    levels += level.squaredNorm();
    crossed += level.dot(change);
    changes += change.squaredNorm();
    ratio += std::sqrt(long_run_variance(series.y, asking.terms)) / sigma / n;
  }
  const double rho = crossed / levels, variance = (changes - rho * crossed) / (n * rows),
               error = std::sqrt(variance / levels);
  const Moments moments = levin_lin_chu_moments(T, asking.terms);
  return one_sided("levin_lin_chu", hypothesis + ", with one speed of return for all otherwise",
                   (rho / error - n * rows * ratio / variance * error * moments.mean) / moments.spread, true);
}

Test im_pesaran_shin(const std::vector<Series>& all, const Asking& asking, const Vector& t,
                     const std::string& hypothesis) {
  double mean = 0, variance = 0;
  const auto n = static_cast<double>(all.size());
  for (const Series& series : all) {
    const Moments own =
        im_pesaran_shin_moments(static_cast<double>(series.y.size() - asking.lags - 1), asking.lags, asking.terms);
    mean += own.mean / n;
    variance += own.spread / n;
  }
  Test test = one_sided("im_pesaran_shin", hypothesis + ", each with a speed of its own otherwise",
                        std::sqrt(n) * (t.mean() - mean) / std::sqrt(variance), true);
  if (std::isnan(test.statistic)) {
    test.distribution = "not estimable";
    test.notes.push_back(
        {"diagnostic.beyond_table",
         "im_pesaran_shin has no moments for " + std::to_string(asking.lags) + " lags in so few rows; use fewer lags"});
  }
  return test;
}

void add_fisher(std::vector<Test>& tests, const Vector& t, const Asking& asking, const std::string& hypothesis) {
  const auto n = static_cast<double>(t.size());
  double logs = 0, normals = 0, odds = 0;
  for (const double each : t) {
    const double p = std::clamp(dickey_fuller_p(each, asking.terms), 1e-300, 1 - 1e-16);
    logs += std::log(p);
    normals += normal_quantile(p);
    odds += std::log(p / (1 - p));
  }
  tests.push_back(chi_squared_test("fisher", hypothesis + ", by the product of the p values", -2 * logs, 2 * n));
  tests.push_back(one_sided("choi_pm", hypothesis + ", by the product of the p values, for many units",
                            (-2 * logs - 2 * n) / (2 * std::sqrt(n)), false));
  tests.push_back(one_sided("choi_z", hypothesis + ", by the mean of normal quantiles", normals / std::sqrt(n), true));
  constexpr double kPi = 3.14159265358979323846;
  const double df = 5 * n + 4, scale = std::sqrt(3 * df / (kPi * kPi * n * (5 * n + 2)));
  Test logit = normal_test("choi_logit", hypothesis + ", by the mean of log odds", scale * odds);
  logit.df2 = df;
  logit.distribution = "t(" + shortest(df) + ")";
  const double tails = student_two_sided(logit.statistic, df) / 2;
  logit.p_value = logit.statistic < 0 ? tails : 1 - tails;
  tests.push_back(std::move(logit));
}

void add_hadri(std::vector<Test>& tests, const std::vector<Series>& all, const Asking& asking,
               const std::string& what) {
  const double xi = asking.terms == Deterministic::trend ? 1.0 / 15 : 1.0 / 6,
               zeta = asking.terms == Deterministic::trend ? 11.0 / 6300 : 1.0 / 45;
  const auto n = static_cast<double>(all.size()), T = static_cast<double>(all.front().y.size());
  double own = 0, sums = 0, variance = 0;
  for (const Series& series : all) {
    const Vector e = least_squares(deterministic(1, series.y.size(), asking.terms), series.y, Vector()).residuals;
    double partial = 0, squares = 0;
    for (const double each : e) {
      partial += each;
      squares += partial * partial;
    }
    own += squares / (T * T) / (e.squaredNorm() / T) / n;
    sums += squares / (T * T) / n;
    variance += e.squaredNorm() / (n * T);
  }
  const auto z = [&](double lm) { return std::sqrt(n) * (lm - xi) / std::sqrt(zeta); };
  const std::string hypothesis = what + " is stationary in every unit";
  tests.push_back(one_sided("hadri", hypothesis, z(own), false));
  tests.push_back(
      one_sided("hadri_common_variance", hypothesis + ", with one variance for all", z(sums / variance), false));
}

// The regressions of all units with the means of each period beside them.
Test cips(const std::vector<Series>& all, const Asking& asking, Index periods, const std::string& hypothesis) {
  std::vector<Rows> rows;
  const Index width = 2 + asking.lags;
  Matrix means = Matrix::Zero(periods, width);
  Vector count = Vector::Zero(periods);
  const auto columns = [](const Rows& own) { return side_by_side({own.change, own.level, own.lags}); };
  const auto period_of = [&](const Series& series, Index r) {
    return series.period[static_cast<std::size_t>(r + asking.lags + 1)];
  };
  for (const Series& series : all) {
    rows.push_back(rows_of(series.y, asking));
    const Matrix own = columns(rows.back());
    for (Index r = 0; r < own.rows(); ++r) {
      means.row(period_of(series, r)) += own.row(r);
      count(period_of(series, r)) += 1;
    }
  }
  means.array().colwise() /= count.cwiseMax(1).array();
  double mean = 0;
  Index longest = 0;
  for (std::size_t u = 0; u < all.size(); ++u) {
    Matrix common(rows[u].change.size(), width);
    for (Index r = 0; r < common.rows(); ++r) common.row(r) = means.row(period_of(all[u], r));
    longest = std::max(longest, common.rows());
    mean += first_t(side_by_side({rows[u].level, rows[u].lags, common, rows[u].terms}), rows[u].change, true).t /
            static_cast<double>(all.size());
  }
  Test test = normal_test("cips", hypothesis + ", with shocks that units have in common", mean);
  test.distribution = "Pesaran (2007)";
  const std::array<double, 3> critical =
      cips_critical_values(static_cast<double>(all.size()), static_cast<double>(longest), asking.terms);
  constexpr std::array<double, 3> kLevels = {0.01, 0.05, 0.10};
  test.p_value = std::nan("");
  for (std::size_t l = 0; l + 1 < critical.size(); ++l)
    if (mean >= critical[l] && mean <= critical[l + 1])
      test.p_value =
          kLevels[l] + (mean - critical[l]) / (critical[l + 1] - critical[l]) * (kLevels[l + 1] - kLevels[l]);
  if (std::isnan(test.p_value))
    test.notes.push_back({"diagnostic.beyond_table", "cips is " + significant(mean, 3) + ", p is " +
                                                         (mean < critical[0] ? "below 0.01" : "above 0.1") +
                                                         ", beyond the table (1 %: " + significant(critical[0], 3) +
                                                         ", 10 %: " + significant(critical[2], 3) + ")"});
  return test;
}

}  // namespace

std::vector<Test> unit_root_tests(const DiagnosticInput& input) {
  need_panel(input);
  const Asking asking{terms_of(input.call), input.call.integer("lags", 1)};
  if (asking.lags < 0)
    throw Error(ErrorKind::usage, "diagnostic.lags",
                "unit_root has lags = " + std::to_string(asking.lags) + "; it is 0 or more");
  const std::vector<Series> all = series_of(input, asking.lags);
  const std::string of = input.call.get("of", "outcome"), what = of == "outcome" ? input.fit.design->outcome_name : of;
  const std::string hypothesis = what + " has a unit root in every unit";
  Vector t(static_cast<Index>(all.size()));
  for (std::size_t u = 0; u < all.size(); ++u) t(static_cast<Index>(u)) = dickey_fuller(rows_of(all[u].y, asking)).t;
  std::vector<Test> tests;
  const bool balanced = all_of_one_length(all), constant = asking.terms != Deterministic::none;
  if (balanced) tests.push_back(levin_lin_chu(all, asking, hypothesis));
  if (constant) tests.push_back(im_pesaran_shin(all, asking, t, hypothesis));
  add_fisher(tests, t, asking, hypothesis);
  tests.push_back(cips(all, asking, input.fit.design->time.count, hypothesis));
  for (Test& test : tests) test = with_meaning(std::move(test), input.fit, kReturns, kWanders);
  const std::size_t roots = tests.size();
  if (balanced && constant) add_hadri(tests, all, asking, what);
  for (std::size_t i = roots; i < tests.size(); ++i)
    tests[i] = with_meaning(std::move(tests[i]), input.fit, kWanders, kReturns);
  if (!balanced)
    tests.front().notes.push_back(
        {"diagnostic.unbalanced", "levin_lin_chu and hadri are left out: they need as many periods of every unit"});
  return tests;
}

}  // namespace headwater
