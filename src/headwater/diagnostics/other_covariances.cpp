// Question: how much do the standard errors lean on the covariance chosen? The same fit under the other rules and
// small-sample profiles, no refit and no other rows (programs that keep singletons would use more). A rule that the fit
// or the panel cannot have says why.
#include <algorithm>
#include <cmath>
#include <map>

#include "headwater/core/error.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/covariances/soundness.hpp"
#include "headwater/diagnostics/test.hpp"

namespace headwater {
namespace {

struct Choice {
  MethodCall rule;
  std::string profile;
};

MethodCall clustered_by(const Names& columns) {
  MethodCall rule{.method = "cluster", .arguments = {}, .text = "cluster(" + column_list(columns) + ")"};
  for (const std::string& column : columns) rule.arguments.emplace_back("", column);
  return rule;
}

std::vector<Choice> choices(const Fit& fit, const Covariance& own) {
  const Design& design = *fit.design;
  std::vector<MethodCall> rules = {own.rule, parse_method_call("iid"), parse_method_call("robust")};
  if (design.has_unit) rules.push_back(clustered_by({design.unit.name}));
  if (design.has_unit && design.has_time) {
    rules.push_back(clustered_by({design.unit.name, design.time.name}));
    rules.push_back(parse_method_call("driscoll_kraay"));
  }
  std::vector<Choice> all;
  for (const MethodCall& rule : rules)
    if (std::none_of(all.begin(), all.end(), [&](const Choice& c) { return c.rule.text == rule.text; }))
      all.push_back({rule, own.profile});
  for (const char* profile : {"none", "reghdfe", "plm"})
    if (own.profile != profile) all.push_back({own.rule, profile});
  return all;
}

// Choices that share a rule, by its text with all that the profile decides.
std::map<std::string, std::vector<std::size_t>> by_rule(const std::vector<Choice>& all, const Fit& fit) {
  std::map<std::string, std::vector<std::size_t>> groups;
  for (std::size_t r = 0; r < all.size(); ++r)
    groups[resolved_rule(all[r].rule, all[r].profile, fit.atoms).text].push_back(r);
  return groups;
}

}  // namespace

OtherCovariances other_covariances(const Fit& fit, const Covariance& own) {
  OtherCovariances result;
  const std::vector<Choice> all = choices(fit, own);
  result.std_error = Matrix::Constant(static_cast<Index>(all.size()), fit.k(), std::nan(""));
  result.df.assign(all.size(), std::nan(""));
  result.reasons.resize(all.size());
  for (const Choice& choice : all)
    result.rules.push_back(choice.rule.text + (choice.profile == own.profile ? "" : ", profile " + choice.profile));
  if (fit.k() == 0) return result;
  const Vector rounding = rounding_of_scores(fit);
  std::vector<std::vector<std::size_t>> groups;
  for (const auto& [text, members] : by_rule(all, fit)) groups.push_back(members);
  parallel_for(groups.size(), [&](std::size_t g) {
    const Choice& first = all[groups[g].front()];
    try {
      const RuleSums sums = sums_of(fit, resolved_rule(first.rule, first.profile, fit.atoms), rounding);
      for (const std::size_t r : groups[g]) {
        const Covariance other = covariance(fit, all[r].rule, all[r].profile, sums);
        for (Index j = 0; j < fit.k(); ++j) result.std_error(static_cast<Index>(r), j) = other.std_error(j);
        result.df[r] = other.df;
      }
    } catch (const Error& error) {
      for (const std::size_t r : groups[g]) result.reasons[r] = error.message();
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
