// The main path, spelled out. A failure inside a run of many fits or decompositions is a value; that of the only fit,
// or of the only decomposition asked for, is the run's.
#include "headwater/run/pipeline.hpp"

#include <chrono>
#include <memory>

#include "headwater/core/progress.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/diagnostics/asked_tests.hpp"
#include "headwater/diagnostics/panel_summary.hpp"
#include "headwater/run/files.hpp"
#include "headwater/run/guess_keys.hpp"
#include "headwater/run/run_data.hpp"
#include "headwater/sheets/workbook.hpp"

namespace headwater {
namespace {

void infer(ModelResult& model, const Panel& panel) {
  model.covariance = covariance(model.fit);
  model.coefficients = coefficient_table(model.fit, model.covariance);
  model.detectable = minimum_detectable_effects(model.fit, model.covariance, model.coefficients);
  model.tests = driver_tests(model.fit, model.covariance);
  for (Test& test : long_run_sums(model.fit, model.covariance)) model.tests.push_back(std::move(test));
  for (Test& test : random_effects_tests(model.fit, model.covariance)) model.tests.push_back(std::move(test));
  for (const std::string& text : model.spec.tests)
    for (Test& test : asked_tests(model.fit, model.covariance, text)) model.tests.push_back(std::move(test));
  model.instruments = instrument_strength(model.fit, model.covariance);
  if (model.instruments)
    for (Test& test : instrument_tests(model.fit, model.covariance, *model.instruments))
      model.tests.push_back(std::move(test));
  model.movers = influential_units(model.fit, model.covariance);
  model.other_covariances = other_covariances(model.fit, model.covariance, panel);
}

void diagnose(ModelResult& model, const Panel& panel) {
  model.path = outcome_path(model.fit);
  parallel_run({[&] { infer(model, panel); }, [&] { model.variation = variation(model.fit); }});
}

ModelResult run_model(const Panel& panel, const Spec& spec, bool estimate) {
  ModelResult model;
  model.spec = spec;
  try {
    model.fit = headwater::estimate(panel, std::make_shared<const Design>(make_design(panel, spec)));
    if (estimate)
      diagnose(model, panel);
    else
      model.variation = variation(model.fit);
  } catch (const Error& error) {
    model.error = error;
  }
  const bool fitted = !model.error;
  if (!estimate) return model;
  Decomposed parts = decompose(panel, spec, fitted ? &model.fit : nullptr, fitted ? &model.covariance : nullptr);
  model.decompositions = std::move(parts.answers);
  model.failures = std::move(parts.failures);
  return model;
}

void refuse_alone(const RunResult& result) {
  if (result.models.size() != 1) return;
  const ModelResult& model = result.models.front();
  if (model.error) throw *model.error;
  if (model.spec.decompositions.size() == 1 && !model.failures.empty()) throw model.failures.front().error;
}

RunResult run_all(const RunConfig& config, const Panel& panel, bool estimate) {
  const std::vector<Spec> specs = plan(config, panel);
  RunResult result;
  result.estimated = estimate;
  result.config = config;
  result.ledger = panel.ledger();
  result.withheld = withheld(panel, config);
  if (!estimate) result.panel = panel_summary(panel);
  result.models.resize(specs.size());
  Stage stage(estimate ? "fitting" : "checking", specs.size());
  parallel_for(specs.size(), [&](std::size_t i) {
    result.models[i] = run_model(panel, specs[i], estimate);
    stage.advance();
  });
  for (const ModelResult& model : result.models)
    if (!model.error && result.coverage.column.empty())
      result.coverage = coverage(panel, *model.fit.design, coverage_columns(config));
  refuse_alone(result);
  return result;
}

template <class Work>
RunResult timed(const RunConfig& config, const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  set_threads(config.run.threads);
  RunResult result = work();
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

RunResult read_and_run(const RunConfig& config, bool estimate) {
  if (estimate) check_run_files(config);
  return timed(config, [&] { return run_all(config, read_run_panel(config), estimate); });
}

}  // namespace

ReadOptions read_options(const RunConfig& config) {
  return {.unit = config.data.unit,
          .time = config.data.time,
          .succession = config.data.succession,
          .text = config.data.text,
          .check_quality = config.data.check_quality};
}

RunResult run(const RunConfig& config) { return read_and_run(config, true); }
RunResult run(const RunConfig& config, const Panel& panel) {
  check_run_files(config, {{"data file", panel.ledger().file}});
  return timed(config, [&] { return run_all(config, panel, true); });
}
RunResult check(const RunConfig& config) { return read_and_run(config, false); }

Tree describe_panel(const Panel& panel) {
  Tree result;
  merge(result.child("panel"), panel_summary(panel));
  merge(result.child("data"), describe(panel.ledger()));
  return result;
}

Tree check_file(const std::string& path, const ReadOptions& options) {
  ReadOptions with_keys = options;
  std::optional<PublishedTable> published = read_publication(path, with_keys);
  RawTable table = published ? std::move(published->table) : read_data_table(path, with_keys);
  const bool known = published || is_workbook(path);
  if (!known && (options.unit.empty() || options.time.empty())) {
    const Panel::Keys keys = guess_keys(table, {options.unit, options.time});
    with_keys.unit = keys.unit;
    with_keys.time = keys.time;
    table = read_table(path, with_keys);  // keys are text
  }
  const Panel panel = make_panel(std::move(table), with_keys);
  Tree result = describe_panel(panel);
  Tree& summary = result.child("panel");
  summary.attribute("unit_found", std::int64_t{!known && options.unit.empty() && !with_keys.unit.empty()});
  summary.attribute("time_found", std::int64_t{!known && options.time.empty() && !with_keys.time.empty()});
  if (published) {
    result.child("data").attribute("publication", published->spec.name);
    result.child("data").attribute("about", published->spec.about);
  }
  return result;
}

}  // namespace headwater
