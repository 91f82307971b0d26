// Identities of Oaxaca decompositions for any panel: I2 (folds and references) and I3 (levels left out).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "unit/decompositions/small_panel.hpp"

namespace headwater::property {
namespace {

double part(const Decomposition& d, const std::string& name) {
  double sum = 0;
  for (std::size_t i = 0; i < d.estimates.names.size(); ++i)
    if (d.estimates.names[i].rfind(name + ":", 0) == 0) sum += d.estimates.values(static_cast<Index>(i));
  return sum;
}

SmallModel any_model(const std::string& formula, const std::string& estimator) {
  const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1000000000);
  const bool weighted = *rc::gen::arbitrary<bool>();
  const double keep = *rc::gen::element(1.0, 0.9, 0.7);
  return small_model(small_panel(seed, *rc::gen::inRange(15, 40), 5, keep),
                     small_spec(formula, estimator, weighted ? "w" : ""));
}

void adds_up(const Decomposition& d) {
  RC_ASSERT(d.closure_error <= d.tolerance);
  RC_ASSERT(std::abs(d.covariance.sum() - d.total_std_error * d.total_std_error) <=
            1e-9 * std::max(d.covariance.cwiseAbs().maxCoeff(), 1e-12));
}

RC_GTEST_PROP(Oaxaca, FoldsAddUpUnderEveryReference, ()) {
  const auto [formula, estimator] =
      *rc::gen::element(std::pair<std::string, std::string>{"y ~ x + z + type", "pooled"},
                        std::pair<std::string, std::string>{"y ~ x + z | year", "within"},
                        std::pair<std::string, std::string>{"y ~ x + z + type:x", "mundlak"});
  const SmallModel m = any_model(formula, estimator);
  const Decomposition three = m.run("oaxaca(groups = q, cut = 0, form = threefold)").front();
  const std::vector<Decomposition> two = m.run("oaxaca(groups = q, cut = 0, reference = all)");
  const double e = part(three, "endowments"), c = part(three, "coefficients"), i = part(three, "interaction");
  const double scale = 1e-11 * (1 + std::abs(e) + std::abs(c) + std::abs(i));
  adds_up(three);
  for (const Decomposition& d : two) {
    adds_up(d);
    RC_ASSERT(std::abs(part(d, "explained") + part(d, "unexplained") - (e + c + i)) <= scale);
  }
  RC_ASSERT(std::abs(part(two[0], "explained") - (e + i)) <= scale);
  RC_ASSERT(std::abs(part(two[1], "explained") - e) <= scale);
}

RC_GTEST_PROP(Oaxaca, PartsDoNotDependOnTheLevelLeftOut, ()) {
  const SmallModel m = any_model("y ~ x + z + type + type:x", "pooled");
  for (const Decomposition& d : m.run("oaxaca(groups = q, cut = 0, reference = all)"))
    for (const LabelledArray& extra : d.extras)
      if (extra.name == "base_difference") RC_ASSERT(std::get<std::vector<double>>(extra.values)[0] <= 1e-9);
}

}  // namespace
}  // namespace headwater::property
