// Meats against sums written out, small-sample arithmetic word by word, and what happens when a covariance is none.
#include "headwater/covariances/covariance.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <numeric>

#include "fitted.hpp"
#include "headwater/core/error.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

using test::note;
using test::with;

// Four units, three years; an area holds two units.
std::string csv_of(const std::vector<int>& y, const std::vector<int>& x, const std::vector<int>& z) {
  std::string csv = "id,year,area,y,x,z\n";
  for (int i = 0; i < 12; ++i) {
    const auto at = static_cast<std::size_t>(i);
    csv += std::string(1, static_cast<char>('a' + i / 3)) + "," + std::to_string(2010 + i % 3) + "," +
           (i < 6 ? "n" : "s") + "," + std::to_string(y[at]) + "," + std::to_string(x[at]) + "," +
           std::to_string(z[at]) + "\n";
  }
  return csv;
}

const std::vector<int> kY{3, 7, 4, 0, 6, 6, 7, 1, 0, 7, 0, 4};
const std::vector<int> kX{7, 5, 4, 2, 2, 0, 0, 0, 1, 7, 5, 8};
const std::vector<int> kZ{4, 5, 8, 6, 5, 4, 5, 8, 2, 7, 6, 0};

Fit fitted(const std::string& csv, const std::string& formula, const std::string& rule = "iid") {
  return test::fitted(test::panel_from(csv), formula, rule);
}

Matrix sandwich(const Fit& fit, const std::vector<int>& group) {
  const Matrix psi = influence(fit);
  Matrix V = Matrix::Zero(fit.k(), fit.k());
  for (int g = 0; g <= *std::max_element(group.begin(), group.end()); ++g) {
    Vector sum = Vector::Zero(fit.k());
    for (Index i = 0; i < fit.n(); ++i)
      if (group[static_cast<std::size_t>(i)] == g) sum += psi.row(i).transpose();
    V += sum * sum.transpose();
  }
  return V;
}

std::vector<int> groups_by(int divisor, int modulus) {
  std::vector<int> groups;
  for (int i = 0; i < 12; ++i) groups.push_back(i / divisor % modulus);
  return groups;
}

void expect_near(const Matrix& got, const Matrix& wanted) {
  EXPECT_LE((got - wanted).cwiseAbs().maxCoeff(), 1e-12 * wanted.cwiseAbs().maxCoeff()) << got << "\n\n" << wanted;
}

TEST(Cluster, SumsWithinGroups) {
  const Fit fit = fitted(csv_of(kY, kX, kZ), "y ~ x + z", "cluster(area)");
  const std::vector<int> unit = groups_by(3, 4), year = groups_by(1, 3), area = groups_by(6, 2), row = groups_by(1, 12);
  expect_near(with(fit, "cluster(id)", "none").matrix, sandwich(fit, unit));
  expect_near(with(fit, "cluster", "none").matrix, sandwich(fit, unit));
  expect_near(with(fit, "cluster(year)", "none").matrix, sandwich(fit, year));
  expect_near(with(fit, "cluster(area)", "none").matrix, sandwich(fit, area));
  expect_near(with(fit, "HC0", "fixest").matrix, sandwich(fit, row));
  expect_near(with(fit, "robust", "fixest").matrix, 12.0 / 9 * sandwich(fit, row));
}

TEST(Cluster, SeveralWaysGoByInclusionAndExclusion) {
  const Fit fit = fitted(csv_of(kY, kX, kZ), "y ~ x + z", "cluster(area, year, id)");
  const std::vector<int> unit = groups_by(3, 4), year = groups_by(1, 3), area = groups_by(6, 2), row = groups_by(1, 12);
  std::vector<int> area_year;
  for (int i = 0; i < 12; ++i) area_year.push_back(i / 6 * 3 + i % 3);
  const MethodCall two = parse_method_call("cluster(area, year)"), three = parse_method_call("cluster(area, year, id)");
  expect_near(meat(two, influence(fit), fit.atoms),
              sandwich(fit, area) + sandwich(fit, year) - sandwich(fit, area_year));
  expect_near(meat(three, influence(fit), fit.atoms), sandwich(fit, area) + sandwich(fit, year) + sandwich(fit, unit) -
                                                          sandwich(fit, area_year) - sandwich(fit, unit) -
                                                          sandwich(fit, row) + sandwich(fit, row));
}

TEST(DriscollKraay, WeighsLagsByBartlett) {
  const Fit fit = fitted(csv_of(kY, kX, kZ), "y ~ x + z");
  Matrix S = Matrix::Zero(3, fit.k());
  const Matrix psi = influence(fit);
  for (Index i = 0; i < fit.n(); ++i) S.row(i % 3) += psi.row(i);
  const auto gamma = [&](Index l) -> Matrix {
    Matrix sum = Matrix::Zero(fit.k(), fit.k());
    for (Index t = l; t < 3; ++t) sum += S.row(t).transpose() * S.row(t - l);
    return sum;
  };
  const Matrix wanted =
      gamma(0) + 2.0 / 3 * (gamma(1) + gamma(1).transpose()) + 1.0 / 3 * (gamma(2) + gamma(2).transpose());
  const Matrix got = meat(parse_method_call("driscoll_kraay(lag = 2)"), psi, fit.atoms);
  // Scores of all rows add up to nothing, so with every lag the meat nearly vanishes: compare with the size of its
  // parts.
  EXPECT_LE((got - wanted).cwiseAbs().maxCoeff(), 1e-12 * gamma(0).cwiseAbs().maxCoeff());
  expect_near(with(fit, "driscoll_kraay(lag = 0)", "none").matrix, gamma(0));
  EXPECT_EQ(with(fit, "driscoll_kraay", "none").text, "driscoll_kraay(lag = 1)") << "the whole part of 3^(1/4)";
}

struct Arithmetic {
  const char* rule;
  const char* profile;
  double factor, df;
  const char* words;
};

class Profiles : public testing::TestWithParam<Arithmetic> {};

TEST_P(Profiles, SayHowTheyCount) {
  const Arithmetic& wanted = GetParam();
  const Covariance got = with(fitted(csv_of(kY, kX, kZ), "y ~ x | id + year"), wanted.rule, wanted.profile);
  EXPECT_EQ(got.arithmetic, wanted.words);
  EXPECT_DOUBLE_EQ(got.factor, wanted.factor);
  EXPECT_DOUBLE_EQ(got.df, wanted.df);
}

// N = 12, one slope, four units, three years: the effects have rank 6.
INSTANTIATE_TEST_SUITE_P(
    TwoWays, Profiles,
    testing::Values(
        Arithmetic{"iid", "fixest", 12.0 / 5, 5, "rss/(N-K) = rss/5; K = 1 slopes + 4 id + 3 year - 1"},
        Arithmetic{"iid", "none", 1, 5, "rss/N = rss/12"},
        Arithmetic{"robust", "fixest", 12.0 / 5, 5, "N/(N-K) = 12/5; K = 1 slopes + 4 id + 3 year - 1"},
        Arithmetic{"HC0", "fixest", 1, 5, "no factor"},
        Arithmetic{"cluster(id)", "fixest", 4.0 / 3 * 11 / 8, 3,
                   "G/(G-1) = 4/3 times (N-1)/(N-K) = 11/8; K = 1 slopes + 1 id (nested in the clusters) + 3 year - 1"},
        Arithmetic{
            "cluster(id)", "reghdfe", 4.0 / 3 * 11 / 8, 3,
            "G/(G-1) = 4/3 times (N-1)/(N-K) = 11/8; K = 1 slopes + 2 absorbed + 1, effects nested in the clusters "
            "not counted"},
        Arithmetic{"cluster(id)", "xtreg", 4.0 / 3 * 11 / 10, 3,
                   "G/(G-1) = 4/3 times (N-1)/(N-K) = 11/10; K = 1 slopes + 1 constant, effects not counted"},
        Arithmetic{"cluster(id)", "areg", 4.0 / 3 * 11 / 5, 3,
                   "G/(G-1) = 4/3 times (N-1)/(N-K) = 11/5; K = 1 slopes + 6 absorbed"},
        Arithmetic{"cluster(id)", "plm", 4.0 / 3 * 11 / 11, 5,
                   "G/(G-1) = 4/3 times (N-1)/(N-K) = 11/11; K = 1, effects not counted"},
        Arithmetic{"cluster(id)", "linearmodels", 12.0 / 5, 5, "N/(N-K) = 12/5; K = 1 slopes + 6 absorbed"},
        Arithmetic{"cluster(id)", "none", 1, 3, "no factor"},
        Arithmetic{"cluster(id, year)", "fixest", 3.0 / 2 * 11 / 10, 2,
                   "G/(G-1) = 3/2 times (N-1)/(N-K) = 11/10; K = 1 slopes + 1, all effects nested in the clusters"},
        Arithmetic{"driscoll_kraay(lag = 1)", "fixest", 3.0 / 2 * 11 / 5, 2,
                   "T/(T-1) = 3/2 times (N-1)/(N-K) = 11/5; K = 1 slopes + 4 id + 3 year - 1"},
        Arithmetic{"driscoll_kraay(lag = 1)", "plm", 1, 5, "no factor"}));

// x's negative variance, in a panel of four units and three years, is repaired or not as the profile's program does.
TEST(Repair, IsThatOfTheProfile) {
  const Fit fit = fitted(csv_of(kY, kX, kZ), "y ~ x + z");
  const Covariance left = with(fit, "cluster(id, year)", "areg"), repaired = with(fit, "cluster(id, year)", "fixest"),
                   own = with(fit, "cluster(id, year)", "reghdfe");
  const Matrix raw = repaired.factor * meat(repaired.rule, influence(fit), fit.atoms);
  const SymmetricEigen eigen = symmetric_eigen(raw);
  const Matrix wanted = eigen.vectors * eigen.values.cwiseMax(0).asDiagonal() * eigen.vectors.transpose();
  expect_near(repaired.matrix, wanted);
  expect_near(own.matrix, wanted);
  EXPECT_EQ(repaired.arithmetic.substr(repaired.arithmetic.find("; negative")), "; negative eigenvalues set to zero");
  for (Index j = 0; j < 3; ++j) {
    EXPECT_EQ(left.estimable(j), raw(j, j) > 0) << j;
    EXPECT_EQ(std::isnan(left.matrix(j, j)), raw(j, j) < 0) << j;
    EXPECT_TRUE(repaired.estimable(j));
  }
}

TEST(Repair, SaysWhatWasDone) {
  const Fit fit = fitted(csv_of(kY, kX, kZ), "y ~ x + z");
  EXPECT_EQ(note(with(fit, "cluster(id, year)", "fixest"), "covariance.repaired"),
            "cluster(id, year) is not positive semi-definite (smallest eigenvalue -3.3 of the largest): its negative "
            "eigenvalues were set to zero, as fixest does; (Intercept), x, z had a negative variance, so their error "
            "comes from the repair alone; the clusters may be too few");
  EXPECT_EQ(note(with(fit, "cluster(id, year)", "areg"), "covariance.indefinite"),
            "cluster(id, year) is not positive semi-definite (smallest eigenvalue -3.3 of the largest) and the profile "
            "areg leaves it so: (Intercept), x, z have a negative variance and so no standard error; the clusters may "
            "be too few");
}

TEST(Repair, LeavesNothingOfOneNegativeVariance) {
  const Fit fit = fitted(csv_of(kY, kX, kZ), "y ~ 0 + x");
  const Covariance raw = with(fit, "cluster(id, year)", "none");
  ASSERT_LT(meat(raw.rule, influence(fit), fit.atoms)(0, 0), 0);
  EXPECT_EQ(raw.not_estimable[0], "cluster(id, year) gives it a negative variance");
  EXPECT_EQ(with(fit, "cluster(id, year)", "fixest").not_estimable[0],
            "the repair of a negative variance leaves nothing of it");
}

TEST(Repair, LeavesAnIndefiniteMatrixWithPositiveVariancesAloneWhereTheProgramDoes) {
  const Fit fit = fitted(csv_of({1, 1, 4, 7, 3, 2, 5, 0, 7, 2, 6, 0}, {4, 7, 0, 4, 2, 3, 6, 1, 4, 0, 2, 7},
                                {3, 7, 5, 7, 2, 2, 7, 1, 2, 5, 6, 6}),
                         "y ~ x + z");
  const Covariance got = with(fit, "cluster(id, year)", "none");
  Matrix wanted(3, 3);
  wanted << 0.4731919, -0.08724149, -0.13325008, -0.08724149, 0.02009192, 0.02483417, -0.13325008, 0.02483417,
      0.01540412;
  EXPECT_LE((got.matrix - wanted).cwiseAbs().maxCoeff(), 1e-8);
  EXPECT_LT(got.smallest_eigenvalue, 0);
  EXPECT_EQ(note(got, "covariance.indefinite"),
            "cluster(id, year) is not positive semi-definite (smallest eigenvalue -0.2 of the largest) and the profile "
            "none leaves it so: errors of single coefficients stand, but a combination of them may have none; the "
            "clusters may be too "
            "few");
}

std::string message_of(const std::string& rule, const std::string& profile = "fixest",
                       const std::string& formula = "y ~ x") {
  try {
    with(fitted(csv_of(kY, kX, kZ), formula), rule, profile);
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST(Refusals, SayWhatToWrite) {
  EXPECT_EQ(message_of("clutser(id)"), "there is no covariance 'clutser'; did you mean 'cluster'?");
  EXPECT_EQ(message_of("cluster(ward)"), "cluster 'ward' is not at hand for these rows; there are id, year");
  EXPECT_EQ(message_of("iid", "stata"),
            "there is no small-sample profile 'stata'; what comes nearest here is reghdfe, of fixest, reghdfe, "
            "ivreghdfe, xtreg, areg, "
            "plm, linearmodels, none");
  EXPECT_EQ(message_of("driscoll_kraay(lag = 3)"),
            "driscoll_kraay has lag 3 and the rows 3 periods; the lag is 0 or more and below the number of periods");
  EXPECT_EQ(message_of("driscoll_kraay(lag = -1)"),
            "driscoll_kraay has lag -1 and the rows 3 periods; the lag is 0 or more and below the number of periods");
}

// By a measure, hardly two rows share a value; units that are seen once are clusters of one row by nature.
TEST(ClustersOfOne, AreNoted) {
  const auto said = [](const std::string& rule) {
    return note(with(fitted(csv_of(kY, kX, kZ), "y ~ x", rule), rule, "fixest"), "covariance.clusters_of_one");
  };
  EXPECT_EQ(said("cluster(id^year)"),
            "nearly every row is a cluster of its own (12 of id^year in 12 rows), so cluster(id^year) allows for no "
            "dependence between rows; cluster by a column of groups, such as the unit");
  EXPECT_EQ(said("cluster(id)"), "");
  EXPECT_EQ(said("cluster(area, year)"), "");
  EXPECT_EQ(said("robust"), "");
}

TEST(FewClusters, AreNoted) {
  EXPECT_EQ(note(with(fitted(csv_of(kY, kX, kZ), "y ~ x"), "cluster(id)", "fixest"), "covariance.few_clusters"),
            "there are only 4 clusters of id: cluster-robust errors are then often too small, read intervals with "
            "caution");
}

// A likelihood's covariance is the inverse information as it stands: no small-sample factor for anything built on it.
TEST(Covariance, OfALikelihoodHasTheFactorOne) {
  Fit fit = fitted(csv_of(kY, kX, kZ), "y ~ x + z");
  for (const char* profile : {"fixest", "reghdfe", "none"}) {
    fit.likelihood.reset();
    const Covariance squares = covariance(fit, parse_method_call("iid"), profile);
    fit.likelihood = Likelihood{};
    const Covariance rule = covariance(fit, parse_method_call("iid"), profile);
    EXPECT_EQ(rule.factor, 1) << profile;
    EXPECT_EQ(rule.arithmetic, "inverse of the observed information");
    EXPECT_TRUE(std::isinf(rule.df));
    EXPECT_LT((rule.matrix - fit.bread).cwiseAbs().maxCoeff(), 1e-15 * fit.bread.cwiseAbs().maxCoeff());
    EXPECT_EQ(squares.factor == 1, std::string(profile) == "none");
  }
}

}  // namespace
}  // namespace headwater
