#include <gtest/gtest.h>

#include <cmath>

#include "headwater/linalg/solve.hpp"
#include "unit/estimators/linked_panel.hpp"

namespace headwater {
namespace {

using test::coefficient;
using test::counts;
using test::estimated;
using test::expect_error;
using test::keyless;

double scalar(const Fit& fit, const std::string& name) {
  return std::get<std::vector<double>>(fit.extras.at(name).values).front();
}

// ln P(y | Σy) of one unit by going through every subset of its rows.
double by_subsets(const std::vector<double>& predictor, const std::vector<int>& y) {
  int ones = 0;
  double observed = 0, sum = 0;
  for (std::size_t t = 0; t < y.size(); ++t) {
    ones += y[t];
    observed += y[t] * predictor[t];
  }
  for (std::uint32_t subset = 0; subset < (1u << y.size()); ++subset) {
    int size = 0;
    double total = 0;
    for (std::size_t t = 0; t < y.size(); ++t)
      if (subset >> t & 1) {
        ++size;
        total += predictor[t];
      }
    if (size == ones) sum += std::exp(total);
  }
  return observed - std::log(sum);
}

double likelihood_by_subsets(const Fit& fit, const Vector& beta) {
  const Design& design = *fit.design;
  const Grouping& units = design.effects.front().levels;
  double value = 0;
  for (std::int32_t unit = 0; unit < units.count; ++unit) {
    std::vector<double> predictor;
    std::vector<int> y;
    for (Index i = 0; i < design.n(); ++i) {
      if (units.code[static_cast<std::size_t>(i)] != unit) continue;
      predictor.push_back(design.X.row(i).dot(beta) + (design.offset.size() > 0 ? design.offset(i) : 0));
      y.push_back(static_cast<int>(design.y(i)));
    }
    value += by_subsets(predictor, y);
  }
  return value;
}

// Two rows a unit: a logit of the change on the differences, without a constant.
TEST(ConditionalLogit, OfTwoRowsIsALogitOfDifferences) {
  std::string pairs = "id,y,x,z\n", differences = "up,dx,dz\n";
  RandomStream draws(3, 0, 0);
  for (int id = 0; id < 60; ++id) {
    double x[2], z[2];
    int y[2];
    for (int t = 0; t < 2; ++t) {
      x[t] = draws.normal();
      z[t] = draws.normal();
      y[t] = 0.7 * x[t] - 0.4 * z[t] + 0.05 * id - 1 + draws.normal() > 0 ? 1 : 0;
      pairs += std::to_string(id) + "," + std::to_string(y[t]) + "," + shortest(x[t]) + "," + shortest(z[t]) + "\n";
    }
    if (y[0] != y[1])
      differences += std::to_string(y[1]) + "," + shortest(x[1] - x[0]) + "," + shortest(z[1] - z[0]) + "\n";
  }
  const Fit conditional = estimated(keyless(pairs), "y ~ x + z | id", "conditional_logit", "", "iid");
  const Fit logit = estimated(keyless(differences), "up ~ dx + dz - 1", "logit", "", "iid");
  EXPECT_EQ(conditional.n(), logit.n());
  for (Index j = 0; j < 2; ++j) {
    EXPECT_NEAR(conditional.coefficients(j), logit.coefficients(j), 1e-11);
    for (Index l = 0; l < 2; ++l) EXPECT_NEAR(conditional.bread(j, l), logit.bread(j, l), 1e-11);
  }
  EXPECT_NEAR(conditional.likelihood->value, logit.likelihood->value, 1e-10);
}

TEST(ConditionalLogit, LikelihoodGoesThroughEverySubset) {
  for (const std::uint64_t seed : {1, 2}) {
    const Fit fit = estimated(counts(seed), "yes ~ x + z + offset(0.3*size) | id", "conditional_logit", "", "iid");
    const double best = likelihood_by_subsets(fit, fit.coefficients);
    EXPECT_NEAR(fit.likelihood->value, best, 1e-11);
    EXPECT_NEAR(scalar(fit, "log_likelihood_null"), likelihood_by_subsets(fit, Vector::Zero(2)), 1e-11);
    // Its curvature, by differences, is the inverse of the bread.
    const Matrix information = inverse_definite(fit.bread);
    const double h = 1e-4;
    for (Index j = 0; j < 2; ++j) {
      const Vector step = h * Vector::Unit(2, j);
      const double above = likelihood_by_subsets(fit, fit.coefficients + step),
                   below = likelihood_by_subsets(fit, fit.coefficients - step);
      EXPECT_NEAR((above - below) / (2 * h), 0, 1e-6);
      EXPECT_NEAR((2 * best - above - below) / (h * h), information(j, j), 1e-5 * information(j, j));
    }
    EXPECT_LE(fit.scores.rows().colwise().sum().cwiseAbs().maxCoeff(), 1e-10);
  }
}

TEST(ConditionalLogit, UnitsWithoutVariationAreSetAside) {
  const Fit fit = estimated(keyless("id,y,x\na,1,1\na,1,2\nb,0,1\nb,1,3\nb,0,2\nc,1,0\nc,0,1\nd,0,4\nd,0,1\n"),
                            "y ~ x | id", "conditional_logit", "", "iid");
  EXPECT_EQ(fit.n(), 2);
  EXPECT_EQ(fit.design->n(), 5);
  EXPECT_EQ(scalar(fit, "strata"), 2);
  EXPECT_EQ(fit.atoms.unit.labels, (Names{"b", "c"}));
}

TEST(ConditionalLogit, RefusesOtherEffectsAndClustersThatCutThrough) {
  const Panel panel = counts(1);
  expect_error(
      ErrorKind::usage,
      "conditional_logit conditions on one effect without slopes, such as y ~ x | trust, and the model yes ~ x | "
      "id + year has 2 effects; write the others as factor(year), or use logit",
      [&] { estimated(panel, "yes ~ x | id + year", "conditional_logit", "", "iid"); });
  expect_error(ErrorKind::usage,
               "a id belongs to several levels of cluster 'year', so its likelihood has no cluster; cluster by id or "
               "something coarser",
               [&] { estimated(panel, "yes ~ x | id", "conditional_logit", "", "cluster(year)"); });
  expect_error(ErrorKind::data,
               "counts.csv, row 2: the outcome share is " + shortest(panel.column("share").numbers(0)) +
                   "; conditional_logit needs 0 or 1; for shares between them there is fractional_logit",
               [&] { estimated(panel, "share ~ x | id", "conditional_logit", "", "iid"); });
}

}  // namespace
}  // namespace headwater
