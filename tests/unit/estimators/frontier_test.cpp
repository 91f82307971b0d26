#include "headwater/estimators/frontier.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "headwater/core/error.hpp"
#include "headwater/core/random.hpp"
#include "headwater/estimators/methods.hpp"
#include "headwater/panel/panel.hpp"

namespace headwater {
namespace {

const std::string kData = std::string(HEADWATER_SOURCE_DIR) + "/../shared/reference/data/";

Column numeric(const std::string& name, Vector values) { return {.name = name, .numbers = std::move(values)}; }

Fit frontier(const Panel& panel, const std::string& formula, const std::string& estimator = "frontier") {
  Spec spec;
  spec.formula = expand(parse_formula(formula)).front();
  spec.estimator = parse_method_call(estimator);
  spec.covariance = parse_method_call("iid");
  return headwater::estimate(panel, std::make_shared<const Design>(make_design(panel, spec)));
}

double scalar(const Fit& fit, const std::string& name) {
  return std::get<std::vector<double>>(fit.extras.at(name).values).front();
}

// y = 1 + x + v − sign·u with a known seed.
Panel simulated(Index n, double noise, double inefficiency, double sign) {
  RandomStream draws(7, 0, 0);
  Vector x(n), y(n);
  for (Index i = 0; i < n; ++i) {
    x(i) = draws.normal();
    y(i) = 1 + x(i) + noise * draws.normal() - sign * inefficiency * std::abs(draws.normal());
  }
  std::vector<std::int64_t> rows(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::int64_t>(i) + 2;
  return Panel({numeric("x", x), numeric("y", y)}, {}, rows, {});
}

TEST(FrontierDensity, DerivativesMatchDifferences) {
  for (const double sign : {1.0, -1.0})
    for (const double epsilon : {-2.0, -0.1, 0.3, 1.5, 30.0}) {
      const Vector at = Eigen::Vector3d(epsilon, 0.4, 0.7);
      const FrontierDensity f = frontier_density(at(0), at(1), at(2), sign);
      for (Index j = 0; j < 3; ++j) {
        const double h = 1e-5;
        Vector up = at, down = at;
        up(j) += h;
        down(j) -= h;
        const FrontierDensity above = frontier_density(up(0), up(1), up(2), sign),
                              below = frontier_density(down(0), down(1), down(2), sign);
        EXPECT_NEAR((above.value - below.value) / (2 * h), f.gradient(j), 1e-6 * (1 + std::abs(f.gradient(j))));
        for (Index l = 0; l < 3; ++l)
          EXPECT_NEAR((above.gradient(l) - below.gradient(l)) / (2 * h), f.hessian(l, j),
                      1e-6 * (1 + std::abs(f.hessian(l, j))));
      }
    }
}

TEST(FrontierDensity, IntegratesToOne) {
  double mass = 0;
  for (double e = -8; e < 8; e += 1e-3) mass += 1e-3 * std::exp(frontier_density(e, 0.5, 0.8, 1).value);
  EXPECT_NEAR(mass, 1, 1e-8);
}

TEST(Frontier, EqualsFrontier41OnItsExample) {
  if (!std::filesystem::exists(kData + "front41.csv")) GTEST_SKIP() << "the reference data are not at hand";
  const Panel panel = read_panel(kData + "front41.csv", {});
  const Fit fit = frontier(panel, "log(output) ~ log(capital) + log(labour)");
  EXPECT_EQ(fit.status, Status::converged);
  ASSERT_EQ(fit.names, (Names{"(Intercept)", "log(capital)", "log(labour)", "sigma2", "gamma"}));
  const std::vector<double> published = {.5616196, .2811021, .5364798, .2170005, .7972073};
  // FRONTIER 4.1 works in single precision and stops before the maximum: its own parameters have a log likelihood of
  // -17.027225424576176 where it prints -17.027229, and here the scores sum to zero.
  for (std::size_t j = 0; j < published.size(); ++j)
    EXPECT_NEAR(fit.coefficients(static_cast<Index>(j)), published[j], 5e-6) << fit.names[j];
  EXPECT_NEAR(scalar(fit, "log_likelihood"), -17.027229, 5e-6);
  EXPECT_GT(scalar(fit, "log_likelihood"), -17.027225424576176);
  EXPECT_NEAR(scalar(fit, "log_likelihood"), -17.027225424424, 1e-11);
  EXPECT_NEAR(scalar(fit, "lr_statistic"), 2.8392, 6e-5);
  EXPECT_NEAR(scalar(fit, "lr_p_value"), 0.5 * std::erfc(std::sqrt(scalar(fit, "lr_statistic") / 2)), 1e-12);
  const Panel efficiencies = read_panel(kData + "ref_front41_efficiencies.csv", {});
  const Vector& wanted = efficiencies.column("technical_efficiency").numbers;
  const auto& got = std::get<std::vector<double>>(fit.extras.at("efficiency").values);
  ASSERT_EQ(wanted.size(), 60);
  for (Index i = 0; i < 60; ++i) EXPECT_NEAR(got[static_cast<std::size_t>(i)], wanted(i), 2e-6) << i;
  EXPECT_LT(fit.scores.rows().colwise().sum().cwiseAbs().maxCoeff(), 1e-8);
  EXPECT_EQ(fit.scales.back(), ParameterScale::logit);
  ASSERT_EQ(fit.notes.size(), 1u);
  EXPECT_EQ(fit.notes.front().message,
            "inefficiency against none: likelihood ratio 2.839, p 0.046 by the mixture of chi-squared(0) and "
            "chi-squared(1), so gamma has no t test");
}

TEST(Frontier, CostIsProductionMirrored) {
  const Panel production = simulated(400, 0.3, 0.6, 1);
  const Fit fit = frontier(production, "y ~ x");
  const Fit mirrored = frontier(production, "I(0 - y) ~ x", "frontier(type = cost)");
  ASSERT_EQ(fit.status, Status::converged);
  ASSERT_EQ(mirrored.status, Status::converged);
  EXPECT_NEAR(fit.coefficients(1), -mirrored.coefficients(1), 1e-7);
  EXPECT_NEAR(fit.coefficients(3), mirrored.coefficients(3), 1e-7);
  const Vector robust = (influence(fit).transpose() * influence(fit)).diagonal();
  EXPECT_NEAR(robust(1) / fit.bread(1, 1), 1, 0.2);  // information equality under a correct model
}

TEST(Frontier, WrongSkewnessIsABoundaryWithLeastSquares) {
  const Fit fit = frontier(simulated(300, 0.3, 0.6, -1), "y ~ x");
  EXPECT_EQ(fit.status, Status::boundary);
  EXPECT_EQ(fit.names, (Names{"(Intercept)", "x"}));
  EXPECT_EQ(fit.status_detail,
            "the least-squares residuals are skewed to the right, against inefficiency: the likelihood is highest at "
            "gamma = 0, least squares is reported, and no row's efficiency can be told from noise, so none is given");
  EXPECT_EQ(fit.extras.count("efficiency") + fit.extras.count("mean_efficiency"), 0u);
  ASSERT_EQ(fit.not_identified.size(), 1u);
  EXPECT_EQ(fit.not_identified.front().term, "gamma");
  EXPECT_EQ(scalar(fit, "lr_p_value"), 1);
}

TEST(Frontier, RefusesWhatItCannotDo) {
  const Panel panel = simulated(50, 0.3, 0.6, 1);
  EXPECT_THROW(frontier(panel, "y ~ x - 1"), Error);
  EXPECT_THROW(frontier(panel, "y ~ x", "frontier(type = profit)"), Error);
  EXPECT_THROW(frontier(panel, "y ~ x", "frontier(kind = cost)"), Error);
}

}  // namespace
}  // namespace headwater
