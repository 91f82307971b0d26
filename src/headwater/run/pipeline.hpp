// The main path: config -> plan -> panel -> design -> fit -> covariance -> diagnostics -> decomposition -> result.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "headwater/core/error.hpp"
#include "headwater/core/labelled.hpp"
#include "headwater/decompositions/decomposition.hpp"
#include "headwater/diagnostics/instruments.hpp"
#include "headwater/diagnostics/outcome_path.hpp"
#include "headwater/diagnostics/test.hpp"
#include "headwater/run/config.hpp"
#include "headwater/run/coverage.hpp"
#include "headwater/run/plan.hpp"
#include "headwater/run/withheld.hpp"

namespace headwater {

struct ModelResult {
  Spec spec;
  std::optional<Error> error;  // inside a run of many fits a failure is a value; then only `spec` and those
                               // decompositions that need no fit are there
  Fit fit;
  Covariance covariance;
  CoefficientTable coefficients;
  Detectable detectable;
  Variation variation;
  OutcomePath path;
  std::vector<Test> tests;
  std::optional<InstrumentStrength> instruments;  // where there are some
  Movers movers;
  OtherCovariances other_covariances;
  std::vector<Decomposition> decompositions;
  std::vector<FailedDecomposition> failures;  // of what was asked for, with the others left
};

struct RunResult {
  bool estimated = true;  // false after check()
  RunConfig config;
  DataLedger ledger;
  Tree panel;  // after check(): panel_summary()
  Coverage coverage;
  Withheld withheld;
  std::vector<ModelResult> models;
  double seconds = 0;  // wall time
};

// The worst status of all fits: "converged", "boundary", "not_converged" or "failed"; "failed" where a decomposition
// is.
std::string status(const RunResult& result);

// A failure of one decomposition among several is a value. A failure of data, configuration or formula of the whole run
// is thrown; when there is one model alone, so is its own and that of the only decomposition asked of it.
// Before anything is read, no file that is to be written may be one that is read, nor stand where no file can go.
RunResult run(const RunConfig& config);
// The same on a panel that is in memory already; the file of the configuration is not opened.
RunResult run(const RunConfig& config, const Panel& panel);
// How the configuration wants its data read.
ReadOptions read_options(const RunConfig& config);
// Everything but estimation: the panel, the ledger, what is identified, within and between variation of every driver.
RunResult check(const RunConfig& config);
// The panel of a file and its ledger, without a model; keys that are not named are looked for, and a published file is
// read as its publication declares it. Children "panel" and "data", and a note of the keys found.
Tree check_file(const std::string& path, const ReadOptions& options);

// A panel and its ledger, without a model: children "panel" and "data".
Tree describe_panel(const Panel& panel);

// The whole result as one tree, as result/SCHEMA.md describes it.
Tree describe(const RunResult& result);

}  // namespace headwater
