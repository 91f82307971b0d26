#include "headwater/run/plan.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "headwater/core/error.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"
#include "headwater/covariances/profiles.hpp"
#include "headwater/decompositions/bootstrap.hpp"
#include "headwater/decompositions/decomposition.hpp"
#include "headwater/run/asked_columns.hpp"

namespace headwater {
namespace {

std::string identifier(std::string text) {
  for (char& c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    if (!plain) c = '_';
  }
  return text;
}

std::string unique_id(std::set<std::string>& taken, const std::string& wanted) {
  std::string id = wanted;
  for (int copy = 2; !taken.insert(id).second; ++copy) id = wanted + "." + std::to_string(copy);
  return id;
}

std::vector<std::string> split_values(const Panel& panel, const std::string& column) {
  return groups_of_rows(panel, panel.column(column).name).labels;
}

std::vector<ModelFormula> formulas_of(const ModelConfig& model, const Panel& panel) {
  if (!model.split.empty() && !model.fsplit.empty())
    throw Error(ErrorKind::usage, "plan.split",
                "split = " + model.split + " and fsplit = " + model.fsplit +
                    " are both given; keep one (fsplit has the whole sample beside the parts)",
                {.key = "fsplit"});
  const std::string text = model.outcome.empty() ? model.formula : model.outcome + " ~ " + model.formula;
  std::vector<ModelFormula> formulas = expand(parse_formula(text));
  const std::string& column = model.split.empty() ? model.fsplit : model.split;
  for (const ModelFormula& formula : formulas) require_columns(panel, formula);
  if (column.empty()) return formulas;
  const std::vector<std::string> values = split_values(panel, column);
  refuse_split_by_a_measure(panel, column, values.size());
  std::vector<ModelFormula> all;
  for (const ModelFormula& formula : formulas)
    for (ModelFormula& part : expand_split(formula, column, values, model.split.empty()))
      all.push_back(std::move(part));
  return all;
}

// within without effects absorbs the unit, as plm and xtreg do.
void add_unit_effect(ModelFormula& formula, const std::string& unit) {
  EffectTerm effect;
  effect.keys.push_back(column_expression(unit));
  effect.text = to_text(*effect.keys.front());
  formula.text += " | " + effect.text;
  formula.effects.push_back(std::move(effect));
}

void resolve_estimator(Spec& spec, const ModelConfig& model, const Panel& panel) {
  const MethodCall call =
      model.estimator.empty() ? default_estimator(!spec.formula.effects.empty()) : parse_method_call(model.estimator);
  const EstimatorRow& row = estimator(call.method);
  spec.estimator = named(call, row.card);
  if (row.absorbs_units && spec.formula.effects.empty() && panel.has_unit())
    add_unit_effect(spec.formula, panel.keys().unit);
}

void resolve_covariance(Spec& spec, const ModelConfig& model, const Panel& panel) {
  spec.covariance =
      model.covariance.empty() ? default_covariance(panel.keys().unit) : parse_method_call(model.covariance);
  spec.covariance = checked_rule(spec.covariance);
  if (gathers(spec.covariance) == Gathers::clusters && cluster_columns(spec.covariance).empty() && panel.has_unit())
    spec.covariance.arguments.emplace_back("", quoted_name(panel.keys().unit));
  spec.every_profile = model.profile == kEveryProfile;
  spec.profile = profile_row(spec.every_profile ? ModelConfig().profile : model.profile).card.name;
}

void resolve_methods(Spec& spec, const ModelConfig& model) {
  for (const auto& [name, terms] : model.drivers) spec.drivers.push_back({name, parse_terms(terms)});
  for (const std::string& use : model.use) {
    const MethodCall call = parse_method_call(use);
    spec.decompositions.push_back(named(call, decomposition(call.method).card));
    check_weights(spec.decompositions.back(), model.weights);
  }
}

std::string wanted_id(const ModelConfig& model, const ModelFormula& formula, bool several_outcomes) {
  std::string id = model.name;
  if (!formula.role.empty())
    id += "." + formula.role;
  else if (several_outcomes)
    id += "." + formula.outcome_name;
  if (!formula.split_column.empty()) id += "." + (formula.split_value.empty() ? "all" : formula.split_value);
  return identifier(id);
}

bool has_several_outcomes(const std::vector<ModelFormula>& formulas) {
  return std::any_of(formulas.begin(), formulas.end(),
                     [&](const ModelFormula& f) { return f.outcome_name != formulas.front().outcome_name; });
}

void require_triplet(std::vector<Spec>& specs, std::size_t first) {
  std::vector<ExpressionPtr> outcomes;
  for (std::size_t i = first; i < specs.size(); ++i)
    if (!specs[i].formula.role.empty()) outcomes.push_back(specs[i].formula.outcome);
  for (std::size_t i = first; i < specs.size(); ++i)
    if (!specs[i].formula.role.empty()) specs[i].also_required = outcomes;
}

void require_common_sample(std::vector<Spec>& specs) {
  std::map<std::string, ExpressionPtr> all;
  const auto add = [&](const ExpressionPtr& e) { all.emplace(to_text(*e), e); };
  for (const Spec& spec : specs) {
    add(spec.formula.outcome);
    if (spec.formula.offset) add(spec.formula.offset);
    for (const Term& term : spec.formula.terms)
      for (const ExpressionPtr& factor : term.factors) add(factor);
    for (const EffectTerm& effect : spec.formula.effects) {
      for (const ExpressionPtr& key : effect.keys) add(key);
      for (const ExpressionPtr& slope : effect.slopes) add(slope);
    }
  }
  for (Spec& spec : specs)
    for (const auto& [text, expression] : all) spec.also_required.push_back(expression);
}

void refuse_idle_bootstrap(const RunConfig& config) {
  const bool none = std::all_of(config.models.begin(), config.models.end(),
                                [](const ModelConfig& model) { return model.use.empty(); });
  if (none && !config.run.bootstrap.empty())
    throw Error(ErrorKind::usage, "plan.bootstrap",
                "bootstrap = " + config.run.bootstrap +
                    " is of decompositions, and none is asked for; name one (use = ...), or take the bootstrap out",
                {.key = "bootstrap"});
}

}  // namespace

std::vector<Spec> plan(const RunConfig& config, const Panel& panel) {
  refuse_idle_bootstrap(config);
  std::vector<Spec> specs;
  std::set<std::string> taken;
  for (const ModelConfig& model : config.models) {
    const std::size_t first = specs.size();
    const std::vector<ModelFormula> formulas = formulas_of(model, panel);
    for (const ModelFormula& formula : formulas) {
      Spec spec;
      spec.id = unique_id(taken, wanted_id(model, formula, has_several_outcomes(formulas)));
      spec.model = model.name;
      spec.title = model.title;
      spec.question = model.question;
      spec.formula = formula;
      resolve_estimator(spec, model, panel);
      resolve_covariance(spec, model, panel);
      resolve_methods(spec, model);
      spec.weights = model.weights;
      if (!model.subset.empty()) spec.subset = parse_expression(model.subset);
      spec.singletons = model.singletons.empty()     ? profile_row(spec.profile).singletons
                        : model.singletons == "keep" ? Singletons::keep
                                                     : Singletons::drop;
      spec.tests = model.tests;
      spec.level = config.run.level;
      spec.power = config.run.power;
      spec.seed = config.run.seed;
      if (!config.run.bootstrap.empty()) spec.bootstrap = parse_bootstrap(config.run.bootstrap);
      specs.push_back(std::move(spec));
    }
    require_triplet(specs, first);
  }
  if (config.run.sample == "common") require_common_sample(specs);
  require_named_things(config, panel, specs);
  return specs;
}

}  // namespace headwater
