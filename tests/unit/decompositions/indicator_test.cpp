// Figures with standard errors of their own, against sums over a fine grid written out here, and what levels are said
// to lie above.
#include <algorithm>
#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/decompositions/shrinkage.hpp"
#include "infinitesimal_jackknife.hpp"

namespace headwater {
namespace {

double extra(const Decomposition& d, const std::string& name, std::size_t i) {
  for (const LabelledArray& array : d.extras)
    if (array.name == name) return std::get<std::vector<double>>(array.values).at(i);
  throw std::runtime_error("there is no " + name);
}

struct Figures {
  Vector y, s, truth;
};

Figures drawn_figures(std::uint32_t draw, Index units, double tau) {
  RandomStream random(57, draw, static_cast<std::uint32_t>(1000 * tau));
  Figures f{Vector(units), Vector(units), Vector(units)};
  for (Index i = 0; i < units; ++i) {
    f.truth(i) = 1.01 + tau * random.normal();
    f.s(i) = 0.04 * std::exp(0.6 * random.normal());
    f.y(i) = f.truth(i) + f.s(i) * random.normal();
  }
  return f;
}

Panel panel_of(const Figures& f) {
  std::vector<std::string> unit;
  std::vector<std::int64_t> rows;
  for (Index i = 0; i < f.y.size(); ++i) {
    unit.push_back("u" + std::to_string(i + 100));
    rows.push_back(i + 2);
  }
  return Panel({text_column("unit", unit), number_column("shmi", f.y), number_column("se", f.s)}, {"unit", ""}, rows,
               {.file = "shmi.csv"});
}

Decomposition asked(const Panel& panel, const std::string& call) {
  Spec spec = small_spec("shmi ~ 1", "pooled");
  spec.drivers.clear();
  return small_model(panel, spec).run(call).front();
}

// The share of the mean error variance over a grid: restricted likelihood times a flat prior, μ integrated out.
struct Grid {
  std::vector<double> share, tau2, weight, mean, mean_variance;
  double likeliest = 0;
};

Grid grid_of(const Figures& f) {
  Grid g;
  const Vector v = f.s.cwiseAbs2();
  double best = -INFINITY, largest = -INFINITY;
  std::vector<double> logs;
  for (int step = 0; step < 20000; ++step) {
    const double share = (step + 0.5) / 20000, tau2 = v.mean() * share / (1 - share);
    const Vector w = (v.array() + tau2).inverse();
    const double mean = f.y.dot(w) / w.sum();
    const double log_likelihood =
        0.5 * (w.array().log().sum() - std::log(w.sum()) - w.dot(Vector((f.y.array() - mean).square())));
    if (log_likelihood > best) g.likeliest = tau2;
    best = std::max(best, log_likelihood);
    logs.push_back(log_likelihood);
    largest = std::max(largest, log_likelihood);
    g.share.push_back(share);
    g.tau2.push_back(tau2);
    g.mean.push_back(mean);
    g.mean_variance.push_back(1 / w.sum());
  }
  double sum = 0;
  for (const double one : logs) sum += std::exp(one - largest);
  for (const double one : logs) g.weight.push_back(std::exp(one - largest) / sum);
  return g;
}

TEST(Indicator, IsTheMixtureOverAFineGrid) {
  for (const double tau : {0.02, 0.06}) {
    const Figures f = drawn_figures(3, 40, tau);
    const Grid g = grid_of(f);
    const Decomposition d = asked(panel_of(f), "indicator(error = se, above = 1.05)");
    EXPECT_NEAR(extra(d, "parameter_likeliest", 0), g.likeliest, 2e-3 * g.likeliest + 1e-9);
    double share = 0;
    for (std::size_t k = 0; k < g.share.size(); ++k) share += g.weight[k] * g.share[k];
    EXPECT_NEAR(extra(d, "parameter_mean", 1), share, 2e-3);
    for (Index i = 0; i < 40; i += 7) {
      const double v = f.s(i) * f.s(i);
      double mean = 0, square = 0, above = 0;
      for (std::size_t k = 0; k < g.share.size(); ++k) {
        const double own = g.tau2[k] / (g.tau2[k] + v), at = own * f.y(i) + (1 - own) * g.mean[k],
                     variance = own * v + (1 - own) * (1 - own) * g.mean_variance[k];
        mean += g.weight[k] * at;
        square += g.weight[k] * (variance + at * at);
        above += g.weight[k] * (1 - normal_cdf((1.05 - at) / std::sqrt(variance)));
      }
      const auto u = static_cast<std::size_t>(i);
      EXPECT_NEAR(extra(d, "unit_shrunken", u), mean, 1e-4);
      EXPECT_NEAR(extra(d, "unit_std_error", u), std::sqrt(square - mean * mean), 1e-4);
      EXPECT_NEAR(extra(d, "unit_above", u), above, 2e-3);
      EXPECT_EQ(d.estimates.values(i), f.y(i));
      EXPECT_DOUBLE_EQ(d.covariance(i, i), v);
    }
  }
}

TEST(Indicator, FunnelAndRankSetsAreThoseOfTheErrorsGiven) {
  const Figures f = drawn_figures(4, 30, 0.1);
  const Decomposition d = asked(panel_of(f), "indicator(error = se, ranks = marginal)");
  const Funnel limits = funnel(f.y, f.s);
  EXPECT_DOUBLE_EQ(extra(d, "funnel_target", 0), limits.target);
  EXPECT_DOUBLE_EQ(extra(d, "unit_limit95_high", 2),
                   limits.target + normal_quantile(0.975) * std::sqrt(f.s(2) * f.s(2) + limits.variance));
  for (std::size_t i = 0; i < 30; ++i) {
    EXPECT_LE(extra(d, "rank_set_low", i), extra(d, "rank_point", i));
    EXPECT_GE(extra(d, "rank_set_high", i), extra(d, "rank_point", i));
  }
}

TEST(Indicator, ItsIntervalsCover) {
  constexpr std::uint32_t kDraws = 60;
  for (const double tau : {0.02, 0.05, 0.15}) {
    int covered = 0;
    for (std::uint32_t draw = 0; draw < kDraws; ++draw) {
      const Figures f = drawn_figures(draw, 60, tau);
      const Decomposition d = asked(panel_of(f), "indicator(error = se)");
      for (std::size_t i = 0; i < 60; ++i)
        covered += extra(d, "unit_low", i) <= f.truth(static_cast<Index>(i)) &&
                   f.truth(static_cast<Index>(i)) <= extra(d, "unit_high", i);
    }
    EXPECT_NEAR(covered / (60.0 * kDraws), 0.95, 0.02) << tau;
  }
}

// One node, a number above the mean: the mean has the noise of a typical level over their count.
TEST(Shrinkage, AboveANumberCarriesTheNoiseOfTheMean) {
  SignalNoise model;
  model.nodes = {{.autocorrelation = 0, .signal = 0.8, .noise = 2, .weight = 1, .noise_weight = 1}};
  model.df = INFINITY;
  Vector values(4), kept = Vector::Constant(4, 0.75);
  values << 1.2, -0.7, 0.3, -0.8;
  const Matrix by_gap = Matrix::Constant(4, 1, 0.75 * 0.5);
  const Shrunken mean = shrunken(model, UnitTimes{}, values, by_gap, kept, 0.9),
                 number = shrunken(model, UnitTimes{}, values, by_gap, kept, 0.9, 0.4);
  const double of_mean = 2 * 0.5 / 4;
  for (Index i = 0; i < 4; ++i) {
    EXPECT_EQ(number.mean(i), mean.mean(i));
    EXPECT_NEAR(number.above(i),
                1 - normal_cdf((0.4 - mean.mean(i)) / std::sqrt(mean.deviation(i) * mean.deviation(i) + of_mean)),
                1e-14);
  }
}

std::string why_not(const Panel& panel, const std::string& call) {
  try {
    asked(panel, call);
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST(Indicator, SaysWhatItNeeds) {
  const Figures f = drawn_figures(4, 30, 0.1);
  EXPECT_EQ(why_not(panel_of(f), "indicator"),
            "indicator needs error, the column of the figures' own standard errors, such as indicator(error = se)");
  EXPECT_EQ(why_not(panel_of(drawn_figures(4, 4, 0.1)), "indicator(error = se)"),
            "signal and noise of 4 figures cannot be told apart; it takes 5 units or more");
  Figures zero = f;
  zero.s(3) = 0;
  EXPECT_EQ(why_not(panel_of(zero), "indicator(error = se)"),
            "shmi.csv, row 5: 'se' is 0, and what weighs, prices or counts rows must be positive; correct the cell or "
            "leave the row out");
  const Panel many = small_panel(3, 12, 3);
  Spec spec = small_spec("y ~ 1", "pooled");
  spec.drivers.clear();
  try {
    small_model(many, spec).run("indicator(error = size)");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "some units have several rows, and one figure with its standard error is wanted of each; name one period "
              "(period = ...)");
  }
  EXPECT_EQ(small_model(many, spec).run("indicator(error = size, period = 2011)").front().estimates.values.size(), 12);
}

}  // namespace
}  // namespace headwater
