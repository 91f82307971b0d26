// The main path: config -> plan -> panel -> design -> fit -> covariance -> diagnostics -> decomposition -> result.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "headwater/core/labelled.hpp"
#include "headwater/decompositions/decomposition.hpp"
#include "headwater/diagnostics/test.hpp"
#include "headwater/run/config.hpp"
#include "headwater/run/plan.hpp"

namespace headwater {

struct ModelResult {
  Spec spec;
  std::optional<Error> error;  // inside a run of many fits a failure is a value
  Fit fit;
  Covariance covariance;
  CoefficientTable coefficients;
  Detectable detectable;
  Variation variation;
  std::vector<Test> tests;
  Movers movers;
  std::vector<Decomposition> decompositions;
};

struct RunResult {
  RunConfig config;
  DataLedger ledger;
  std::vector<ModelResult> models;
  Notes notes;
  double seconds = 0;
};

RunResult run(const RunConfig& config);
// Everything but estimation: the ledger, what is identified, within and between variation of every driver.
RunResult check(const RunConfig& config);

// The whole result as one tree, as result/SCHEMA.md describes it.
Tree describe(const RunResult& result);

}  // namespace headwater
