// What lasts and what fades: the restricted likelihood against dense matrices, quadrature against brute force, what is
// refused, and shrinkage against the conjugate formulas.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/decompositions/outcome_noise.hpp"
#include "headwater/decompositions/shrinkage.hpp"
#include "headwater/linalg/solve.hpp"
#include "noisy_panel.hpp"

namespace headwater {
namespace {

// Units 0, 1, ... with rows at the given times; F holds a constant, a dummy for each time and one number.
struct Example {
  LevelData data;
  Matrix F;
};

Example example(const std::vector<std::vector<std::int64_t>>& when, std::uint64_t seed, bool level_noise = false) {
  Example e;
  std::vector<double> y;
  std::vector<std::vector<double>> rows;
  RandomStream random(seed, 0, 0);
  std::set<std::int64_t> gaps = {0};
  for (const std::vector<std::int64_t>& times : when) {
    UnitRows unit;
    const double level = random.normal();
    for (const std::int64_t t : times) {
      unit.when.push_back(t);
      unit.at.push_back(static_cast<Index>(y.size()));
      const double x = random.normal();
      for (const std::int64_t s : times) gaps.insert(std::abs(s - t));
      e.data.fixed.push_back({{0, 1.0}, {1 + t, 1.0}, {9, x}});
      std::vector<double> row(10, 0);
      row[0] = row[static_cast<std::size_t>(1 + t)] = 1;
      row[9] = x;
      rows.push_back(row);
      y.push_back(level + 0.3 * x + 0.1 * static_cast<double>(t) + 0.7 * random.normal());
    }
    e.data.times.units.push_back(unit);
  }
  e.data.times.gaps.assign(gaps.begin(), gaps.end());
  e.data.columns = 10;
  e.data.values = Eigen::Map<const Vector>(y.data(), static_cast<Index>(y.size()));
  e.F.resize(static_cast<Index>(y.size()), 10);
  for (Index i = 0; i < e.F.rows(); ++i)
    for (Index j = 0; j < 10; ++j) e.F(i, j) = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
  if (level_noise) {
    e.data.level_noise = Matrix::Zero(static_cast<Index>(when.size()), static_cast<Index>(gaps.size()));
    for (Index u = 0; u < e.data.level_noise.rows(); ++u)
      e.data.level_noise.row(u).head(2) << 0.05 * double(u) + 0.03, 0.02;
  }
  return e;
}

const std::vector<std::vector<std::int64_t>> kUneven = {{0, 1, 2, 3, 4}, {0, 1, 3}, {1, 2, 3, 4}, {0, 4}, {2},
                                                        {0, 2, 3, 4},    {1, 2, 4}, {0, 1, 2},    {3, 4}};

// −½ (log|Σ| + log|F'Σ⁻¹F|) − ½ν log Q with matrices written out; F reduced to a basis of its columns.
RestrictedLikelihood::Value dense(const Example& e, double rho, double ratio) {
  const Index n = e.data.values.size();
  Matrix sigma = Matrix::Zero(n, n);
  for (std::size_t u = 0; u < e.data.times.units.size(); ++u) {
    const UnitRows& unit = e.data.times.units[u];
    double excess = 0;
    if (e.data.level_noise.size() > 0)
      for (std::size_t h = 0; h < e.data.times.gaps.size(); ++h)
        excess += e.data.level_noise(static_cast<Index>(u), static_cast<Index>(h)) *
                  (e.data.times.gaps[h] == 0 ? 1 : std::pow(rho, double(e.data.times.gaps[h])));
    for (std::size_t s = 0; s < unit.at.size(); ++s)
      for (std::size_t t = 0; t < unit.at.size(); ++t)
        sigma(unit.at[s], unit.at[t]) =
            ratio + excess + (s == t ? 1 : std::pow(rho, double(std::abs(unit.when[s] - unit.when[t]))));
  }
  std::vector<Index> kept;
  for (Index j = 0; j < e.F.cols(); ++j) {
    std::vector<Index> more = kept;
    more.push_back(j);
    const Matrix part = e.F(Eigen::all, more);
    if (symmetric_eigen(part.transpose() * part).values(0) > 1e-9) kept = more;
  }
  const Matrix F = e.F(Eigen::all, kept);
  const auto log_determinant = [](const Matrix& m) { return symmetric_eigen(m).values.array().log().sum(); };
  const Matrix inverse = inverse_definite(sigma), information = F.transpose() * inverse * F;
  const Vector projected = e.data.values - F * solve_definite(information, F.transpose() * inverse * e.data.values);
  const double q = projected.dot(inverse * projected), df = static_cast<double>(n - F.cols());
  return {-0.5 * (log_determinant(sigma) + log_determinant(information)) - 0.5 * df * std::log(q), q / df};
}

TEST(RestrictedLikelihood, EqualsDenseMatrices) {
  for (const bool level_noise : {false, true}) {
    const Example e = example(kUneven, 3, level_noise);
    const RestrictedLikelihood likelihood(e.data);
    EXPECT_EQ(likelihood.df(), 27 - 6);  // a constant, four of five times and x
    const double base = likelihood.at(0).at(1).log_likelihood - dense(e, 0, 1).log_likelihood;
    for (const double rho : {-0.6, 0.0, 0.3, 0.95})
      for (const double ratio : {0.0, 0.4, 25.0}) {
        const RestrictedLikelihood::Value own = likelihood.at(rho).at(ratio), known = dense(e, rho, ratio);
        EXPECT_NEAR(own.noise, known.noise, 1e-11 * known.noise) << rho << " " << ratio;
        EXPECT_NEAR(own.log_likelihood - known.log_likelihood, base, 1e-10) << rho << " " << ratio;
      }
  }
}

// Units of one panel with rows at 0, 1, ..., T − 1.
std::vector<std::vector<std::int64_t>> balanced(std::size_t units, std::int64_t periods) {
  std::vector<std::int64_t> times;
  for (std::int64_t t = 0; t < periods; ++t) times.push_back(t);
  return {units, times};
}

double autocorrelation(const Hyper& h) { return h.autocorrelation; }
double share(const Hyper& h) { return h.share(); }
double noise(const Hyper& h) { return h.noise; }

TEST(SignalNoise, QuadratureEqualsAFineGridOverBothParameters) {
  for (const auto& when : {balanced(40, 4), kUneven}) {
    const RestrictedLikelihood likelihood(example(when, 5).data);
    const SignalNoise model = signal_noise(likelihood, std::nullopt);
    constexpr int kFine = 250;
    double mass = 0, rho_sum = 0, share_sum = 0, noise_mass = 0, noise_sum = 0;
    const double peak = likelihood.at(model.likeliest.autocorrelation)
                            .at(model.likeliest.signal / model.likeliest.noise)
                            .log_likelihood;
    for (int a = 0; a < kFine; ++a) {
      const double rho = -1 + (a + 0.5) * 2 / kFine;
      const RestrictedLikelihood::Slice slice = likelihood.at(rho);
      const auto none = slice.at(0);
      const double weight = 0.75 * (1 - rho * rho), atom = 2 * weight * std::exp(none.log_likelihood - peak) * kFine;
      noise_mass += atom;
      noise_sum += atom * none.noise;
      for (int b = 0; b < kFine; ++b) {
        const double s = (b + 0.5) / kFine;
        const auto value = slice.at(s / (1 - s));
        const double density = weight * std::exp(value.log_likelihood - peak);
        mass += density;
        rho_sum += density * rho;
        share_sum += density * s;
        noise_mass += density;
        noise_sum += density * value.noise;
      }
    }
    EXPECT_NEAR(mean_over(model, autocorrelation), rho_sum / mass, 2e-3);
    EXPECT_NEAR(mean_over(model, share), share_sum / mass, 2e-3);
    double of_noise = 0;
    for (const Hyper& node : model.nodes) of_noise += node.noise_weight * node.noise;
    EXPECT_NEAR(of_noise, noise_sum / noise_mass, 4e-3 * of_noise);
  }
}

TEST(SignalNoise, LikeliestValuesAreHighest) {
  const RestrictedLikelihood likelihood(example(balanced(60, 5), 9).data);
  const Hyper best = signal_noise(likelihood, std::nullopt).likeliest;
  const double rho = best.autocorrelation, ratio = best.signal / best.noise,
               top = likelihood.at(rho).at(ratio).log_likelihood;
  for (const double step : {-1e-2, 1e-2}) {
    EXPECT_LT(likelihood.at(rho + step).at(ratio).log_likelihood, top);
    EXPECT_LT(likelihood.at(rho).at(ratio * (1 + 5 * step)).log_likelihood, top);
  }
}

// Balanced and independent: the analysis of variance, τ² = (MSB − MSW)/T.
TEST(SignalNoise, LikeliestValuesOfIndependentNoiseAreTheAnalysisOfVariances) {
  for (const int periods : {2, 3, 7}) {
    const SmallModel m = noisy_model(50, periods, 0, 0.6, 4);
    const OutcomeParts parts(m.fit);
    const OutcomeNoise found = outcome_noise(parts, {.autocorrelation = 0.0});
    Matrix table(50, periods);
    for (Index i = 0; i < m.design->n(); ++i)
      table(m.design->unit.code[static_cast<std::size_t>(i)], m.design->time.code[static_cast<std::size_t>(i)]) =
          m.design->y(i);
    table.rowwise() -= table.colwise().mean().eval();
    const Vector levels = table.rowwise().mean();
    const double between = periods * levels.squaredNorm() / 49,
                 within = (table.colwise() - levels).squaredNorm() / (49 * (periods - 1));
    EXPECT_NEAR(found.model.likeliest.noise, within, 1e-4 * within) << periods;
    EXPECT_NEAR(found.model.likeliest.signal, std::max(0.0, between - within) / periods, 1e-4 * between) << periods;
  }
}

TEST(SignalNoise, ComesBackFromManyUnits) {
  for (const double rho : {0.0, 0.5}) {
    const SmallModel m = noisy_model(2000, 6, rho, 0.3, 8);
    const SignalNoise model = outcome_noise(OutcomeParts(m.fit), {}).model;
    EXPECT_NEAR(mean_over(model, autocorrelation), rho, 0.06);
    EXPECT_NEAR(mean_over(model, share), 0.3, 0.06);
    EXPECT_NEAR(mean_over(model, noise), 0.7, 0.06);
    EXPECT_LT(quantile_over(model, share, 0.025), 0.3);
    EXPECT_GT(quantile_over(model, share, 0.975), 0.3);
  }
}

// With drivers: the outcome less what they explain, their variation within units among the fixed effects, and the error
// of their coefficients among what moves a unit's level, (x̄ᵤ − x̄)'(X̃'X̃)⁻¹X̃'Γ X̃(X̃'X̃)⁻¹(x̄ᵤ − x̄).
TEST(SignalNoise, ErrorsOfCoefficientsAreNoSignal) {
  const SmallModel m = small_model(small_panel(7, 25, 6, 0.8), small_spec("y ~ x + z | unit + year", "within"));
  const Design& design = *m.design;
  LevelData data;
  data.times = unit_times(design);
  data.values = design.y - design.X * m.fit.coefficients;
  data.columns = 1 + design.time.count + 2;
  data.fixed.resize(static_cast<std::size_t>(design.n()));
  Matrix means = Matrix::Zero(design.unit.count, 2);
  for (std::size_t u = 0; u < data.times.units.size(); ++u)
    for (const Index i : data.times.units[u].at)
      means.row(static_cast<Index>(u)) += design.X.row(i) / static_cast<double>(data.times.units[u].at.size());
  for (std::size_t i = 0; i < data.fixed.size(); ++i) {
    const auto row = static_cast<Index>(i);
    data.fixed[i] = {{0, 1.0}, {1 + design.time.code[i], 1.0}};
    for (Index j = 0; j < 2; ++j)
      data.fixed[i].emplace_back(1 + design.time.count + j, design.X(row, j) - means(design.unit.code[i], j));
  }
  data.level_noise = Matrix::Zero(design.unit.count, static_cast<Index>(data.times.gaps.size()));
  for (Index u = 0; u < design.unit.count; ++u) {
    const Vector c = *m.fit.linear->regressors * m.fit.bread * (means.row(u) - means.colwise().mean()).transpose();
    for (const UnitRows& unit : data.times.units)
      for (std::size_t s = 0; s < unit.at.size(); ++s)
        for (std::size_t t = 0; t < unit.at.size(); ++t)
          data.level_noise(u, data.times.gap(unit.when[s] - unit.when[t])) += c(unit.at[s]) * c(unit.at[t]);
  }
  ASSERT_GT(data.level_noise.col(0).mean(), 1e-3);
  const SignalNoise own = signal_noise(RestrictedLikelihood(data), std::nullopt),
                    found = outcome_noise(OutcomeParts(m.fit), {}).model;
  EXPECT_NEAR(mean_over(found, share), mean_over(own, share), 1e-9);
  EXPECT_NEAR(mean_over(found, noise), mean_over(own, noise), 1e-9 * mean_over(own, noise));
  EXPECT_NEAR(mean_over(found, autocorrelation), mean_over(own, autocorrelation), 1e-9);
}

TEST(SignalNoise, IsTheSameForAnyNumberOfThreads) {
  const RestrictedLikelihood likelihood(example(kUneven, 3).data);
  set_threads(1);
  const SignalNoise one = signal_noise(likelihood, std::nullopt);
  set_threads(4);
  const SignalNoise four = signal_noise(likelihood, std::nullopt);
  set_threads(0);
  ASSERT_EQ(one.nodes.size(), four.nodes.size());
  for (std::size_t j = 0; j < one.nodes.size(); ++j) {
    EXPECT_EQ(one.nodes[j].weight, four.nodes[j].weight);
    EXPECT_EQ(one.nodes[j].noise, four.nodes[j].noise);
  }
}

std::string refused(const SmallModel& m, const std::string& call) {
  try {
    m.run(call);
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

// What the data cannot tell is refused, under every method that would use it.
TEST(SignalNoise, TwoPeriodsDoNotTellWhatLastsFromWhatFades) {
  const SmallModel m = noisy_model(30, 2, 0, 0.3, 1);
  const std::string message =
      "what lasts of a unit and noise that fades slowly look alike unless units are seen in at least three periods, "
      "and here no unit has rows at two different distances in time; give autocorrelation, that of the noise between "
      "neighbouring periods (0 where they are independent measurements, such as two vintages)";
  for (const char* call : {"provider(reliability = estimate)", "provider(reliability = 0.8)",
                           "contributions(at = u3@2001, reliability = 0.8)",
                           "change(unit = u3, from = 2000, to = 2001, reliability = 0.8)"})
    EXPECT_EQ(refused(m, call), message) << call;
  for (const char* call :
       {"provider(reliability = estimate, autocorrelation = 0)", "provider(reliability = 0.8, autocorrelation = 0.4)",
        "contributions(at = u3@2001, reliability = estimate, autocorrelation = 0)"})
    EXPECT_EQ(refused(m, call), "") << call;
}

TEST(SignalNoise, OptionsThatSayNothingAreRefused) {
  const SmallModel m = noisy_model(12, 4, 0, 0.3, 1);
  EXPECT_EQ(refused(m, "provider(reliability = 1.2)"),
            "reliability = 1.2 is no share; give a number above 0 and at most 1, such as 0.9, or estimate");
  EXPECT_EQ(refused(m, "provider(reliability = 0)"),
            "reliability = 0 is no share; give a number above 0 and at most 1, such as 0.9, or estimate");
  EXPECT_EQ(refused(m, "contributions(at = u3@2001, reliability = 0.8, autocorrelation = 1)"),
            "autocorrelation = 1 is no autocorrelation; give a number between -1 and 1, such as 0.5");
  EXPECT_EQ(
      refused(m, "provider(autocorrelation = 0.5)"),
      "autocorrelation says how noise goes together, and without reliability there is no noise; give reliability, "
      "a number or estimate");
  EXPECT_EQ(
      refused(m, "contributions(reliability = 0.8)"),
      "reliability is about the noise of one unit's own effect and residual, and contributions(reliability = 0.8) "
      "is about means of many; name one unit, or leave reliability out");
}

TEST(SignalNoise, OutcomesWithoutNoiseAreRefused) {
  const Panel noisy = noisy_panel(12, 4, 0, 0.3, 1);
  std::vector<std::int64_t> rows;
  Vector x(48), y(48);
  for (Index i = 0; i < 48; ++i) {
    rows.push_back(i + 2);
    x(i) = std::sin(static_cast<double>(i));
    y(i) = 0.5 * x(i) + static_cast<double>(i / 4) + 0.1 * static_cast<double>(i % 4);
  }
  const Panel exact({*noisy.find("unit"), *noisy.find("year"), number_column("x", x), number_column("y", y)},
                    {"unit", "year"}, rows, {});
  Spec spec = small_spec("y ~ x | unit + year", "within");
  spec.drivers.clear();
  EXPECT_EQ(refused(small_model(exact, spec), "provider(reliability = estimate)"),
            "the residuals leave no noise to estimate; declare reliability, a number");
}

// One node is the conjugate model: precision-weighted mean, and the square root of one over the summed precisions.
TEST(Shrinkage, WithKnownParametersIsTheConjugateFormula) {
  SignalNoise model;
  model.nodes = {{.autocorrelation = 0.5, .signal = 0.8, .noise = 2, .weight = 1, .noise_weight = 1}};
  model.df = INFINITY;
  UnitTimes times;
  times.gaps = {0, 1};
  Vector values(3), kept(3);
  values << 1.2, -0.7, 0;
  kept << 0.9, 0.75, 0;
  Matrix by_gap(3, 2);
  by_gap << 0.3, 0.1, 0.2, 0.05, 0.1, 0;
  const Shrunken post = shrunken(model, times, values, by_gap, kept, 0.9);
  for (Index i = 0; i < 2; ++i) {
    const double v = 2 * (by_gap(i, 0) + 0.5 * by_gap(i, 1)), tau2 = 0.8 * kept(i), precision = 1 / v + 1 / tau2;
    EXPECT_NEAR(post.mean(i), values(i) / v / precision, 1e-14);
    EXPECT_NEAR(post.deviation(i), 1 / std::sqrt(precision), 1e-14);
    EXPECT_NEAR(post.low(i), post.mean(i) - 1.6448536269514722 / std::sqrt(precision), 1e-10);
    EXPECT_NEAR(post.high(i), post.mean(i) + 1.6448536269514722 / std::sqrt(precision), 1e-10);
    EXPECT_NEAR(post.above(i), normal_cdf(post.mean(i) * std::sqrt(precision)), 1e-14);
  }
  EXPECT_TRUE(std::isnan(post.mean(2)) && std::isnan(post.low(2)));  // alone in its group: no level of its own
}

TEST(Shrinkage, IntervalsOfAMixtureHoldTheirShareOfIt) {
  SignalNoise model;
  model.nodes = {{0, 0.01, 1, 0.5, 0.5}, {0, 3, 0.5, 0.3, 0.5}, {0.6, 0.4, 1, 0.2, 0}};
  model.df = 12;
  UnitTimes times;
  times.gaps = {0, 1};
  Matrix by_gap(1, 2);
  by_gap << 0.25, 0.3;
  const Shrunken post = shrunken(model, times, Vector::Constant(1, 1.1), by_gap, Vector::Constant(1, 0.95), 0.95);
  const double stretch = student_quantile(0.975, 12) / normal_quantile(0.975);
  const auto below = [&](double x) {
    double sum = 0;
    for (const Hyper& h : model.nodes) {
      const double v = h.noise * (0.25 + 0.3 * h.autocorrelation), tau2 = 0.95 * h.signal, kept = tau2 / (tau2 + v);
      sum += h.weight * normal_cdf((x - kept * 1.1) / (stretch * std::sqrt(kept * v)));
    }
    return sum;
  };
  EXPECT_NEAR(below(post.low(0)), 0.025, 1e-10);
  EXPECT_NEAR(below(post.high(0)), 0.975, 1e-10);
  double mean = 0, square = 0;
  for (const Hyper& h : model.nodes) {
    const double v = h.noise * (0.25 + 0.3 * h.autocorrelation), tau2 = 0.95 * h.signal, kept = tau2 / (tau2 + v);
    mean += h.weight * kept * 1.1;
    square += h.weight * (kept * v + kept * 1.1 * kept * 1.1);
  }
  EXPECT_NEAR(post.mean(0), mean, 1e-14);
  EXPECT_NEAR(post.deviation(0), std::sqrt(square - mean * mean), 1e-14);
}

// Declared noise: the variance of levels by brute force, its maximum where Σ(x − μ)²/(s² + τ²)'s derivative is zero.
TEST(Shrinkage, DeclaredNoiseIntegratesTheVarianceOfLevels) {
  RandomStream random(6, 0, 0);
  constexpr Index kUnits = 15;
  Vector values(kUnits);
  Matrix by_gap(kUnits, 1);
  for (Index i = 0; i < kUnits; ++i) {
    by_gap(i, 0) = 0.2 + 0.3 * random.uniform();
    values(i) = 0.6 * random.normal();
  }
  UnitTimes times;
  SignalNoise rows;
  rows.nodes = {{.noise = 1, .weight = 1, .noise_weight = 1}};
  const SignalNoise model = with_declared_noise(rows, 0.7, times, values, by_gap);
  const double typical = 0.7 * by_gap.mean();
  double mass = 0, sum = 0, best = -INFINITY, likeliest = 0;
  for (int b = 0; b < 20000; ++b) {
    const double s = (b + 0.5) / 20000, tau2 = typical * s / (1 - s);
    const Vector w = (0.7 * by_gap.col(0).array() + tau2).inverse();
    const double mu = w.dot(values) / w.sum(), value = 0.5 * (w.array().log().sum() - std::log(w.sum()) -
                                                              w.dot(Vector((values.array() - mu).square())));
    mass += std::exp(value);
    sum += std::exp(value) * s;
    if (value > best) likeliest = tau2;
    best = std::max(best, value);
  }
  double mean = 0;
  for (const Hyper& h : model.nodes) mean += h.weight * h.signal / (h.signal + typical);
  EXPECT_NEAR(mean, sum / mass, 1e-3);
  EXPECT_NEAR(model.likeliest.signal, likeliest, 2e-3);
  EXPECT_EQ(model.likeliest.noise, 0.7);
}

}  // namespace
}  // namespace headwater
