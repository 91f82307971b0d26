// What a run is: which data, which models, which outputs. One INI syntax for configs and model files.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "headwater/sources/source_spec.hpp"

namespace headwater {

// One model file (or the flags of `headwater fit`), before the formula is parsed and multiplicities are expanded.
struct ModelConfig {
  friend bool operator==(const ModelConfig&, const ModelConfig&) = default;

  std::string file;  // "" when it came from flags
  std::string name;  // file stem, or "model"
  std::string title;
  std::string question;  // the comment that opens the file
  std::string outcome;   // may be empty when the formula has a left-hand side
  std::string formula;
  std::string estimator;   // "" = within when the formula has effects, else pooled
  std::string covariance;  // "" = default_covariance()
  std::string profile = "fixest";
  std::string weights;
  std::string subset;                                        // condition on the rows used: type == "acute"
  std::string split, fsplit;                                 // column names
  std::string singletons;                                    // drop | keep, "" = as the profile does
  std::vector<std::pair<std::string, std::string>> drivers;  // name -> terms, in the order written
  std::vector<std::string> use;                              // decompositions
  std::vector<std::string> tests;                            // linear combinations
};

struct RunConfig {
  std::string file;  // "" when built from flags
  struct Data {
    std::string file, unit, time, succession;
    std::vector<std::string> text;  // columns to keep as text
    bool check_quality = true;
    bool simulated = false;  // every table and file then says "simulated"
    std::string vintage;     // which of several vintages of a cell: latest, first, a name, as of DATE; "": latest
    std::vector<SourceSpec> sources;  // published files in the place of `file`; the first makes the rows
  } data;
  struct Run {
    std::vector<std::string> models;  // paths
    std::string sample = "own";       // own | common: one sample for all models
    std::uint64_t seed = 20260212;
    int threads = 0;  // 0: HEADWATER_THREADS, or all processors
    double level = 0.95;
    double power = 0.80;
    std::string bootstrap;        // of the decompositions, e.g. multiplier(draws = 999); "": none
    bool allow_failures = false;  // exit 0 although a fit did not converge
  } run;
  struct Output {
    std::string result;                // HDF5
    std::string table;                 // text tables, "" = standard output
    std::string report;                // HTML report, "" = none; then [report] must be complete
    std::string audience = "publish";  // of the report: publish | internal
    bool stars = false;
  } output;
  std::vector<ModelConfig> models;
  std::map<std::string, std::string> report;  // [report] keys, passed through to the result file
};

using Overrides = std::vector<std::pair<std::string, std::string>>;  // "data.file" -> value, in order given

// defaults < model file < config < command line. Paths resolve against the file that holds them. Throws Error{usage,
// "config.*"} with file, row and the nearest known key.
RunConfig read_config(const std::string& path, const Overrides& overrides);
// The same for a command that fits nothing: a configuration without a model is as good.
RunConfig read_data_config(const std::string& path, const Overrides& overrides);
// What to_text() wrote, as a result file keeps it; its paths are those of the folder the run stood in.
RunConfig config_of_text(const std::string& text, const Overrides& overrides);
// The same keys without a file: what `headwater fit` builds.
RunConfig config_from_flags(const Overrides& flags);
// The resolved run as text that read_config() reads back to the same value.
std::string to_text(const RunConfig& config);
// Every key with its type, default and help: --help and the documentation come from it.
struct KeyCard {
  std::string section, key, type, fallback, help;
};
const std::vector<KeyCard>& config_keys();

}  // namespace headwater
