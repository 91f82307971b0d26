// Tests of random effects against plm 2.6.2 (R 4.2.2) and a Wald test by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/diagnostics/test.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/panel/readers.hpp"
#include "unit/decompositions/small_panel.hpp"

namespace headwater {
namespace {

// Eight units, rows missing.
const char* const kRows =
    "id,year,y,x,z\n"
    "a,2011,4.72,1.29,0.18\n"
    "a,2014,5.64,0.82,0.72\n"
    "a,2015,6,1.81,0.19\n"
    "a,2016,4.93,1.66,0.92\n"
    "a,2017,5.44,1.53,0.05\n"
    "b,2011,0.27,0.88,0.97\n"
    "b,2013,0.34,0.84,0.9\n"
    "b,2014,0.95,-0.25,0.19\n"
    "b,2015,0.92,0.32,0.2\n"
    "b,2016,-0.08,0.16,0.29\n"
    "b,2017,-0.57,-1.41,0.8\n"
    "c,2011,-0.16,-0.53,0.48\n"
    "c,2012,-0.16,-1.12,0.77\n"
    "c,2014,0.78,-0.14,0.81\n"
    "c,2015,1.4,-0.33,0.63\n"
    "d,2011,0.32,0.85,0.66\n"
    "d,2012,1.19,-1.25,0.51\n"
    "d,2013,0.5,-0.29,0.52\n"
    "d,2014,2.03,0.17,0.35\n"
    "d,2015,2.62,1.07,0.81\n"
    "d,2016,0.53,-0.85,0.21\n"
    "d,2017,1.29,-0.43,0.42\n"
    "e,2011,-1.58,-1.66,0.38\n"
    "e,2013,-0.32,-0.75,0.36\n"
    "e,2014,1.66,1,0.73\n"
    "e,2015,1.53,0.24,0.38\n"
    "e,2016,-0.18,-0.25,0.71\n"
    "e,2017,1.56,0.58,0.04\n"
    "f,2011,-0.32,-0.6,0.5\n"
    "f,2012,0.23,-0.35,0.72\n"
    "f,2014,2.48,1.37,0.95\n"
    "g,2011,1.75,0.59,0.73\n"
    "g,2012,3.26,0.44,0.74\n"
    "g,2013,1.4,-0.63,0.59\n"
    "g,2014,3.96,0.35,0.08\n"
    "g,2015,3.18,0.43,0.8\n"
    "g,2016,2.25,0.81,0.26\n"
    "g,2017,3.87,0.97,0.28\n"
    "h,2011,0.96,0.28,0.71\n"
    "h,2012,2.16,1.07,0.87\n"
    "h,2013,1.17,0.73,0.7\n"
    "h,2014,3.79,1.11,0.06\n"
    "h,2015,2.62,1.22,0.44\n"
    "h,2017,2.13,0.39,0.9\n";

SmallModel model(const std::string& estimator, const std::string& rule = "iid", const char* rows = kRows) {
  RawTable table = parse_csv(rows, "panel.csv", ',', {});
  Panel panel(std::move(table.columns), {.unit = "id", .time = "year"}, std::move(table.source_rows),
              std::move(table.ledger));
  Spec spec = small_spec("y ~ x + z", estimator, "", rule);
  spec.profile = "plm";
  return small_model(std::move(panel), std::move(spec));
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
