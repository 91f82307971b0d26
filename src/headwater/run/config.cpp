#include "headwater/run/config.hpp"

#include <algorithm>
#include <boost/program_options.hpp>
#include <filesystem>
#include <set>

#include "headwater/core/error.hpp"
#include "headwater/core/matrix.hpp"
#include "headwater/core/method.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"
#include "headwater/report/audience.hpp"
#include "headwater/report/captions.hpp"
#include "headwater/run/config_sources.hpp"
#include "headwater/run/ini.hpp"
#include "headwater/run/setting.hpp"

namespace headwater {
namespace {

namespace po = boost::program_options;

constexpr int kMostThreads = 1024;

// Keys of [model]; drivers and uses have sections of their own.
struct ModelKey {
  const char* name;
  std::string ModelConfig::*member;
  const char* fallback;
  const char* help;
  bool is_column = false;  // a name, in quotes or not
};
constexpr ModelKey kModelKeys[] = {
    {"title", &ModelConfig::title, "", "heading of the tables"},
    {"outcome", &ModelConfig::outcome, "",
     "left-hand side, when the formula has none: y, c(y1, y2), ratio(activity, resource), growth(activity, resource)"},
    {"formula", &ModelConfig::formula, "", "y ~ x | effects, or the right-hand side alone"},
    {"estimator", &ModelConfig::estimator, "within with effects, else pooled", "see headwater methods"},
    {"covariance", &ModelConfig::covariance, "cluster by the unit, else robust",
     "iid, robust, cluster(a, b), CR2(a), newey_west(lag), conley(lat, lon, km); headwater methods"},
    {"profile", &ModelConfig::profile, "fixest",
     "fixest, reghdfe, ivreghdfe, xtreg, areg, plm, linearmodels, none; all: side by side"},
    {"weights", &ModelConfig::weights, "", "column of analytic weights", true},
    {"subset", &ModelConfig::subset, "", "condition on the rows used, such as type == \"acute\""},
    {"split", &ModelConfig::split, "", "column: one fit for each of its values", true},
    {"fsplit", &ModelConfig::fsplit, "", "the same and the full sample", true},
    {"singletons", &ModelConfig::singletons, "as the profile does", "drop or keep levels of effects with one row"},
    {"question", &ModelConfig::question, "",
     "the question the model answers; by default the comment that opens its file"},
};

using Text = std::string;
using Texts = std::vector<std::string>;

// [data], [run], [output]: typed by Boost.Program_options, first source stored wins.
po::options_description scalar_keys() {
  po::options_description keys;
  keys.add_options()("data.file", po::value<Text>()->default_value(""),
                     "panel: .csv, .tsv, .parquet, .feather, .arrow or .h5")(
      "data.unit", po::value<Text>()->default_value(""), "column of the unit key")(
      "data.time", po::value<Text>()->default_value(""), "column of the time key")(
      "data.succession", po::value<Text>()->default_value(""), "table of which code became which")(
      "data.text", po::value<Text>()->default_value(""), "columns that stay text, separated by commas")(
      "data.check_quality", po::value<bool>()->default_value(true), "look for typos, mergers and totals")(
      "data.vintage", po::value<Text>()->default_value(""),
      "which vintage of a cell in sources: latest, first, a name, as of 2026-01-31")(
      "data.simulated", po::value<bool>()->default_value(false), "say 'simulated' wherever results are shown")(
      "run.model", po::value<Text>()->default_value(""), "model files, separated by commas")(
      "run.sample", po::value<Text>()->default_value("own"), "own or common: one sample for all models")(
      "run.seed", po::value<std::uint64_t>()->default_value(20260212), "seed of everything random")(
      "run.threads", po::value<int>()->default_value(0), "worker threads; 0: HEADWATER_THREADS, or all processors")(
      "run.level", po::value<double>()->default_value(0.95), "level of intervals")(
      "run.power", po::value<double>()->default_value(0.80), "power of minimum detectable effects")(
      "run.bootstrap", po::value<Text>()->default_value(""),
      "of the decompositions: multiplier(draws = 999) or cluster(draws = 999)")(
      "run.allow_failures", po::value<bool>()->default_value(false), "exit 0 although a fit did not converge")(
      "output.result", po::value<Text>()->default_value(""), "HDF5 result file")(
      "output.table", po::value<Text>()->default_value(""), "text file for the tables; by default they are printed")(
      "output.report", po::value<Text>()->default_value(""), "HTML file for the report; needs the keys of [report]")(
      "output.audience", po::value<Text>()->default_value("publish"),
      "of the report: publish (no single units) or internal")("output.stars", po::value<bool>()->default_value(false),
                                                              "stars in tables");
  return keys;
}

Names known_keys(const std::string& section) {
  Names names;
  if (section == "source")
    for (const auto& [key, help] : source_keys()) names.push_back(key);
  for (const KeyCard& card : config_keys())
    if (card.section == section) names.push_back(card.key);
  return names;
}

void check_known(const Setting& setting) {
  static const Names sections = {"data",   "source", "columns", "run",      "output",
                                 "report", "model",  "driver",  "decompose"};
  if (std::find(sections.begin(), sections.end(), setting.section) == sections.end()) {
    const std::string near = nearest(setting.section, sections);
    bad_setting(
        setting, "unknown_section",
        "there is no section [" + setting.section + "]" +
            (near.empty() ? "; they are [" + joined(sections, "], [") + "]" : "; did you mean [" + near + "]?"));
  }
  if (setting.section == "driver" || setting.section == "columns") return;
  const Names keys = known_keys(setting.section);
  if (std::find(keys.begin(), keys.end(), setting.key) != keys.end()) return;
  const std::string near = nearest(setting.key, keys);
  bad_setting(setting, "unknown_key",
              "[" + setting.section + "] has no key '" + setting.key + "'" +
                  (near.empty() ? "; its keys are " + joined(keys, ", ") : "; did you mean '" + near + "'?"));
}

bool accumulates(const Setting& setting) {
  return (setting.section == "run" && setting.key == "model") || setting.key == "use" || setting.key == "test";
}

std::vector<Setting> settings_of(const IniFile& file) {
  std::vector<Setting> settings;
  std::set<std::string> seen;
  for (const IniEntry& entry : file.entries) {
    Setting setting{entry.section, entry.label, entry.key, entry.value, file.path, entry.row};
    check_known(setting);
    if (!accumulates(setting) && !seen.insert(entry.section + " " + entry.label + "." + entry.key).second)
      bad_setting(setting, "repeated_key",
                  "the key '" + entry.key + "' of [" + entry.section + "] is given twice; keep one");
    settings.push_back(std::move(setting));
  }
  return settings;
}

std::vector<Setting> settings_of(const Overrides& overrides) {
  std::vector<Setting> settings;
  for (const auto& [name, value] : overrides) {
    const std::size_t dot = name.find('.');
    Setting setting{name.substr(0, dot), "", dot == std::string::npos ? "" : name.substr(dot + 1), value, "", 0};
    check_known(setting);
    settings.push_back(std::move(setting));
  }
  return settings;
}

// Model files of one source: named again and again, or separated by commas. A file whose own name holds a comma is
// found by that name, or stands in quotes.
std::vector<std::string> model_paths(const std::vector<Setting>& settings) {
  std::vector<std::string> paths;
  for (const Setting& setting : settings) {
    if (setting.section != "run" || setting.key != "model") continue;
    const std::string whole = resolved(unquoted(setting.value), setting.file);
    std::error_code unreadable;  // a list can be longer than a name may be
    if (std::filesystem::exists(whole, unreadable)) {
      paths.push_back(whole);
      continue;
    }
    for (const std::string& path : split(setting.value, ',')) paths.push_back(resolved(unquoted(path), setting.file));
  }
  return paths;
}

po::parsed_options scalar_options(const std::vector<Setting>& settings, const po::options_description& keys) {
  po::parsed_options parsed(&keys);
  for (const Setting& setting : settings) {
    if (setting.section != "data" && setting.section != "run" && setting.section != "output") continue;
    if (setting.section == "run" && setting.key == "model") continue;
    po::option option;
    option.string_key = setting.section + "." + setting.key;
    option.value = {is_path(setting) ? resolved(unquoted(setting.value), setting.file) : setting.value};
    parsed.options.push_back(option);
  }
  return parsed;
}

std::string type_of(const Setting& setting) {
  for (const KeyCard& card : config_keys())
    if (card.section == setting.section && card.key == setting.key) return card.type;
  return "another type";
}

void store(const std::vector<Setting>& settings, const po::options_description& keys, po::variables_map& values) {
  for (const po::option& option : scalar_options(settings, keys).options) {
    po::parsed_options one(&keys);
    one.options.push_back(option);
    const auto match = std::find_if(settings.begin(), settings.end(),
                                    [&](const Setting& s) { return s.section + "." + s.key == option.string_key; });
    const std::string type = type_of(*match);
    // Boost reads "-1" as an unsigned number.
    bool readable = type != "a whole number" || match->value.find('-') == std::string::npos;
    try {
      if (readable) po::store(one, values);
    } catch (const po::error&) {
      readable = false;
    }
    if (!readable)
      bad_setting(*match, "value",
                  "'" + match->value + "' is not a value for '" + match->key + "' of [" + match->section +
                      "]; it takes " + type);
  }
}

void set_drivers(ModelConfig& model, const std::string& name, const std::string& terms) {
  const auto known =
      std::find_if(model.drivers.begin(), model.drivers.end(), [&](const auto& d) { return d.first == name; });
  if (known == model.drivers.end())
    model.drivers.emplace_back(name, terms);
  else
    known->second = terms;
}

// Applies settings of [model], [driver] and [decompose] with this label; a source that names a list replaces it.
void apply(ModelConfig& model, const std::vector<Setting>& settings, const std::string& label) {
  bool uses = false, tests = false;
  for (const Setting& setting : settings) {
    if (setting.label != label) continue;
    if (setting.section == "driver") set_drivers(model, setting.key, setting.value);
    if (setting.section == "decompose") {
      if (!uses) model.use.clear();
      uses = true;
      model.use.push_back(setting.value);
    }
    if (setting.section != "model") continue;
    if (setting.key == "test") {
      if (!tests) model.tests.clear();
      tests = true;
      model.tests.push_back(setting.value);
      continue;
    }
    for (const ModelKey& key : kModelKeys)
      if (setting.key == key.name) model.*key.member = key.is_column ? unquoted(setting.value) : setting.value;
  }
}

ModelConfig read_model(const std::string& path) {
  const IniFile file = read_ini(path);
  ModelConfig model;
  model.file = path;
  model.name = std::filesystem::path(path).stem().string();
  model.question = file.opening_comment;
  const std::vector<Setting> settings = settings_of(file);
  for (const Setting& setting : settings)
    if (setting.section != "model" && setting.section != "driver" && setting.section != "decompose")
      bad_setting(setting, "wrong_section",
                  "a model file has the sections [model], [driver] and [decompose]; [" + setting.section +
                      "] belongs in a config");
  apply(model, settings, "");
  return model;
}

bool concerns_models(const Setting& setting) {
  return setting.section == "model" || setting.section == "driver" || setting.section == "decompose";
}

Names labels_of(const std::vector<Setting>& settings) {
  Names labels;
  for (const Setting& setting : settings)
    if (concerns_models(setting) && !setting.label.empty() &&
        std::find(labels.begin(), labels.end(), setting.label) == labels.end())
      labels.push_back(setting.label);
  return labels;
}

void check_model(const ModelConfig& model) {
  const std::string where = model.file.empty() ? "" : model.file + ": ";
  if (model.formula.empty())
    throw Error(ErrorKind::usage, "config.no_formula",
                where + "the model '" + model.name + "' has no formula; give formula = y ~ x | effects under [model]",
                {.key = "model.formula"});
  if (!model.singletons.empty() && model.singletons != "drop" && model.singletons != "keep")
    throw Error(ErrorKind::usage, "config.value",
                where + "singletons is '" + model.singletons + "'; it is drop or keep", {.key = "model.singletons"});
}

// [model] of a configuration holds for every model; a formula there would leave nothing of those in files.
void refuse_replaced_formulas(const std::vector<std::string>& paths, const std::vector<Setting>& file) {
  if (paths.empty()) return;
  for (const Setting& setting : file)
    if (setting.section == "model" && setting.label.empty() && (setting.key == "formula" || setting.key == "outcome"))
      bad_setting(setting, "replaced_formula",
                  "the " + setting.key + " of [model] would take the place of the one in " + paths.front() +
                      ", which [run] model names; write [model NAME] for a model beside it, or leave one out");
}

std::vector<ModelConfig> collect_models(const std::vector<std::string>& paths, const std::vector<Setting>& file,
                                        const std::vector<Setting>& overrides) {
  refuse_replaced_formulas(paths, file);
  std::vector<ModelConfig> models;
  models.reserve(paths.size());
  for (const std::string& path : paths) models.push_back(read_model(path));
  for (const std::string& label : labels_of(file)) {
    ModelConfig model;
    model.name = label;
    apply(model, file, label);
    models.push_back(std::move(model));
  }
  const auto unlabelled = [](const Setting& s) { return concerns_models(s) && s.label.empty(); };
  const bool any =
      std::any_of(file.begin(), file.end(), unlabelled) || std::any_of(overrides.begin(), overrides.end(), unlabelled);
  if (models.empty() && any) {
    models.emplace_back();
    models.back().name = "model";
  }
  if (models.empty())
    throw Error(ErrorKind::usage, "config.no_model",
                "the run has no model; name one under [run] model, or write a [model] section", {.key = "run.model"});
  for (ModelConfig& model : models) {
    apply(model, file, "");
    apply(model, overrides, "");
    check_model(model);
  }
  return models;
}

void check_range(double value, const char* key) {
  if (value > 0 && value < 1) return;
  const bool percent = value > 1 && value < 100;
  throw Error(ErrorKind::usage, "config.value",
              std::string("'") + key + "' is " + shortest(value) + "; it lies between 0 and 1" +
                  (percent ? ", so write " + shortest(value / 100) + " for " + shortest(value) + " %" : ""),
              {.key = key});
}

RunConfig build(const std::string& path, const std::vector<Setting>& file, const std::vector<Setting>& overrides,
                bool with_models) {
  const po::options_description keys = scalar_keys();
  po::variables_map values;
  store(overrides, keys, values);
  store(file, keys, values);
  po::store(po::parsed_options(&keys), values);  // defaults
  RunConfig config;
  config.file = path;
  config.data = {values["data.file"].as<Text>(),
                 unquoted(values["data.unit"].as<Text>()),
                 unquoted(values["data.time"].as<Text>()),
                 values["data.succession"].as<Text>(),
                 column_list(values["data.text"].as<Text>()),
                 values["data.check_quality"].as<bool>(),
                 values["data.simulated"].as<bool>(),
                 values["data.vintage"].as<Text>(),
                 {}};
  set_sources(config, file);
  config.run.models = model_paths(overrides);
  if (config.run.models.empty()) config.run.models = model_paths(file);
  config.run.sample = values["run.sample"].as<Text>();
  config.run.seed = values["run.seed"].as<std::uint64_t>();
  config.run.threads = values["run.threads"].as<int>();
  config.run.level = values["run.level"].as<double>();
  config.run.power = values["run.power"].as<double>();
  config.run.bootstrap = values["run.bootstrap"].as<Text>();
  config.run.allow_failures = values["run.allow_failures"].as<bool>();
  config.output = {values["output.result"].as<Text>(), values["output.table"].as<Text>(),
                   values["output.report"].as<Text>(), values["output.audience"].as<Text>(),
                   values["output.stars"].as<bool>()};
  check_range(config.run.level, "run.level");
  check_range(config.run.power, "run.power");
  if (config.run.threads > kMostThreads)
    throw Error(ErrorKind::usage, "config.value",
                "'run.threads' is " + std::to_string(config.run.threads) + "; it lies between 0 (all processors) and " +
                    std::to_string(kMostThreads),
                {.key = "run.threads"});
  if (config.run.sample != "own" && config.run.sample != "common")
    throw Error(ErrorKind::usage, "config.value", "'run.sample' is '" + config.run.sample + "'; it is own or common",
                {.key = "run.sample"});
  for (const std::vector<Setting>* source : {&file, &overrides})
    for (const Setting& setting : *source)
      if (setting.section == "report") config.report[setting.key] = setting.value;
  if (const auto names = config.report.find("names"); names != config.report.end()) check_names(names->second);
  if (!config.output.report.empty()) check_captions(config.report);
  parse_audience(config.output.audience);
  if (with_models) config.models = collect_models(config.run.models, file, overrides);
  return config;
}

void append_model(std::string& text, const ModelConfig& model) {
  text += "\n[model " + model.name + "]\n";
  for (const ModelKey& key : kModelKeys)
    if (const std::string& value = model.*key.member; !value.empty())
      text += std::string(key.name) + " = " + (key.is_column ? as_value(value) : value) + "\n";
  for (const std::string& test : model.tests) text += "test = " + test + "\n";
  if (!model.drivers.empty()) text += "\n[driver " + model.name + "]\n";
  for (const auto& [name, terms] : model.drivers) text.append(name).append(" = ").append(terms).append("\n");
  if (!model.use.empty()) text += "\n[decompose " + model.name + "]\n";
  for (const std::string& use : model.use) text += "use = " + use + "\n";
}

}  // namespace

RunConfig read_config(const std::string& path, const Overrides& overrides) {
  return build(path, settings_of(read_ini(path)), settings_of(overrides), true);
}

RunConfig read_data_config(const std::string& path, const Overrides& overrides) {
  return build(path, settings_of(read_ini(path)), settings_of(overrides), false);
}

RunConfig config_of_text(const std::string& text, const Overrides& overrides) {
  return build("", settings_of(parse_ini(text, "")), settings_of(overrides), true);
}

RunConfig config_from_flags(const Overrides& flags) { return build("", {}, settings_of(flags), true); }

std::string to_text(const RunConfig& config) {
  const auto yes = [](bool value) { return value ? "yes" : "no"; };
  std::string text = "[data]\n";
  if (config.data.sources.empty()) text += "file = " + as_value(config.data.file) + "\n";
  text += "unit = " + as_value(config.data.unit) + "\ntime = " + as_value(config.data.time) + "\n";
  if (!config.data.succession.empty()) text += "succession = " + as_value(config.data.succession) + "\n";
  if (!config.data.text.empty()) text += "text = " + column_list(config.data.text) + "\n";
  text += std::string("check_quality = ") + yes(config.data.check_quality) +
          "\nsimulated = " + yes(config.data.simulated) + "\n";
  if (!config.data.vintage.empty()) text += "vintage = " + config.data.vintage + "\n";
  for (const SourceSpec& source : config.data.sources) append_source(text, source);
  text += "\n[run]\nsample = " + config.run.sample + "\nseed = " + std::to_string(config.run.seed) +
          "\nthreads = " + std::to_string(config.run.threads) + "\nlevel = " + shortest(config.run.level) +
          "\npower = " + shortest(config.run.power) + "\nallow_failures = " + yes(config.run.allow_failures) + "\n";
  if (!config.run.bootstrap.empty()) text += "bootstrap = " + config.run.bootstrap + "\n";
  text += "\n[output]\n";
  if (!config.output.result.empty()) text += "result = " + as_value(config.output.result) + "\n";
  if (!config.output.table.empty()) text += "table = " + as_value(config.output.table) + "\n";
  if (!config.output.report.empty()) text += "report = " + as_value(config.output.report) + "\n";
  text += "audience = " + config.output.audience + "\n";
  text += std::string("stars = ") + yes(config.output.stars) + "\n";
  for (const ModelConfig& model : config.models) append_model(text, model);
  if (!config.report.empty()) text += "\n[report]\n";
  for (const auto& [key, value] : config.report) text.append(key).append(" = ").append(value).append("\n");
  return text;
}

const std::vector<KeyCard>& config_keys() {
  static const std::vector<KeyCard> cards = [] {
    std::vector<KeyCard> all;
    const po::options_description keys = scalar_keys();
    for (const auto& option : keys.options()) {
      const std::string name = option->long_name();
      const std::size_t dot = name.find('.');
      boost::any fallback;
      option->semantic()->apply_default(fallback);
      std::string type = "text", shown;
      if (const auto* flag = boost::any_cast<bool>(&fallback)) {
        type = "yes or no";
        shown = *flag ? "yes" : "no";
      } else if (const auto* number = boost::any_cast<double>(&fallback)) {
        type = "a number";
        shown = shortest(*number);
      } else if (const auto* whole = boost::any_cast<int>(&fallback)) {
        type = "a whole number";
        shown = std::to_string(*whole);
      } else if (const auto* seed = boost::any_cast<std::uint64_t>(&fallback)) {
        type = "a whole number";
        shown = std::to_string(*seed);
      } else if (const auto* words = boost::any_cast<Text>(&fallback)) {
        shown = *words;
      }
      all.push_back({name.substr(0, dot), name.substr(dot + 1), type, shown, option->description()});
    }
    for (const ModelKey& key : kModelKeys) all.push_back({"model", key.name, "text", key.fallback, key.help});
    all.push_back({"model", "test", "text", "",
                   "a + b = 0, all or drivers, also with ' by METHOD' (wild, holm, ...); may be repeated"});
    for (const CaptionKey& key : caption_keys())
      all.push_back({"report", key.name, "text", "", key.help + (key.required ? " (a report needs it)" : "")});
    all.push_back({"decompose", "use", "method(options)", "", "a decomposition; may be repeated"});
    return all;
  }();
  return cards;
}

}  // namespace headwater
