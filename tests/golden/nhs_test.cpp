// Two fits on real trusts (trust and year effects, errors clustered by trust without a small-sample factor) and the
// triplet identity: slopes of log(activity / resource) are those of log activity less those of log resource.
#include <cmath>
#include <filesystem>
#include <map>

#include "case.hpp"
#include "headwater/covariances/covariance.hpp"
#include "headwater/decompositions/decomposition.hpp"

namespace headwater::golden {
namespace {

std::vector<Fit> fits_of(const std::string& file, const std::string& formula) {
  const std::filesystem::path path =
      std::filesystem::path(HEADWATER_SOURCE_DIR) / ".." / "shared" / "reference" / "nhs" / file;
  if (!std::filesystem::exists(path)) return {};
  const Panel panel = read_panel(path.string(), {.unit = "org_code", .time = "fy_start", .check_quality = false});
  std::vector<Fit> fits;
  for (const ModelFormula& model : expand(parse_formula(formula))) {
    Spec spec;
    spec.formula = model;
    spec.estimator = parse_method_call("within");
    spec.covariance = parse_method_call("cluster(org_code)");
    spec.profile = "none";
    fits.push_back(estimate(panel, std::make_shared<const Design>(make_design(panel, spec))));
  }
  return fits;
}

std::vector<Decomposition> decomposed(const Panel& panel, const Fit& fit, const std::string& call) {
  const Covariance rule = covariance(fit);
  const MethodCall parsed = parse_method_call(call);
  return decomposition(parsed.method).run({panel, fit.design->spec, parsed, &fit, &rule});
}

struct Known {
  std::string term;
  double estimate, error;  // 0 where none was published
};

void expect_known(const Fit& fit, const std::vector<Known>& known) {
  const Matrix V = covariance(fit).matrix;
  for (const Known& one : known) {
    ASSERT_TRUE(coefficient_index(fit, one.term)) << one.term;
    const Index j = *coefficient_index(fit, one.term);
    EXPECT_NEAR(fit.coefficients(j), one.estimate, 1e-10 * std::abs(one.estimate)) << one.term;
    if (one.error > 0) {
      EXPECT_NEAR(std::sqrt(V(j, j)), one.error, 1e-10 * one.error) << one.term;
    }
  }
}

const char* const kRegressors2013 =
    "log(kh03_beds_available) + log(consultants_fte) + log(staff_fte_linked) + log(operating_theatres) + "
    "log(gross_floor_area_m2) + log(backlog_total_gbp + 1) + log(capex_total_gbp + 1) | org_code + fy_start";

TEST(RealTrusts, Of2013To2016EqualTheReference) {
  const std::vector<Fit> fits = fits_of("nhs_core_2013_2016.csv", std::string("log(admissions) ~ ") + kRegressors2013);
  if (fits.empty()) GTEST_SKIP() << "the NHS panels are not beside the source tree";
  EXPECT_EQ(fits[0].n(), 496);
  expect_known(fits[0], {{"log(kh03_beds_available)", 0.357986660756133, 0.110018419100296},
                         {"log(consultants_fte)", 0.218559537449822, 0.0689322424514408},
                         {"log(staff_fte_linked)", 0.258015176645646, 0.0833302771849057}});
}

TEST(RealTrusts, Of2012To2018EqualTheReference) {
  const std::vector<Fit> fits = fits_of("nhs_core_2012_2018.csv",
                                        "log(episodes_fce) ~ log(kh03_beds_available) + log(operating_theatres) + "
                                        "log(consultants_fte) + log(managers_fte) | org_code + fy_start");
  if (fits.empty()) GTEST_SKIP() << "the NHS panels are not beside the source tree";
  EXPECT_EQ(fits[0].n(), 910);
  expect_known(fits[0], {{"log(kh03_beds_available)", 0.475151591370453, 0.072910464192054},
                         {"log(operating_theatres)", 0.0117386706538251, 0},
                         {"log(consultants_fte)", 0.427558252304994, 0.0592003543654019},
                         {"log(managers_fte)", 0.0204794249088126, 0}});
}

TEST(RealTrusts, KeepTheTripletIdentity) {
  const std::vector<Fit> fits = fits_of("nhs_core_2012_2018.csv",
                                        "ratio(episodes_fce, consultants_fte) ~ log(kh03_beds_available) + "
                                        "log(operating_theatres) + log(managers_fte) | org_code + fy_start");
  if (fits.empty()) GTEST_SKIP() << "the NHS panels are not beside the source tree";
  ASSERT_EQ(fits.size(), 3u);
  std::map<std::string, const Fit*> role;
  for (const Fit& fit : fits) role[fit.design->spec.formula.role] = &fit;
  for (Index j = 0; j < fits[0].k(); ++j) {
    const double activity = role.at("activity")->coefficients(j), resource = role.at("resource")->coefficients(j);
    EXPECT_NEAR(role.at("ratio")->coefficients(j), activity - resource,
                1e-10 * (std::abs(activity) + std::abs(resource)));
  }
}

// What the drivers do to the ratio is what they do to activity less what they do to resource, part by part; every
// decomposition of the real trusts closes to 1e-12.
TEST(RealTrusts, PartsCloseAndKeepTheTripletIdentity) {
  const std::vector<Fit> fits = fits_of("nhs_core_2013_2016.csv",
                                        "ratio(admissions, op_cost_k) ~ log(gross_floor_area_m2) + "
                                        "log(kh03_beds_available) + log(staff_fte_linked) | org_code + fy_start");
  if (fits.empty()) GTEST_SKIP() << "the NHS panels are not beside the source tree";
  const std::filesystem::path path =
      std::filesystem::path(HEADWATER_SOURCE_DIR) / ".." / "shared" / "reference" / "nhs" / "nhs_core_2013_2016.csv";
  const Panel panel = read_panel(path.string(), {.unit = "org_code", .time = "fy_start", .check_quality = false});
  for (const char* call : {"change(from = 2013, to = 2016)", "change(from = 2013, to = 2016, reading = chain)",
                           "change(from = 2013, to = 2016, weights = op_cost_k)", "contributions",
                           "contributions(by = hee_region_name)", "contributions(reference = own_base)",
                           "contributions(at = RAL@2015; RDU@2016, reference = peers, peers = specialist)",
                           "gelbach(base = log(staff_fte_linked))", "olley_pakes(share = op_cost_k)"}) {
    const auto activity = decomposed(panel, fits[0], call), resource = decomposed(panel, fits[1], call),
               ratio = decomposed(panel, fits[2], call);
    ASSERT_EQ(activity.size(), ratio.size());
    for (std::size_t d = 0; d < ratio.size(); ++d) {
      EXPECT_LE(ratio[d].closure_error, 1e-12 * std::max(1.0, std::abs(ratio[d].total))) << call;
      EXPECT_LE(activity[d].closure_error, 1e-12 * std::max(1.0, std::abs(activity[d].total))) << call;
      const Vector difference = activity[d].estimates.values - resource[d].estimates.values;
      for (Index c = 0; c < difference.size(); ++c)
        EXPECT_NEAR(ratio[d].estimates.values(c), difference(c), 1e-10)
            << call << ": " << ratio[d].estimates.names[static_cast<std::size_t>(c)];
    }
  }
}

}  // namespace
}  // namespace headwater::golden
