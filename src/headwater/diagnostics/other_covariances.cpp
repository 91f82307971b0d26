// Question: how much do the standard errors lean on the covariance chosen? The same fit under the other rules and
// small-sample profiles. Where every profile is asked for, those that keep singletons (or drop them) have a fit on
// these rows, as their program would; else all are on the rows of the fit. A rule that the fit or the panel cannot have
// says why.
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>

#include "headwater/core/error.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/covariances/profiles.hpp"
#include "headwater/covariances/soundness.hpp"
#include "headwater/diagnostics/test.hpp"

namespace headwater {
namespace {

struct Choice {
  MethodCall rule;
  std::string profile;
  const Fit* fit;  // on the rows that the profile's program keeps; null where there is none
};

// The same model with singletons kept where they were dropped, or dropped.
struct OtherRows {
  bool differ = false;
  std::optional<Fit> fit;
  std::string failure;  // why there is none
};

OtherRows on_other_rows(const Fit& fit, const Panel& panel) {
  OtherRows others;
  if (!fit.design->spec.every_profile) return others;
  Spec spec = fit.design->spec;
  spec.singletons = spec.singletons == Singletons::drop ? Singletons::keep : Singletons::drop;
  try {
    auto design = std::make_shared<const Design>(make_design(panel, spec));
    others.differ = design->n() != fit.design->n();
    if (others.differ) others.fit = estimate(panel, std::move(design));
  } catch (const Error& error) {
    others.differ = true;
    others.failure = error.message();
  }
  return others;
}

MethodCall clustered_by(const Names& columns) {
  MethodCall rule{.method = "cluster", .arguments = {}, .text = "cluster(" + column_list(columns) + ")"};
  for (const std::string& column : columns) rule.arguments.emplace_back("", column);
  return rule;
}

Names other_profiles(const Fit& fit, const Covariance& own) {
  Names names{"none", "reghdfe", "plm"};
  if (fit.design->spec.every_profile) {
    names.clear();
    for (const ProfileRow& row : profile_rows()) names.emplace_back(row.card.name);
  }
  std::erase(names, own.profile);
  return names;
}

std::vector<Choice> choices(const Fit& fit, const Covariance& own, const OtherRows& others) {
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
      all.push_back({rule, own.profile, &fit});
  for (const std::string& profile : other_profiles(fit, own)) {
    const bool elsewhere = others.differ && profile_row(profile).singletons != design.spec.singletons;
    all.push_back({own.rule, profile, !elsewhere ? &fit : others.fit ? &*others.fit : nullptr});
  }
  return all;
}

// Choices that share a rule, by its text with all that the profile decides, and rows.
std::map<std::string, std::vector<std::size_t>> by_rule(const std::vector<Choice>& all, const Fit& fit) {
  std::map<std::string, std::vector<std::size_t>> groups;
  for (std::size_t r = 0; r < all.size(); ++r)
    if (all[r].fit)
      groups[resolved_rule(all[r].rule, all[r].profile, all[r].fit->atoms).text + (all[r].fit == &fit ? "" : "*")]
          .push_back(r);
  return groups;
}

void fill(OtherCovariances& result, std::size_t r, const Covariance& other, const Fit& fit) {
  for (std::size_t j = 0; j < fit.names.size(); ++j)
    if (const auto at = std::find(other.names.begin(), other.names.end(), fit.names[j]); at != other.names.end())
      result.std_error(static_cast<Index>(r), static_cast<Index>(j)) = other.std_error(at - other.names.begin());
  result.df[r] = other.df;
  result.arithmetic[r] = other.arithmetic;
}

OtherCovariances without_errors(const std::vector<Choice>& all, const Fit& fit, const Covariance& own,
                                const std::string& failure) {
  OtherCovariances result;
  result.every_profile = fit.design->spec.every_profile;
  result.std_error = Matrix::Constant(static_cast<Index>(all.size()), fit.k(), std::nan(""));
  result.df.assign(all.size(), std::nan(""));
  result.arithmetic.resize(all.size());
  for (const Choice& choice : all) {
    result.rules.push_back(choice.rule.text + (choice.profile == own.profile ? "" : ", profile " + choice.profile));
    result.profiles.push_back(choice.profile);
    result.rows.push_back(choice.fit ? choice.fit->n() : 0);
    result.reasons.push_back(choice.fit ? "" : failure);
  }
  return result;
}

}  // namespace

OtherCovariances other_covariances(const Fit& fit, const Covariance& own, const Panel& panel) {
  const OtherRows others = on_other_rows(fit, panel);
  const std::vector<Choice> all = choices(fit, own, others);
  OtherCovariances result = without_errors(all, fit, own, others.failure);
  if (fit.k() == 0) return result;
  const Vector rounding = rounding_of_scores(fit);
  std::vector<std::vector<std::size_t>> groups;
  for (const auto& [text, members] : by_rule(all, fit)) groups.push_back(members);
  parallel_for(groups.size(), [&](std::size_t g) {
    const Choice& first = all[groups[g].front()];
    try {
      const RuleSums sums = sums_of(*first.fit, resolved_rule(first.rule, first.profile, first.fit->atoms),
                                    first.fit == &fit ? rounding : rounding_of_scores(*first.fit));
      for (const std::size_t r : groups[g])
        fill(result, r, covariance(*first.fit, all[r].rule, all[r].profile, sums), fit);
    } catch (const Error& error) {
      for (const std::size_t r : groups[g]) result.reasons[r] = error.message();
    }
  });
  return result;
}

Tree describe(const OtherCovariances& others) {
  Tree tree;
  if (others.every_profile) tree.attribute("every_profile", std::int64_t{1});
  tree.axis("rule", others.rules, "covariance rules and profiles, the reported one first");
  Names programs;
  for (const std::string& profile : others.profiles) programs.emplace_back(profile_row(profile).card.reference);
  tree.text("rule_profile", "rule", others.profiles, "small-sample profile");
  tree.text("rule_program", "rule", programs, "the software whose convention the profile is");
  tree.text("rule_arithmetic", "rule", others.arithmetic, "what was counted and divided, or empty");
  tree.integers("rule_rows", "rule", others.rows, "rows that the program keeps", "rows");
  tree.vector("rule_df", "rule", Eigen::Map<const Vector>(others.df.data(), static_cast<Index>(others.df.size())),
              "degrees of freedom under the rule", "degrees of freedom");
  tree.text("rule_reason", "rule", others.reasons, "why the rule gives nothing here, or empty");
  tree.matrix("rule_std_error", "rule", "term", others.std_error, "standard error under the rule",
              "outcome per regressor");
  return tree;
}

}  // namespace headwater
