// Robustness values, Oster's set and leave-one-out against published numbers, exact constructions and refits.
#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/decompositions/omitted_variables.hpp"
#include "headwater/decompositions/oster_bias.hpp"
#include "infinitesimal_jackknife.hpp"

namespace headwater {
namespace {

const LabelledArray& extra(const Decomposition& d, const std::string& name) {
  for (const LabelledArray& array : d.extras)
    if (array.name == name) return array;
  throw std::runtime_error("there is no " + name);
}
double value(const Decomposition& d, const std::string& name, std::size_t i) {
  return std::get<std::vector<double>>(extra(d, name).values).at(i);
}
std::string word(const Decomposition& d, const std::string& name, std::size_t i) {
  return std::get<Names>(extra(d, name).values).at(i);
}

// sensemakr's `darfur`: estimate .0973158, s.e. .0232565, t 4.18445, 783 residual degrees of freedom.
constexpr double kEstimate = 0.0973158, kError = 0.0232565, kT = 4.18445, kDof = 783;

TEST(RobustnessValue, Darfur) {
  const double r2 = kT * kT / (kT * kT + kDof);
  EXPECT_NEAR(r2, 0.0218731, 5e-8);
  EXPECT_NEAR(robustness_value(r2), 0.1387764, 5e-7);
  EXPECT_NEAR(robustness_value_alpha(r2, kDof, student_quantile(0.975, kDof - 1), 1), 0.0762580, 5e-7);
}

// The published adjusted estimate and t with a confounder as strong as `female` fix the two partial R² of the
// benchmark; those with two and three times the strength must follow.
TEST(RobustnessValue, DarfurBoundsByFemale) {
  const auto at = [](double d, double y, double k) {
    return adjusted_for(*confounder_bound(d, y, k), kEstimate, kError, kError, kDof);
  };
  double d = 0.009, y = 0.12;
  for (int step = 0; step < 60; ++step) {
    const auto gap = [&](double a, double b) {
      const AdjustedEstimate now = at(a, b, 1);
      return Eigen::Vector2d(now.estimate - 0.0752203, now.estimate / now.std_error - 3.438904);
    };
    const Eigen::Vector2d f = gap(d, y), fd = (gap(d + 1e-7, y) - f) / 1e-7, fy = (gap(d, y + 1e-7) - f) / 1e-7;
    const double det = fd(0) * fy(1) - fy(0) * fd(1);
    d -= (f(0) * fy(1) - fy(0) * f(1)) / det;
    y -= (fd(0) * f(1) - f(0) * fd(1)) / det;
  }
  EXPECT_NEAR(d, 0.0091, 1e-4);
  const double estimates[] = {0.0752203, 0.0529152, 0.0303960}, t[] = {3.438904, 2.600246, 1.628062};
  for (int k = 1; k <= 3; ++k) {
    const AdjustedEstimate now = at(d, y, k);
    EXPECT_NEAR(now.estimate, estimates[k - 1], 2e-6) << k;
    EXPECT_NEAR(now.estimate / now.std_error, t[k - 1], 2e-4) << k;
  }
}

TEST(RobustnessValue, AConfounderAsStrongAsItsValueTakesTheEstimateAway) {
  for (const double r2 : {0.001, 0.02, 0.4, 0.97}) {
    const double rv = robustness_value(r2), dof = 200, t = std::sqrt(dof * r2 / (1 - r2));
    EXPECT_NEAR(adjusted_for({rv, rv}, t, 1, 1, dof).estimate, 0, 1e-12);
  }
}

// sensemakr on a clustered fixest model uses iid t statistics without saying so. Here the partial R² and the value come
// from the fit, the chosen rule enters the interval's value alone, and a note says so.
TEST(RobustnessValue, TheRuleEntersTheIntervalsValueOnly) {
  const Panel panel = small_panel(31, 40, 5);
  const auto of = [&](const std::string& rule) {
    return small_model(panel, small_spec("y ~ x + z + q | unit + year", "within", "w", rule))
        .run("robustness_value(term = x)")
        .front();
  };
  const Decomposition iid = of("iid"), clustered = of("cluster(unit)");
  EXPECT_DOUBLE_EQ(value(iid, "robustness_value", 0), value(clustered, "robustness_value", 0));
  EXPECT_NE(value(iid, "robustness_value_alpha", 0), value(clustered, "robustness_value_alpha", 0));
  EXPECT_DOUBLE_EQ(value(iid, "benchmark_estimate", 0), value(clustered, "benchmark_estimate", 0));
  EXPECT_NE(value(iid, "benchmark_std_error", 0), value(clustered, "benchmark_std_error", 0));
  EXPECT_TRUE(iid.notes.empty() || iid.notes.front().code != "robustness_value.rule");
  EXPECT_EQ(clustered.notes.back().code, "robustness_value.rule");
}

TEST(RobustnessValue, GroupBenchmarksAreGroupPartialR2) {
  const Panel panel = small_panel(31, 40, 5);
  Spec spec = small_spec("y ~ x + z + q | unit + year", "within");
  spec.drivers = {{"first", parse_terms("x")}, {"second", parse_terms("z + q")}};
  const SmallModel whole = small_model(panel, spec);
  const Decomposition d = whole.run("robustness_value(term = first)").front();
  const auto rss = [&](const std::string& formula) {
    Spec brief = small_spec(formula, "within");
    brief.drivers.clear();
    return small_model(panel, brief).fit.goodness.rss;
  };
  const double outcome = 1 - whole.fit.goodness.rss / rss("y ~ x | unit + year");
  const double treatment =
      1 - rss("x ~ z + q | unit + year") / small_model(panel,
                                                       [&] {
                                                         Spec s = small_spec("x ~ z | unit + year", "within");
                                                         s.drivers.clear();
                                                         return s;
                                                       }())
                                               .fit.goodness.tss_within;
  EXPECT_EQ(word(d, "benchmark_against", 0), "second");
  const ConfounderBound bound = *confounder_bound(treatment, outcome, 1);
  EXPECT_NEAR(value(d, "benchmark_r2_treatment", 0), bound.r2_treatment, 1e-12);
  EXPECT_NEAR(value(d, "benchmark_r2_outcome", 0), bound.r2_outcome, 1e-12);
  EXPECT_EQ(word(d, "benchmark_against", 3), "z");
}

// y = βx + w₁ + w₂ with w₁ ⊥ w₂ and selection δ cov(x, w₁)/var(w₁) = cov(x, w₂)/var(w₂): the truth is a root.
OsterMoments constructed(double beta, double v1, double v2, double c1, double delta, double noise) {
  const double c2 = delta * c1 / v1 * v2, s = c1 * c1 / v1 + c2 * c2 / v2 + noise;
  const double brief = beta + (c1 + c2) / s;
  const double t = s - c1 * c1 / v1;  // x given w₁
  const double full = beta + c2 / t;  // w₂ is orthogonal to w₁
  const double variance = beta * beta * s + v1 + v2 + 2 * beta * (c1 + c2);
  const double left_brief = variance - brief * brief * s;
  const double left_full = v2 - c2 * c2 / t;  // y given x and w₁
  return {brief, full, left_brief - left_full, left_full, s, t};
}

TEST(Oster, TheTruthIsAmongTheRoots) {
  for (const double delta : {0.5, 1.0, 1.7, -0.6})
    for (const double beta : {0.0, 0.4, -1.1}) {
      const OsterMoments m = constructed(beta, 1.3, 0.8, 0.6, delta, 0.9);
      double nearest_root = INFINITY;
      for (const OsterRoot& root : oster_coefficients(m, delta))
        nearest_root = std::min(nearest_root, std::abs(root.coefficient - beta));
      EXPECT_LT(nearest_root, 1e-12) << delta << " " << beta;
      EXPECT_NEAR(oster_delta(m, beta), delta, 1e-11);
    }
}

// At the true coefficient what is left to the observables is cov(x, w₁) = c₁; the data show (β° − β̃) var(x). A root
// flips the direction of selection when the two have different signs.
TEST(Oster, ARootSaysWhetherItFlipsTheDirectionOfSelection) {
  int same = 0, flipped = 0;
  for (const double c1 : {0.6, -0.5})
    for (const double delta : {0.3, 0.5, 1.7, -3.0})
      for (const double noise : {0.9, 0.02})
        for (const double scale : {0.05, 1.0, 20.0}) {
          const OsterMoments m = constructed(0.4, 1.3 * scale, 0.8 * scale, c1 * scale, delta, noise * scale);
          const double observed = (m.brief - m.full) * m.treatment;
          for (const OsterRoot& root : oster_coefficients(m, delta)) {
            if (std::abs(root.coefficient - 0.4) > 1e-9) continue;
            EXPECT_EQ(root.same_direction, c1 * observed > 0) << c1 << " " << delta << " " << noise << " " << scale;
            ++(root.same_direction ? same : flipped);
          }
        }
  EXPECT_GT(same, 5);
  EXPECT_GT(flipped, 5);
}

TEST(Oster, NoSelectionLeavesTheControlledCoefficient) {
  const OsterMoments m = constructed(0.4, 1.3, 0.8, 0.6, 1, 0.9);
  EXPECT_NEAR(oster_coefficients(m, 0).front().coefficient, m.full, 1e-13);
}

TEST(Oster, ItsInfluenceIsTheDerivativeInEachClustersWeight) {
  for (const char* call : {"oster(term = x)", "oster(term = x, delta = 0.6, rmax = 0.9)", "oster(term = x, base = q)"})
    expect_influence_is_derivative(small_panel(11, 14, 5, 0.8), "w", [&](const Panel& p) {
      return small_model(p, small_spec("y ~ x + z + q | unit + year", "within", "w")).run(call);
    });
  expect_influence_is_derivative(small_panel(11, 14, 5, 0.8), "w", [&](const Panel& p) {
    return small_model(p, small_spec("y ~ x + z + q", "pooled", "w")).run("oster(term = x)");
  });
}

TEST(LeaveOneOut, EqualsTheRunWithoutTheUnit) {
  const Panel panel = small_panel(41, 14, 5, 0.85);
  const SmallModel m = small_model(panel, small_spec("y ~ x + z + q | unit + year", "within", "w"));
  for (const char* of : {"change(from = 2011, to = 2013)", "gelbach(base = x)", "coefficients"}) {
    const Decomposition d = m.run(std::string("leave_one_out(of = ") + of + ")").front();
    const auto components = d.estimates.names.size();
    for (const std::int32_t u : {0, 5, 13}) {
      Spec spec = m.spec;
      Vector drawn(panel.rows());
      for (Index i = 0; i < panel.rows(); ++i) drawn(i) = panel.units().code[static_cast<std::size_t>(i)] == u ? 0 : 1;
      spec.drawn = std::make_shared<const Vector>(drawn);
      const SmallModel rest = small_model(panel, spec);
      for (std::size_t i = 0; i < components; ++i) {
        const double without = value(d, "estimate_without", static_cast<std::size_t>(u) * components + i);
        if (std::string(of) == "coefficients") {
          EXPECT_NEAR(without, rest.fit.coefficients(*coefficient_index(rest.fit, d.estimates.names[i])), 1e-12);
        } else {
          EXPECT_NEAR(without, rest.run(of).front().estimates.values(static_cast<Index>(i)), 1e-12) << of;
        }
      }
    }
    EXPECT_GT(std::abs(value(d, "mover_change", 0)), 0);
    EXPECT_GE(std::abs(value(d, "mover_change", 0)), std::abs(value(d, "mover_change", 1)));
  }
}

}  // namespace
}  // namespace headwater
