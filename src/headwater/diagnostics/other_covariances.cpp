// Question: how much do the standard errors lean on the covariance chosen? The same fit under the other rules and
// small-sample profiles, no refit. A rule that the fit or the panel cannot have says why.
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/diagnostics/test.hpp"

namespace headwater {
namespace {

struct Choice {
  std::string rule, profile;
};

std::vector<Choice> choices(const Fit& fit, const Covariance& own) {
  const Design& design = *fit.design;
  std::vector<Choice> all = {{own.text, own.profile}, {"iid", own.profile}, {"robust", own.profile}};
  if (design.has_unit) all.push_back({"cluster(" + design.unit.name + ")", own.profile});
  if (design.has_unit && design.has_time) {
    all.push_back({"cluster(" + design.unit.name + ", " + design.time.name + ")", own.profile});
    all.push_back({"driscoll_kraay", own.profile});
  }
  for (const char* profile : {"none", "reghdfe", "plm"})
    if (own.profile != profile) all.push_back({own.text, profile});
  std::vector<Choice> once;
  for (const Choice& choice : all)
    if (std::none_of(once.begin(), once.end(),
                     [&](const Choice& c) { return c.rule == choice.rule && c.profile == choice.profile; }))
      once.push_back(choice);
  return once;
}

}  // namespace

OtherCovariances other_covariances(const Fit& fit, const Covariance& own) {
  OtherCovariances result;
  const std::vector<Choice> all = choices(fit, own);
  result.std_error = Matrix::Constant(static_cast<Index>(all.size()), fit.k(), std::nan(""));
  result.df.assign(all.size(), std::nan(""));
  result.reasons.resize(all.size());
  for (const Choice& choice : all)
    result.rules.push_back(choice.rule + (choice.profile == own.profile ? "" : ", profile " + choice.profile));
  parallel_for(all.size(), [&](std::size_t r) {
    try {
      const Covariance other = covariance(fit, parse_method_call(all[r].rule), all[r].profile);
      result.std_error.row(static_cast<Index>(r)) = other.matrix.diagonal().cwiseMax(0).cwiseSqrt().transpose();
      result.df[r] = other.df;
    } catch (const Error& error) {
      result.reasons[r] = error.message();
    }
  });
  return result;
}

Tree describe(const OtherCovariances& others) {
  Tree tree;
  tree.axis("rule", others.rules, "covariance rules and profiles, the reported one first");
  tree.vector("rule_df", "rule", Eigen::Map<const Vector>(others.df.data(), static_cast<Index>(others.df.size())),
              "degrees of freedom under the rule", "degrees of freedom");
  tree.text("rule_reason", "rule", others.reasons, "why the rule gives nothing here, or empty");
  tree.matrix("rule_std_error", "rule", "term", others.std_error, "standard error under the rule",
              "outcome per regressor");
  return tree;
}

}  // namespace headwater
