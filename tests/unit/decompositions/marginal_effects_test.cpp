#include <gtest/gtest.h>

#include <cmath>

#include "headwater/core/error.hpp"
#include "infinitesimal_jackknife.hpp"

namespace headwater {
namespace {

struct Case {
  std::string formula, estimator, call;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.formula << " " << c.estimator << " " << c.call; }

class MarginalEffects : public testing::TestWithParam<Case> {};

// Coefficients, absorbed effects and the rows that are averaged over, all at once.
TEST_P(MarginalEffects, InfluenceEqualsTheDerivativeInEachClustersWeight) {
  const Case& c = GetParam();
  const Panel panel = small_panel(11, 14, 6, 0.85);
  expect_influence_is_derivative(
      panel, "w", [&](const Panel& p) { return small_model(p, small_spec(c.formula, c.estimator, "w")).run(c.call); },
      1e-7);
}

INSTANTIATE_TEST_SUITE_P(
    Methods, MarginalEffects,
    testing::Values(Case{"I(exp(y)) ~ x + z | unit + year", "ppml", "marginal_effects(uncertainty = means)"},
                    Case{"I(exp(y)) ~ x + z + exposure(size)", "ppml", "marginal_effects(uncertainty = means)"},
                    Case{"I(exp(y)) ~ x + z + I(q > 0) | unit + type[size]", "ppml",
                         "marginal_effects(term = I(q > 0), uncertainty = means)"},
                    Case{"I(y > 1) ~ x + z | type + year", "logit", "marginal_effects(uncertainty = means)"},
                    Case{"I(y > 1) ~ x + z + I(q > 0) | type", "logit",
                         "marginal_effects(term = I(q > 0), uncertainty = means)"},
                    Case{"I(y > 1) ~ x + z | year", "probit", "marginal_effects(uncertainty = means)"},
                    Case{"I(1/(1 + exp(y))) ~ x + z | year", "fractional_logit",
                         "marginal_effects(dummies = derivative, uncertainty = means)"}));

Decomposition effects_of(const std::string& formula, const std::string& estimator, const std::string& rule,
                         const std::string& call = "marginal_effects") {
  Spec spec = small_spec(formula, estimator, "w", rule);
  spec.profile = "none";
  return small_model(small_panel(3, 18, 6, 0.9), spec).run(call).front();
}

TEST(MarginalEffects, EqualThoseOfDummiesWrittenOut) {
  for (const std::string rule : {"iid", "robust", "cluster(unit)"})
    for (const auto& [outcome, estimator] :
         {std::pair<std::string, std::string>{"I(exp(y))", "ppml"}, {"I(y > 1)", "logit"}, {"I(y > 1)", "probit"}}) {
      const Decomposition absorbed = effects_of(outcome + " ~ x + z | type + year", estimator, rule),
                          written = effects_of(outcome + " ~ x + z + factor(type) + factor(year)", estimator, rule);
      for (Index i = 0; i < 2; ++i) {
        EXPECT_NEAR(absorbed.estimates.values(i), written.estimates.values(i), 1e-9) << estimator << " " << rule;
        EXPECT_NEAR(absorbed.covariance(i, i), written.covariance(i, i), 1e-8 * written.covariance(i, i))
            << estimator << " " << rule;
      }
    }
}

// One dummy: the difference of two means, whose variance is p(1 − p)/n of each group.
TEST(MarginalEffects, OfOneDummyAreADifferenceOfMeans) {
  Spec spec = small_spec("I(y > 1) ~ I(q > 0)", "logit", "", "robust");
  spec.profile = "none";
  spec.drivers.clear();
  const SmallModel model = small_model(small_panel(3, 18, 6, 0.9), spec);
  const Decomposition d = model.run("marginal_effects").front();
  double ones[2] = {0, 0}, rows[2] = {0, 0};
  for (Index i = 0; i < model.fit.n(); ++i) {
    const int group = model.design->X(i, 1) > 0 ? 1 : 0;
    ones[group] += model.design->y(i);
    rows[group] += 1;
  }
  const double low = ones[0] / rows[0], high = ones[1] / rows[1];
  EXPECT_NEAR(d.estimates.values(0), high - low, 1e-13);
  EXPECT_NEAR(d.covariance(0, 0), low * (1 - low) / rows[0] + high * (1 - high) / rows[1], 1e-13);
}

// With a logarithm as link and effects, slopes sum to the coefficient times the sum of the outcome.
TEST(MarginalEffects, OfCountsAreTheCoefficientTimesTheMean) {
  const SmallModel model = small_model(small_panel(5, 18, 6, 0.9), small_spec("I(exp(y)) ~ x + z | unit", "ppml"));
  const Decomposition d = model.run("marginal_effects").front();
  EXPECT_NEAR(d.estimates.values(0), model.fit.coefficients(0) * model.design->y.mean(), 1e-10);
  EXPECT_EQ(d.unit, "I(exp(y)) per regressor");
}

TEST(MarginalEffects, RefuseWhatHasNoLink) {
  const SmallModel model = small_model(small_panel(5), small_spec("y ~ x + z | unit", "within"));
  const MethodCall call = parse_method_call("marginal_effects");
  try {
    run_method(decomposition(call.method), {model.panel, model.spec, call, &model.fit, &model.rule});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(
        error.message(),
        "marginal_effects averages a mean with a link over the rows, which within does not estimate; use ppml, logit, "
        "probit or fractional_logit");
  }
}

}  // namespace
}  // namespace headwater
