// Each profile against its program's own arithmetic where it is more than a factor: slopes, effects written twice,
// redundant effects, nested ones, two-way clusters, singletons.
#include <gtest/gtest.h>

#include "fitted.hpp"

namespace headwater {
namespace {

using test::fitted;
using test::note;
using test::panel_from;
using test::with;

// Six units, four years. R fixest 0.14.2 gives 0.194129677001 for x with unit[time], clustered by unit.
const Panel& trends() {
  static const Panel panel = panel_from(
      "unit,time,y,x\nT1,2019,0,0\nT1,2020,5.5,5\nT1,2021,2.25,9\nT1,2022,3.5,1\nT2,2019,7.75,7\nT2,2020,4.5,2\n"
      "T2,2021,5.75,7\nT2,2022,6.75,0\nT3,2019,6.75,3\nT3,2020,3.5,10\nT3,2021,9,5\nT3,2022,5.75,10\nT4,2019,5.75,10\n"
      "T4,2020,7,7\nT4,2021,8,3\nT4,2022,4.75,9\nT5,2019,4.75,6\nT5,2020,10.25,4\nT5,2021,7,1\nT5,2022,8.25,8\n"
      "T6,2019,12.5,2\nT6,2020,9.25,1\nT6,2021,6,10\nT6,2022,11.5,7\n",
      "unit", "time");
  return panel;
}

// Three years of six units in three regions, whose effects unit + region + year + region^year are redundant.
const Panel& redundant() {
  static const Panel panel = panel_from(
      "unit,region,year,y,x\nu0,A,2000,0.040856,0.464865\nu0,A,2001,-0.460898,0.352626\nu0,A,2002,0.926171,0.411301\n"
      "u1,B,2000,2.562064,-0.885076\nu1,B,2001,1.067390,-0.705217\nu1,B,2002,0.216412,-0.183858\n"
      "u2,C,2000,2.221283,0.418978\nu2,C,2001,2.508136,2.233711\nu2,C,2002,2.862561,-1.594528\n"
      "u3,A,2000,3.204377,-0.623036\nu3,A,2001,2.484252,1.306226\nu3,A,2002,2.777062,-1.951281\n"
      "u4,B,2000,4.310587,-0.291474\nu4,B,2001,2.825578,-0.921085\nu4,B,2002,3.374723,-0.023402\n"
      "u5,C,2000,4.573295,0.071470\nu5,C,2001,6.836230,-0.800253\nu5,C,2002,4.192557,-0.249173\n",
      "unit", "year");
  return panel;
}

// Six units, four years, whose covariance by unit and year has a negative eigenvalue.
const Panel& two_ways() {
  static const Panel panel = panel_from(
      "unit,time,y,x,z\nT1,2019,4,5,8\nT1,2020,12,4,7\nT1,2021,17,8,6\nT1,2022,15,0,2\nT2,2019,10,6,2\nT2,2020,5,4,0\n"
      "T2,2021,6,4,5\nT2,2022,8,3,3\nT3,2019,17,7,2\nT3,2020,4,5,6\nT3,2021,1,8,6\nT3,2022,14,5,6\nT4,2019,11,5,8\n"
      "T4,2020,9,6,7\nT4,2021,13,1,1\nT4,2022,17,4,5\nT5,2019,8,1,5\nT5,2020,3,2,7\nT5,2021,10,4,8\nT5,2022,13,3,3\n"
      "T6,2019,1,0,0\nT6,2020,17,6,1\nT6,2021,6,7,4\nT6,2022,8,1,4\n",
      "unit", "time");
  return panel;
}

double error_of(const Fit& fit, const std::string& rule, const std::string& profile, Index j = 0) {
  return with(fit, rule, profile).std_error(j);
}

TEST(Slopes, AlwaysCountAndTheirInterceptsAsTheClustersHaveThem) {
  const Fit fit = fitted(trends(), "y ~ x | unit[time]", "cluster(unit)");
  EXPECT_NEAR(error_of(fit, "cluster(unit)", "fixest"), 0.194129677001, 5e-13);
  EXPECT_NEAR(error_of(fit, "cluster(unit)", "reghdfe"), 0.194129677001, 5e-13);
  EXPECT_EQ(
      with(fit, "cluster(unit)", "fixest").arithmetic,
      "G/(G-1) = 6/5 times (N-1)/(N-K) = 23/16; K = 1 slopes + 1, all effects nested in the clusters + 6 slopes by "
      "unit");
  EXPECT_EQ(
      with(fit, "cluster(unit)", "reghdfe").arithmetic,
      "G/(G-1) = 6/5 times (N-1)/(N-K) = 23/16; K = 1 slopes + 6 absorbed + 1, effects nested in the clusters not "
      "counted");
  EXPECT_EQ(with(fit, "cluster(time)", "fixest").arithmetic,
            "G/(G-1) = 4/3 times (N-1)/(N-K) = 23/11; K = 1 slopes + 6 unit + 6 slopes by unit");
  EXPECT_EQ(with(fit, "cluster(unit)", "areg").arithmetic,
            "G/(G-1) = 6/5 times (N-1)/(N-K) = 23/11; K = 1 slopes + 12 absorbed");
  EXPECT_EQ(with(fit, "iid", "fixest").df, 11);
}

TEST(Slopes, AloneLeaveTheConstantAmongTheCoefficients) {
  const Fit fit = fitted(trends(), "y ~ x | unit[[time]]", "cluster(unit)");
  EXPECT_EQ(with(fit, "cluster(unit)", "fixest").arithmetic,
            "G/(G-1) = 6/5 times (N-1)/(N-K) = 23/16; K = 2 slopes + 6 slopes by unit");
  EXPECT_EQ(with(fit, "cluster(unit)", "reghdfe").arithmetic,
            "G/(G-1) = 6/5 times (N-1)/(N-K) = 23/16; K = 2 slopes + 6 absorbed");
}

TEST(Effects, WrittenTwiceAreOne) {
  const Fit once = fitted(trends(), "y ~ x | unit[time]", "cluster(time)"),
            twice = fitted(trends(), "y ~ x | unit[[time]] + unit", "cluster(time)");
  for (const char* rule : {"iid", "robust", "cluster(time)", "cluster(unit)"})
    EXPECT_NEAR(error_of(twice, rule, "fixest"), error_of(once, rule, "fixest"), 1e-10) << rule;
}

TEST(RedundantEffects, CountExactlyWhereTheProgramsCountLeavesNoRows) {
  const Fit fit = fitted(redundant(), "y ~ x | unit + region + year + region^year", "robust");
  const Covariance got = with(fit, "robust", "fixest");
  EXPECT_NEAR(got.std_error(0), 0.3057, 5e-5) << "fixest with K.exact";
  EXPECT_EQ(got.arithmetic, "N/(N-K) = 18/5; K = 1 slopes + 12 absorbed by exact rank");
  EXPECT_EQ(got.df, 5);
  EXPECT_EQ(note(got, "covariance.exact_rank"),
            "fixest counts 19 coefficients and effects in 18 rows, more than there is to count because effects are "
            "redundant; their exact rank takes that place, K = 13");
  // reghdfe finds redundant levels by pairs of effects: unit 6, region 0 of 3, year 2 of 3, region^year 9 less 3.
  EXPECT_EQ(with(fit, "robust", "reghdfe").arithmetic, "N/(N-K) = 18/3; K = 1 slopes + 14 absorbed");
  EXPECT_EQ(with(fit, "robust", "areg").arithmetic, "N/(N-K) = 18/5; K = 1 slopes + 12 absorbed");
}

TEST(Ivreghdfe, CountsNoConstantWhereEffectsAreNested) {
  const Fit fit = fitted(trends(), "y ~ x | unit + time", "cluster(unit)");
  const double N = static_cast<double>(fit.n()), K = 1 + 1 + static_cast<double>(fit.atoms.time.count) - 1;
  const Covariance theirs = with(fit, "cluster(unit)", "reghdfe"), own = with(fit, "cluster(unit)", "ivreghdfe");
  EXPECT_NEAR(own.factor / theirs.factor, (N - K) / (N - K + 1), 1e-12);
  EXPECT_EQ(with(fit, "iid", "ivreghdfe").factor, with(fit, "iid", "reghdfe").factor);
}

TEST(RedundantEffects, HaveOneNumberOfDegreesOfFreedomInFactorAndT) {
  const Fit fit = fitted(redundant(), "y ~ x | year + region^year", "robust");
  const Covariance fixest = with(fit, "robust", "fixest"), areg = with(fit, "robust", "areg");
  EXPECT_EQ(fixest.arithmetic, "N/(N-K) = 18/6; K = 1 slopes + 3 year + 9 region^year - 1");
  EXPECT_EQ(fixest.df, 6);
  EXPECT_EQ(areg.df, 8);
}

TEST(NestedEffects, GoByNameInFixestWhereEveryClusterIsAnEffect) {
  const Panel panel = panel_from(
      "id,year,district,region,y,x\na,1,p,n,1,2\na,2,p,n,3,1\nb,1,p,n,2,5\nb,2,p,n,0,3\nc,1,q,n,4,4\nc,2,q,n,1,2\n"
      "d,1,r,s,2,3\nd,2,r,s,5,1\ne,1,t,s,3,6\ne,2,t,s,2,2\nf,1,t,s,1,1\nf,2,t,s,6,5\n");
  const Fit both = fitted(panel, "y ~ x | region + district", "cluster(region)"),
            one = fitted(panel, "y ~ x | district", "cluster(region)");
  EXPECT_EQ(
      with(both, "cluster(region)", "fixest").arithmetic,
      "G/(G-1) = 2/1 times (N-1)/(N-K) = 11/7; K = 1 slopes + 1 region (nested in the clusters) + 4 district - 1");
  EXPECT_EQ(
      with(both, "cluster(region)", "reghdfe").arithmetic,
      "G/(G-1) = 2/1 times (N-1)/(N-K) = 11/10; K = 1 slopes + 0 absorbed + 1, effects nested in the clusters not "
      "counted");
  EXPECT_EQ(with(one, "cluster(region)", "fixest").arithmetic,
            "G/(G-1) = 2/1 times (N-1)/(N-K) = 11/10; K = 1 slopes + 1, all effects nested in the clusters");
}

TEST(LinearModels, LeavesOutOneEffectOnlyWhereEveryWayOfClusteringContainsIt) {
  const Fit fit = fitted(trends(), "y ~ x | unit", "cluster(unit, time)");
  EXPECT_EQ(with(fit, "cluster(unit)", "linearmodels").arithmetic,
            "N/(N-K) = 24/23; K = 1, the effect is nested in the clusters");
  EXPECT_EQ(with(fit, "cluster(unit, time)", "linearmodels").arithmetic, "N/(N-K) = 24/17; K = 1 slopes + 6 absorbed");
}

TEST(Plm, GivesEachWayOfClusteringItsOwnFactor) {
  const Fit fit = fitted(trends(), "y ~ x | unit + time", "cluster(unit, time)");
  const Covariance got = with(fit, "cluster(unit, time)", "plm");
  EXPECT_EQ(got.text, "cluster(unit, time, groups = own)");
  EXPECT_EQ(got.arithmetic, "each way its own G/(G-1) times (N-1)/(N-K) = 23/23; K = 1, effects not counted");
  const auto one = [&](const char* rule) { return with(fit, rule, "none").matrix(0, 0); };
  EXPECT_NEAR(got.matrix(0, 0),
              6.0 / 5 * one("cluster(unit)") + 4.0 / 3 * one("cluster(time)") - 24.0 / 23 * one("HC0"), 1e-14);
}

TEST(Repair, OfTwoWaysEqualsFixest) {
  const Fit fit = fitted(two_ways(), "y ~ x + z", "cluster(unit, time)");
  EXPECT_NEAR(error_of(fit, "cluster(unit, time)", "fixest", 1), 0.4159312179, 5e-11);
  EXPECT_NEAR(error_of(fit, "cluster(unit, time)", "fixest", 2), 0.1005405236, 5e-11);
  const Covariance left = with(fit, "cluster(unit, time)", "linearmodels");
  EXPECT_EQ(left.not_estimable[2], "cluster(unit, time) gives it a negative variance");
  EXPECT_TRUE(std::isnan(left.std_error(2)));
  EXPECT_GT(left.std_error(1), 0);
}

TEST(Singletons, StayWhereTheProgramKeepsThem) {
  for (const char* name : {"areg", "xtreg", "plm", "linearmodels"})
    EXPECT_EQ(profile_row(name).singletons, Singletons::keep) << name;
  for (const char* name : {"fixest", "reghdfe", "none"})
    EXPECT_EQ(profile_row(name).singletons, Singletons::drop) << name;
}

}  // namespace
}  // namespace headwater
