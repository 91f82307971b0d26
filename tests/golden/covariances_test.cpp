// Robust covariances and their small-sample factors against R (sandwich, plm, clubSandwich) and own recomputations.
#include <cmath>
#include <map>
#include <optional>

#include "case.hpp"
#include "headwater/covariances/covariance.hpp"

namespace headwater::golden {
namespace {

std::string same(const std::string& name) { return name; }

// The covariance before negative eigenvalues are set to zero, which no reference does.
Matrix unrepaired(const Fit& fit, const std::string& rule, const std::string& profile) {
  const Covariance covariance = headwater::covariance(fit, parse_method_call(rule), profile);
  return covariance.type == "iid" ? covariance.matrix
                                  : Matrix(covariance.factor * meat(covariance.rule, influence(fit), fit.atoms));
}

struct Rule {
  std::string rule, profile;
};

// sandwich's names: vcovCL with cadjust has G/(G-1); HC1 adds (N-1)/(N-K), which together are areg's factor.
std::optional<Rule> rule_of_sandwich(const std::string& name, const std::string& unit, const std::string& time,
                                     std::int32_t periods) {
  const std::map<std::string, Rule> rules = {
      {"vcovHC.const", {"iid", "areg"}},
      {"vcovHC.HC0", {"HC0", "none"}},
      {"vcovHC.HC1", {"robust", "areg"}},
      {"HC0", {"HC0", "none"}},
      {"HC1", {"robust", "areg"}},
      {"vcovCL.entity.HC0.nocadjust", {"cluster(" + unit + ")", "none"}},
      {"vcovCL.time.HC0.nocadjust", {"cluster(" + time + ")", "none"}},
      {"vcovCL.twoway.HC0.nocadjust", {"cluster(" + unit + ", " + time + ")", "none"}},
      {"vcovCL.entity.HC1", {"cluster(" + unit + ")", "areg"}},
      {"vcovCL.time.HC1", {"cluster(" + time + ")", "areg"}},
      {"vcovCL.twoway.HC1", {"cluster(" + unit + ", " + time + ", groups = own)", "areg"}},
      {"cluster.HC1", {"cluster(state)", "areg"}},
      {"club.CR0", {"cluster(state)", "none"}},
      {"arellano.HC0", {"cluster(" + unit + ")", "none"}},
      {"arellano.sss", {"cluster(" + unit + ")", "plm"}},
      {"vcovPL.0", {"driscoll_kraay(lag = 0)", "none"}},
      {"vcovPL.1", {"driscoll_kraay(lag = 1)", "none"}},
      {"vcovPL.2", {"driscoll_kraay(lag = 2)", "none"}},
      {"vcovPL.3", {"driscoll_kraay(lag = 3)", "none"}},
      {"vcovPL.NW1987", {"driscoll_kraay", "none"}},
      {"vcovPL.max", {"driscoll_kraay(lag = " + std::to_string(periods - 1) + ")", "none"}},
  };
  const auto found = rules.find(name);
  return found == rules.end() ? std::nullopt : std::optional<Rule>(found->second);
}

class Sandwich : public ::testing::TestWithParam<Case> {};

TEST_P(Sandwich, EqualsTheReference) {
  const Case& one = GetParam();
  if (one.absent()) GTEST_SKIP() << "the reference values are not beside the source tree";
  const Fit fit = fit_case(one);
  int compared = 0;
  for (const auto& [name, block] : one.json["robust"].items()) {
    const std::optional<Rule> rule = rule_of_sandwich(name, one.unit(), one.time(), fit.atoms.time.count);
    if (!rule) continue;
    SCOPED_TRACE(name);
    Names names;
    for (const auto& [term, unused] : block["se"].items()) names.push_back(term);
    expect_covariance(fit, unrepaired(fit, rule->rule, rule->profile), block["matrix"], one.json["vcov"]["names"], 1e-8,
                      same);
    ++compared;
  }
  EXPECT_GE(compared, 2);
}
INSTANTIATE_TEST_SUITE_P(Reference, Sandwich,
                         ::testing::ValuesIn(cases_of({"pooled_ols_sandwich", "weighted_ols", "weighted_within_lsdv"})),
                         case_name);

// The factor of every program on one and the same meat.
class Conventions : public ::testing::TestWithParam<Case> {};

std::string profile_of(const std::string& convention) {
  if (convention.rfind("none", 0) == 0) return "none";
  if (convention.rfind("plm sss", 0) == 0) return "plm";
  if (convention.rfind("Stata xtreg", 0) == 0) return "xtreg";
  if (convention.rfind("LSDV count", 0) == 0) return "areg";
  if (convention.rfind("fixest default", 0) == 0) return "fixest";
  return "";
}

TEST_P(Conventions, EqualTheReference) {
  const Case& one = GetParam();
  if (one.absent()) GTEST_SKIP() << "the reference values are not beside the source tree";
  const Fit fit = fit_case(one);
  const std::map<std::string, std::string> ways = {
      {"entity", "cluster(" + one.unit() + ")"},
      {"time", "cluster(" + one.time() + ")"},
      {"twoway_CGM", "cluster(" + one.unit() + ", " + one.time() + ", groups = min)"},
      {"twoway_each_own_G", "cluster(" + one.unit() + ", " + one.time() + ", groups = own)"}};
  expect_coefficients(fit, one.json, 1e-9, same);
  for (const auto& [convention, block] : one.json["by_convention"].items()) {
    const std::string profile = profile_of(convention);
    if (profile.empty()) continue;
    for (const auto& [way, se] : block.items()) {
      SCOPED_TRACE(convention + " / " + way);
      expect_errors(fit, unrepaired(fit, ways.at(way), profile), se, 1e-8, same);
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Reference, Conventions, ::testing::ValuesIn(cases_of({"cluster_small_sample_conventions"})),
                         case_name);

}  // namespace
}  // namespace headwater::golden
