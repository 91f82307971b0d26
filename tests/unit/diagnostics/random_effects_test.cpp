// Tests of random effects against plm 2.6.2 (R 4.2.2) and a Wald test by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/diagnostics/test.hpp"
#include "headwater/linalg/solve.hpp"
#include "unit/decompositions/small_panel.hpp"
#include "unit/estimators/plm_random.hpp"

namespace headwater {
namespace {

SmallModel model(const std::string& estimator, const std::string& rule = "iid") {
  Spec spec = small_spec("y ~ x + z", estimator, "", rule);
  spec.profile = "plm";
  return small_model(random_panel(false), std::move(spec));
}

headwater::Test named(const SmallModel& m, const std::string& name) {
  for (const headwater::Test& test : random_effects_tests(m.fit, m.rule))
    if (test.name == name) return test;
  ADD_FAILURE() << "no test " << name;
  return {};
}

TEST(RandomEffectsTests, EqualPlms) {
  const SmallModel one = model("random"), two = model("random(effect = both)");
  const SmallModel nerlove = model("random(components = nerlove)");
  EXPECT_NEAR(named(nerlove, "hausman").statistic, 1.639520175033743, 1e-10);
  EXPECT_NEAR(named(nerlove, "hausman").p_value, 0.440537332234076, 1e-11);
  EXPECT_EQ(named(nerlove, "hausman").distribution, "chi2(2)");
  EXPECT_EQ(named(nerlove, "hausman").hypothesis,
            "the random and the within coefficients are the same (2 slopes; independent errors)");
  EXPECT_NEAR(named(one, "breusch_pagan").statistic, 17.9880246411261, 1e-11);
  EXPECT_NEAR(named(one, "breusch_pagan").p_value, 2.22299041952215e-05, 1e-15);
  EXPECT_EQ(named(one, "breusch_pagan").hypothesis, "the effects of id have no variance");
  EXPECT_NEAR(named(one, "honda").statistic, 4.2412291427281, 1e-12);
  EXPECT_NEAR(named(one, "honda").p_value, 1.11149520976108e-05, 1e-15);
  EXPECT_NEAR(named(two, "breusch_pagan").statistic, 18.3271956073586, 1e-11);
  EXPECT_NEAR(named(two, "breusch_pagan").p_value, 0.000104785222397289, 1e-14);
  EXPECT_NEAR(named(two, "honda").statistic, 3.4108094675964, 1e-12);
  EXPECT_NEAR(named(two, "honda").p_value, 0.000323851676510505, 1e-14);
}

// The auxiliary regression's test is that of the model with means when both share their variances, and Wald's of its
// means whatever the rule.
TEST(RandomEffectsTests, UnitMeansAreTestedUnderTheRuleOfTheErrors) {
  for (const char* rule : {"iid", "cluster(id)", "robust"}) {
    const SmallModel m = model("random(means = unit, components = amemiya)", rule);
    const std::vector<Index> means = {3, 4};
    const Quadratic wald = quadratic_pseudo_inverse(m.rule.matrix(means, means), m.fit.coefficients(means));
    EXPECT_NEAR(named(m, "mundlak").statistic, wald.value, 1e-10 * wald.value) << rule;
    EXPECT_NEAR(named(m, "mundlak").p_value, chi_squared_upper(wald.value, 2), 1e-12) << rule;
    const SmallModel plain = model("random(components = amemiya)", rule);
    EXPECT_NEAR(named(plain, "mundlak").statistic, wald.value, 1e-9 * wald.value) << rule;
  }
}

TEST(RandomEffectsTests, AContrastWithoutAPositiveCovarianceHasNoPValue) {
  const headwater::Test test = named(model("random"), "hausman");
  EXPECT_NEAR(test.statistic, -20.7237203556798, 1e-11);  // plm prints its absolute value, with a p value of 3e-5
  EXPECT_TRUE(std::isnan(test.p_value));
  EXPECT_EQ(test.distribution, "not estimable");
  ASSERT_EQ(test.notes.size(), 1u);
  EXPECT_EQ(test.notes[0].message,
            "Hausman's contrast has no distribution here: the covariance of the within coefficients less that of the "
            "random ones is not positive definite (smallest eigenvalue -1 of the largest), so the random estimator is "
            "not the more precise one it should be under the hypothesis; read the test by unit means instead");
}

TEST(RandomEffectsTests, AreNoneOfOtherFits) { EXPECT_TRUE(random_effects_tests(model("pooled").fit, {}).empty()); }

}  // namespace
}  // namespace headwater
