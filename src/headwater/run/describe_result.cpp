// One tree out of the nouns' own descriptions, as result/SCHEMA.md lays it out.
#include <algorithm>
#include <string>

#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/report/term_text.hpp"
#include "headwater/result/schema.hpp"
#include "headwater/run/ini.hpp"
#include "headwater/run/pipeline.hpp"
#include "headwater/version.hpp"

namespace headwater {
namespace {

int severity(Status status) {
  switch (status) {
    case Status::converged: return 0;
    case Status::boundary: return 1;
    case Status::not_converged: return 2;
    case Status::failed: return 3;
  }
  return 3;
}

Notes notes_of(const ModelResult& model) {
  Notes notes;
  if (model.fit.design) merge(notes, model.fit.design->notes);
  merge(notes, model.fit.notes);
  merge(notes, model.covariance.notes);
  merge(notes, model.coefficients.notes);
  if (model.instruments) merge(notes, model.instruments->notes);
  for (const Test& test : model.tests) merge(notes, test.notes);
  for (const FailedDecomposition& failure : model.failures)
    notes.push_back({"decomposition.failed", failure.call.text + " has no answer: " + failure.error.message()});
  return notes;
}

// The driver slot of every coefficient, "" for the constant.
std::vector<std::string> driver_of_terms(const Fit& fit) {
  const DriverPartition partition = partition_drivers(*fit.design);
  std::vector<std::string> drivers;
  for (const CoefficientOrigin& origin : fit.origins) {
    const bool own = origin.column && !origin.unit_means;
    const auto slot = own ? partition.slot[static_cast<std::size_t>(*origin.column)] : std::nullopt;
    drivers.push_back(slot ? partition.slots[*slot] : "");
  }
  return drivers;
}

void describe_spec(Tree& tree, const Spec& spec) {
  tree.attribute("model", spec.model);
  tree.attribute("title", spec.title);
  tree.attribute("question", spec.question);
  tree.attribute("formula", spec.formula.text);
  tree.attribute("outcome", spec.formula.outcome_name);
  tree.attribute("role", spec.formula.role);
  tree.attribute("estimator", spec.estimator.text);
  tree.attribute("weights", spec.weights);
  tree.attribute("subset", spec.subset ? to_text(*spec.subset) : std::string());
  tree.attribute("split", spec.formula.split_column);
  tree.attribute("split_value", spec.formula.split_value);
  tree.attribute("level", spec.level);
  tree.attribute("power", spec.power);
}

void describe_error(Tree& tree, const Error& error) {
  tree.attribute("status", std::string(name(Status::failed)));
  tree.attribute("error_kind", std::string(name(error.kind())));
  tree.attribute("error_code", error.code());
  tree.attribute("error_message", error.message());
}

void describe_failures(Tree& tree, const std::vector<FailedDecomposition>& failures) {
  if (failures.empty()) return;
  std::vector<std::string> index, calls, kinds, codes, messages;
  for (const FailedDecomposition& failure : failures) {
    index.push_back(std::to_string(index.size() + 1));
    calls.push_back(failure.call.text);
    kinds.emplace_back(name(failure.error.kind()));
    codes.push_back(failure.error.code());
    messages.push_back(failure.error.message());
  }
  Tree& node = tree.child("failures");
  node.axis("failure", index, "decompositions that have no answer");
  node.text("failure_call", "failure", calls, "what was asked for");
  node.text("failure_kind", "failure", kinds, "kind of the error");
  node.text("failure_code", "failure", codes, "stable code of the error");
  node.text("failure_message", "failure", messages, "why there is no answer");
}

Tree describe_model(const ModelResult& model, bool estimated) {
  Tree tree;
  tree.name = model.spec.id;
  describe_spec(tree, model.spec);
  if (model.error) {
    describe_error(tree, *model.error);
    describe_failures(tree, model.failures);
    return tree;
  }
  merge(tree, describe(*model.fit.design));
  merge(tree, describe(model.fit));
  merge(tree, describe(model.variation));
  tree.text("driver", "term", driver_of_terms(model.fit), "driver group of the term");
  std::vector<std::int64_t> leads;
  for (const std::string& term : model.fit.names) leads.push_back(is_lead(term) ? 1 : 0);
  tree.integers("lead", "term", leads, "1 where the term is a lead, f(): a check, not a driver of this period", "1");
  merge(tree, describe(notes_of(model)));
  if (!estimated) {
    std::erase_if(tree.arrays, [](const LabelledArray& array) { return array.name == "estimate"; });
    return tree;
  }
  merge(tree, describe(model.covariance));
  merge(tree, describe(model.coefficients));
  merge(tree, describe(model.detectable));
  merge(tree.child("tests"), describe(model.tests));
  if (model.instruments) merge(tree.child("instruments"), describe(*model.instruments));
  merge(tree.child("movers"), describe(model.movers));
  if (!model.path.periods.empty()) merge(tree.child("path"), describe(model.path));
  merge(tree.child("covariances"), describe(model.other_covariances));
  describe_failures(tree, model.failures);
  return tree;
}

// Every option whose value is not its default, with both.
void describe_options(Tree& node, const std::string& config) {
  std::vector<std::string> names, values, defaults;
  for (const IniEntry& entry : parse_ini(config, "").entries) {
    if (entry.section != "data" && entry.section != "run" && entry.section != "output" && entry.section != "model")
      continue;
    for (const KeyCard& card : config_keys()) {
      if (card.section != entry.section || card.key != entry.key || card.fallback.empty()) continue;
      if (card.fallback == entry.value) continue;
      names.push_back(entry.section + "." + entry.key + (entry.label.empty() ? "" : " (" + entry.label + ")"));
      values.push_back(entry.value);
      defaults.push_back(card.fallback);
    }
  }
  node.axis("option", names, "options whose value is not the default");
  node.text("option_value", "option", values, "value used");
  node.text("option_default", "option", defaults, "default");
}

void describe_run(Tree& root, const RunResult& result) {
  Tree& node = root.child("run");
  const std::string config = to_text(result.config);
  node.text("config", "", {config}, "the resolved configuration, itself a valid one");
  describe_options(node, config);
  for (const auto& [key, value] : result.config.report) node.attribute("report." + key, value);
}

void describe_comparison(Tree& root, const RunResult& result) {
  std::vector<std::string> index, ids;
  std::vector<std::int64_t> rows;
  for (const ModelResult& model : result.models) {
    index.push_back(std::to_string(index.size() + 1));
    ids.push_back(model.spec.id);
    rows.push_back(model.error ? 0 : model.fit.n());
  }
  Tree& node = root.child("comparison");
  node.attribute("sample", result.config.run.sample);
  node.axis("model", index, "fits in the order planned");
  node.text("model_id", "model", ids, "name of the fit's group below /fits");
  node.integers("model_nobs", "model", rows, "rows used", "rows");
}

void describe_decompositions(Tree& root, const ModelResult& model) {
  if (model.decompositions.empty()) return;
  Tree& group = root.child("decompositions").child(model.spec.id);
  for (const Decomposition& decomposition : model.decompositions) {
    Tree node = describe(decomposition);
    node.name = std::to_string(group.children.size() + 1) + "_" + decomposition.method;
    node.attribute("fit", model.spec.id);
    group.children.push_back(std::move(node));
  }
}

}  // namespace

std::string status(const RunResult& result) {
  Status worst = Status::converged;
  for (const ModelResult& model : result.models) {
    const Status own = model.error || !model.failures.empty() ? Status::failed : model.fit.status;
    if (severity(own) > severity(worst)) worst = own;
  }
  return name(worst);
}

Tree describe(const RunResult& result) {
  Tree root;
  root.attribute("format", std::string("headwater.result"));
  root.attribute("format_version", kResultVersion);
  root.attribute("program_version", std::string(kVersion));
  root.attribute("git_hash", std::string(kGitHash));
  root.attribute("status", status(result));
  root.attribute("estimated", std::int64_t{result.estimated});
  root.attribute("seed", static_cast<std::int64_t>(result.config.run.seed));
  root.attribute("threads", std::int64_t{threads()});
  root.attribute("wall_time", result.seconds);
  root.attribute("simulated", std::int64_t{result.config.data.simulated});
  describe_run(root, result);
  merge(root.child("data"), describe(result.ledger));
  merge(root.child("data"), describe(result.coverage));
  merge(root.child("data"), describe(result.withheld));
  if (!result.estimated) merge(root.child("panel"), result.panel);
  Tree& fits = root.child("fits");
  for (const ModelResult& model : result.models) fits.children.push_back(describe_model(model, result.estimated));
  for (const ModelResult& model : result.models) describe_decompositions(root, model);
  if (result.models.size() > 1) describe_comparison(root, result);
  return root;
}

}  // namespace headwater
