// Coefficients, iid covariances, degrees of freedom and goodness of fit against R (plm, lm), case by case.
#include <cmath>

#include "case.hpp"

namespace headwater::golden {
namespace {

class Estimators : public ::testing::TestWithParam<Case> {};

Rename renaming(const Case& one) {
  if (!one.json.contains("names_map")) return [](const std::string& name) { return name; };
  return [map = one.json["names_map"]](const std::string& name) -> std::string {
    if (map.contains(name)) return map[name];
    const std::string regressor = "x_" + name.substr(name.find('_') + 1);
    return name.rfind("mean_", 0) == 0 ? "mean(" + map[regressor].get<std::string>() + ")" : name;
  };
}

double relative(double got, double reference) { return std::abs(got - reference) / std::abs(reference); }

TEST_P(Estimators, EqualTheReference) {
  const Case& one = GetParam();
  if (one.absent()) GTEST_SKIP() << "the reference values are not beside the source tree";
  const Fit fit = fit_case(one);
  const Rename renamed = renaming(one);
  expect_coefficients(fit, one.json, 1e-9, renamed);
  EXPECT_EQ(fit.n(), one.json.value("nobs_estimation", one.json["nobs"].get<Index>()));
  EXPECT_EQ(fit.df_residual, one.json["df_residual"].get<Index>());
  expect_covariance(fit, fit.goodness.sigma2 * fit.bread, one.json["vcov"]["matrix"], one.json["vcov"]["names"], 1e-8,
                    renamed);
  if (one.json.contains("ssr")) {
    EXPECT_LT(relative(fit.goodness.rss, number(one.json["ssr"])), 1e-9);
  }
  if (one.json.contains("sigma")) {
    EXPECT_LT(relative(std::sqrt(fit.goodness.sigma2), number(one.json["sigma"])), 1e-9);
  }
  if (one.json.contains("r2_plm")) {
    EXPECT_NEAR(fit.goodness.r_squared_within, number(one.json["r2_plm"]["rsq"]), 1e-9);
  }
  if (one.json.contains("r2")) {
    EXPECT_NEAR(fit.goodness.r_squared, number(one.json["r2"]["rsq"]), 1e-9);
  }
  EXPECT_LE(fit.certificate, 1e-10);
  EXPECT_EQ(fit.status, Status::converged);
}

TEST_P(Estimators, LeaveScoresThatSumToZero) {
  const Case& one = GetParam();
  if (one.absent()) GTEST_SKIP() << "the reference values are not beside the source tree";
  const Fit fit = fit_case(one);
  const Matrix scores = fit.scores.rows();
  for (Index j = 0; j < fit.k(); ++j)
    EXPECT_LE(std::abs(scores.col(j).sum()), 1e-10 * scores.col(j).cwiseAbs().sum() + 1e-300)
        << fit.names[static_cast<std::size_t>(j)];
}

std::vector<Case> linear_cases() {
  std::vector<Case> cases = cases_of({"panel_within", "panel_pooling", "panel_between", "panel_fd", "mundlak_cre",
                                      "weighted_ols", "weighted_within_lsdv", "pooled_ols_sandwich"});
  std::erase_if(
      cases, [](const Case& one) { return !one.absent() && one.json["options"].value("estimator", "") == "random"; });
  return cases;
}
INSTANTIATE_TEST_SUITE_P(Reference, Estimators, ::testing::ValuesIn(linear_cases()), case_name);

// plm's fixef(type = "level"): each level of the effect by name.
class EffectSolutions : public ::testing::TestWithParam<Case> {};

TEST_P(EffectSolutions, EqualTheReference) {
  const Case& one = GetParam();
  if (one.absent()) GTEST_SKIP() << "the reference values are not beside the source tree";
  const Fit fit = fit_case(one);
  const std::vector<Matrix> effects = effect_coefficients(fit);
  const Grouping& levels = fit.design->effects.front().levels;
  const double scale = std::sqrt(fit.goodness.sigma2);
  int compared = 0;
  for (std::int32_t g = 0; g < levels.count; ++g) {
    const std::string& label = levels.labels[static_cast<std::size_t>(g)];
    if (!one.json["fixed_effects_level"].contains(label)) continue;
    const double reference = number(one.json["fixed_effects_level"][label]);
    EXPECT_NEAR(effects.front()(g, 0), reference, 1e-8 * std::max(std::abs(reference), scale)) << label;
    ++compared;
  }
  EXPECT_GE(compared, std::min(levels.count, 200)) << "long lists of levels are cut in the cases, short ones are whole";
}

std::vector<Case> one_way_cases() {
  std::vector<Case> cases = cases_of({"panel_within"});
  std::erase_if(cases, [](const Case& one) { return !one.absent() && !one.json.contains("fixed_effects_level"); });
  return cases;
}
INSTANTIATE_TEST_SUITE_P(Reference, EffectSolutions, ::testing::ValuesIn(one_way_cases()), case_name);

}  // namespace
}  // namespace headwater::golden
