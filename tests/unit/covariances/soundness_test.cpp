// Coefficients whose variance is zero by construction have no standard error; those that a handful of clusters carries
// have the number beside them. Lags of Driscoll and Kraay go by time.
#include <gtest/gtest.h>

#include "fitted.hpp"
#include "headwater/covariances/carriers.hpp"

namespace headwater {
namespace {

using test::fitted;
using test::note;
using test::panel_from;
using test::with;

// Six units in three regions, four years; `treated` is one unit from the third year on.
const Panel& regions() {
  static const Panel panel = [] {
    std::string csv = "id,year,region,treated,w,y,x\n";
    const int y[] = {4, 12, 17, 15, 10, 5, 6, 8, 17, 4, 1, 14, 11, 9, 13, 17, 8, 3, 10, 13, 1, 17, 6, 8},
              x[] = {5, 4, 8, 0, 6, 4, 4, 3, 7, 5, 8, 5, 5, 6, 1, 4, 1, 2, 4, 3, 0, 6, 7, 1};
    for (int i = 0; i < 24; ++i)
      csv += std::string(1, static_cast<char>('a' + i / 4)) + "," + std::to_string(2010 + i % 4) + ",r" +
             std::to_string(i / 8) + "," + (i / 4 == 2 && i % 4 > 1 ? "1," : "0,") + std::to_string(1 + i % 5) + "," +
             std::to_string(y[i]) + "," + std::to_string(x[i]) + "\n";
    return panel_from(csv);
  }();
  return panel;
}

void expect_none(const Covariance& covariance, Index j, const std::string& reason) {
  EXPECT_FALSE(covariance.estimable(j)) << covariance.names[static_cast<std::size_t>(j)];
  EXPECT_EQ(covariance.not_estimable[static_cast<std::size_t>(j)], reason);
  EXPECT_TRUE(std::isnan(covariance.std_error(j)));
  EXPECT_TRUE(std::isnan(covariance.std_error(Vector::Unit(covariance.matrix.rows(), j))));
}

TEST(NoError, ForDummiesOfTheClusters) {
  const std::string reason = "its scores sum to zero in every cluster of region";
  for (const char* formula : {"y ~ region", "y ~ 0 + region"})
    for (Index j = 0; j < 3; ++j)
      expect_none(with(fitted(regions(), formula, "cluster(region)"), "cluster(region)", "fixest"), j, reason);
  const Covariance beside_x = with(fitted(regions(), "y ~ region + x", "cluster(region)"), "cluster(region)", "fixest");
  for (Index j = 0; j < 4; ++j) EXPECT_TRUE(beside_x.estimable(j)) << "the slope's own uncertainty moves them all";
  EXPECT_EQ(
      note(with(fitted(regions(), "y ~ region", "cluster(region)"), "cluster(region)", "fixest"),
           "covariance.not_estimable"),
      "cluster(region) cannot tell how uncertain (Intercept), regionr1, regionr2 are, each for itself: its scores "
      "sum to zero in every cluster of region; its variance is zero by construction, whatever the errors are, so "
      "it has no standard error");
}

TEST(NoError, ForADummyOfOneRowBesideItsUnit) {
  const Fit fit = fitted(regions(), "y ~ I(id == 'a' & year == 2011) + x | id", "cluster(id)");
  const Covariance got = with(fit, "cluster(id)", "fixest");
  EXPECT_TRUE(got.estimable(1));
  const Fit alone = fitted(regions(), "y ~ I(id == 'a' & year == 2011) | id", "cluster(id)");
  expect_none(with(alone, "cluster(id)", "fixest"), 0, "its scores sum to zero in every cluster of id");
  const Fit weighted = fitted(regions(), "y ~ I(id == 'a' & year == 2011) | id", "cluster(id)", Singletons::keep, "w");
  expect_none(with(weighted, "cluster(id)", "areg"), 0, "its scores sum to zero in every cluster of id");
}

TEST(NoError, ForDummiesOfPeriodsUnderDriscollKraay) {
  const Covariance got =
      with(fitted(regions(), "y ~ 0 + factor(year)", "driscoll_kraay"), "driscoll_kraay(1)", "fixest");
  for (Index j = 0; j < 4; ++j) expect_none(got, j, "its scores sum to zero in every period");
}

TEST(NoError, WhereWaysOfClusteringCancel) {
  const Fit fit = fitted(regions(), "y ~ region", "cluster(region, id)");
  const Covariance got = with(fit, "cluster(region, id)", "fixest");
  for (Index j = 0; j < 3; ++j)
    expect_none(got, j, "its scores sum to zero in the clusters, or their sums cancel between the ways of clustering");
}

TEST(NoError, LeavesSmallVariancesAlone) {
  const Fit fit = fitted(regions(), "y ~ x + I(1e-9 * x + 1e-17 * y) | id", "cluster(id)");
  for (Index j = 0; j < fit.k(); ++j) EXPECT_TRUE(with(fit, "cluster(id)", "fixest").estimable(j));
  const Fit tiny = fitted(regions(), "I(1e-12 * y) ~ I(1e9 * x) | id", "cluster(id)");
  EXPECT_TRUE(with(tiny, "cluster(id)", "fixest").estimable(0));
}

TEST(Carriers, AreTheClustersThatTheRegressorVariesIn) {
  const Fit fit = fitted(regions(), "y ~ treated | id + year", "cluster(id)");
  const Carriers got = carriers_of(fit, parse_method_call("cluster(id)"), Matrix::Identity(1, 1)).front();
  std::vector<double> by_unit(6, 0);
  for (Index i = 0; i < fit.n(); ++i)
    by_unit[static_cast<std::size_t>(i / 4)] += std::pow((*fit.linear->regressors)(i, 0), 2);
  double sum = 0, squares = 0;
  for (const double s : by_unit) {
    sum += s;
    squares += s * s;
  }
  EXPECT_NEAR(got.effective, sum * sum / squares, 1e-12);
  EXPECT_EQ(got.of, "units");
  EXPECT_EQ(got.all, 6);
  EXPECT_EQ(got.heaviest, "c");
  EXPECT_NEAR(got.share, by_unit[2] / sum, 1e-12);
}

TEST(Carriers, AreOfTheWayWithTheFewestAndOfPeriodsOrRowsWhereThoseAreGathered) {
  const Fit fit = fitted(regions(), "y ~ x | id", "cluster(id, region)");
  const auto of = [&](const char* rule) {
    return carriers_of(fit, parse_method_call(rule), Matrix::Identity(1, 1)).front();
  };
  EXPECT_EQ(of("cluster(id, region)").of, "clusters of region");
  EXPECT_EQ(of("cluster(id, region)").effective, of("cluster(region)").effective);
  EXPECT_LT(of("cluster(region)").effective, of("cluster(id)").effective);
  EXPECT_EQ(of("driscoll_kraay").of, "periods");
  EXPECT_EQ(of("robust").of, "units");
}

// Years 2019 and 2020 are nobody's.
const Panel& gap() {
  static const Panel panel = [] {
    std::string csv = "id,year,y,x\n";
    const double y[] = {0.34, 2.16, 2.03, 5.03, 5.45, 7.43, 4.01, -0.64, 5.63, 5.77, 5.69, 6.38,
                        4.5,  1.36, 4.61, 6.0,  9.93, 5.66, 4.06, 4.72,  5.21, 5.87, 9.82, 4.47},
                 x[] = {-1.6, 2.35,  0.5, 6.84, 4.27, 7.22, 5.4, 0.35, 7.5, 4.84, 2.27, 5.22,
                        3.4,  -1.65, 5.5, 2.84, 9.27, 3.22, 1.4, 5.35, 3.5, 0.84, 7.27, 1.22};
    const int year[] = {2015, 2016, 2017, 2018, 2021, 2022};
    for (int i = 0; i < 24; ++i)
      csv += std::string(1, static_cast<char>('a' + i / 6)) + "," + std::to_string(year[i % 6]) + "," +
             std::to_string(y[i]) + "," + std::to_string(x[i]) + "\n";
    return panel_from(csv);
  }();
  return panel;
}

TEST(DriscollKraay, LagsByTimeAcrossPeriodsThatNobodyHas) {
  const Fit fit = fitted(gap(), "y ~ x");
  const Matrix psi = influence(fit);
  Matrix S = Matrix::Zero(6, 2);
  for (Index i = 0; i < fit.n(); ++i) S.row(i % 6) += psi.row(i);
  const int at[] = {0, 1, 2, 3, 6, 7};
  for (const bool bridge : {false, true})
    for (const int lag : {1, 2, 4}) {
      Matrix wanted = S.transpose() * S;
      for (int t = 0; t < 6; ++t)
        for (int s = 0; s < t; ++s)
          if (const int l = bridge ? t - s : at[t] - at[s]; l <= lag) {
            const Matrix gamma = S.row(t).transpose() * S.row(s);
            wanted += (1 - l / (lag + 1.0)) * (gamma + gamma.transpose());
          }
      const std::string rule = "driscoll_kraay(" + std::to_string(lag) + (bridge ? ", gaps = bridge)" : ")");
      const Matrix got = meat(checked_rule(parse_method_call(rule)), psi, fit.atoms);
      EXPECT_LE((got - wanted).cwiseAbs().maxCoeff(), 1e-12 * (S.transpose() * S).cwiseAbs().maxCoeff()) << rule;
    }
}

TEST(DriscollKraay, SaysThatPeriodsAreMissing) {
  const Fit fit = fitted(gap(), "y ~ x");
  EXPECT_EQ(
      note(with(fit, "driscoll_kraay(lag = 1)", "fixest"), "covariance.missing_periods"),
      "no row has 2 periods between the first and the last; the lags of driscoll_kraay(lag = 1) go by time across "
      "them (gaps = bridge goes by rank, as fixest, plm and linearmodels do)");
  EXPECT_EQ(note(with(fit, "driscoll_kraay(lag = 1, gaps = bridge)", "fixest"), "covariance.missing_periods"), "");
  EXPECT_EQ(note(with(fit, "driscoll_kraay(lag = 0)", "fixest"), "covariance.missing_periods"), "");
}

}  // namespace
}  // namespace headwater
