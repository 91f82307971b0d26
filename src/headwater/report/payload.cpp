#include "headwater/report/payload.hpp"

#include <algorithm>
#include <filesystem>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/report/cells.hpp"
#include "headwater/report/payload_writer.hpp"

namespace headwater {
namespace {

// Everything the parts of the payload share.
struct Context {
  const Tree& result;
  Audience audience;
  UnitNames units;
  Captions captions;
  PayloadWriter out;
  std::int64_t left_out = 0;  // parts about single units that a published report does not carry

  bool publish() const { return audience == Audience::publish; }
};

std::string file_name(const std::string& path) { return std::filesystem::path(path).filename().string(); }

Captions all_captions(const Tree& result, const Captions& given) {
  Captions captions = given;
  const Tree* run = result.find_child("run");
  if (!run) return captions;
  constexpr std::string_view kPrefix = "report.";
  for (const auto& [key, value] : run->attributes)
    if (const auto* text = std::get_if<std::string>(&value); text && key.rfind(kPrefix, 0) == 0)
      captions.emplace(key.substr(kPrefix.size()), *text);
  return captions;
}

void captions_part(Context& c) {
  c.out.json.key("report");
  c.out.json.begin_object();
  for (const auto& [key, value] : c.captions) c.out.json.member(key, value);
  c.out.json.end_object();
}

// Folders of the machine that ran are nobody's business.
std::string without_folders(const std::string& line) {
  const std::size_t equals = line.find(" = ");
  if (equals == std::string::npos) return line;
  static const std::vector<std::string> paths = {"file", "succession", "result", "table", "report"};
  if (std::find(paths.begin(), paths.end(), line.substr(0, equals)) == paths.end()) return line;
  return line.substr(0, equals + 3) + file_name(line.substr(equals + 3));
}

void configuration(Context& c, const Tree& run) {
  if (!run.find_array("config")) return;
  std::vector<std::string> lines;
  std::string_view text = texts(run, "config").front();
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string line = without_folders(std::string(text.substr(0, end)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (c.publish() && c.units.stands_in(line))
      ++c.left_out;
    else
      lines.push_back(std::move(line));
  }
  c.out.list("config", lines);
}

void run_part(Context& c) {
  c.out.json.key("run");
  c.out.json.begin_object();
  c.out.attributes(c.result, {"program_version", "git_hash", "format_version", "status", "estimated", "seed", "threads",
                              "wall_time", "simulated", "content_sha256"});
  if (const Tree* run = c.result.find_child("run")) {
    configuration(c, *run);
    c.out.columns(*run, {"option", "option_value", "option_default"});
  }
  c.out.json.end_object();
}

// Messages, those that name a unit only where names may stand.
void messages(Context& c, const Tree& node, const std::string& prefix) {
  if (!node.find_array(prefix + "_message")) return;
  std::vector<std::string> shown;
  for (const std::string& message : texts(node, prefix + "_message")) {
    if (c.publish() && c.units.stands_in(message))
      ++c.left_out;
    else
      shown.push_back(message);
  }
  c.out.list((prefix + "_message").c_str(), shown);
}

void coverage_of(Context& c, const Tree& data) {
  if (!data.find_array("coverage_level")) return;
  Positions keep;
  const auto& levels = texts(data, "coverage_level");
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (c.publish() && c.units.stands_in(levels[i]))
      ++c.left_out;
    else
      keep.push_back(i);
  }
  c.out.columns(data, {"coverage_column", "coverage_level", "coverage_units", "coverage_rows", "coverage_used"}, &keep);
}

void data_part(Context& c) {
  const Tree* data = c.result.find_child("data");
  if (!data) return;
  c.out.json.key("data");
  c.out.json.begin_object();
  c.out.json.member("file", file_name(text_attribute(*data, "file")));
  c.out.attributes(*data, {"sha256", "rows_read", "rows_kept"});
  c.out.columns(*data, {"lost_reason", "lost_rows", "missing_column", "missing_reason", "missing_cells",
                        "suspicion_kind", "suspicion_column"});
  coverage_of(c, *data);
  messages(c, *data, "data_note");
  if (data->find_array("succession_message"))
    c.out.json.member("successions", static_cast<std::int64_t>(texts(*data, "succession_message").size()));
  if (!c.publish()) c.out.columns(*data, {"suspicion_message", "succession_message"});
  c.out.json.end_object();
}

Positions shown_terms(Context& c, const std::vector<std::string>& terms) {
  Positions keep;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (c.publish() && c.units.makes_term(terms[i]))
      ++c.left_out;
    else
      keep.push_back(i);
  }
  return keep;
}

void terms_of(Context& c, const Tree& fit) {
  if (fit.find_axis("term")) {
    const Positions keep = shown_terms(c, labels(fit, "term"));
    c.out.columns(fit,
                  {"term", "driver", "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high", "mde",
                   "within_sd", "mde_per_within_sd"},
                  &keep);
  }
  if (fit.find_axis("regressor")) {
    const Positions keep = shown_terms(c, labels(fit, "regressor"));
    c.out.columns(fit, {"regressor", "mean", "sd_total", "sd_between", "sd_within", "sd_absorbed"}, &keep);
  }
  if (fit.find_axis("unidentified")) {
    const Positions keep = shown_terms(c, labels(fit, "unidentified"));
    c.out.columns(fit, {"unidentified", "unidentified_because"}, &keep);
  }
}

void tests_of(Context& c, const Tree& fit) {
  const Tree* tests = fit.find_child("tests");
  if (!tests) return;
  c.out.json.key("tests");
  c.out.json.begin_object();
  c.out.columns(*tests, {"hypothesis", "distribution", "statistic", "df1", "df2", "p_value", "estimate", "std_error",
                         "mde", "interval_test", "interval_low", "interval_high"});
  c.out.json.end_object();
}

void movers_of(Context& c, const Tree& fit) {
  const Tree* movers = fit.find_child("movers");
  if (!movers || !movers->find_array("mover_term")) return;
  const Positions keep = shown_terms(c, texts(*movers, "mover_term"));
  c.out.json.key("movers");
  c.out.json.begin_object();
  c.out.columns(*movers, {"mover_term", "mover_change", "mover_change_in_se"}, &keep);
  if (!c.publish()) c.out.columns(*movers, {"mover_unit"}, &keep);
  c.out.json.end_object();
}

// The same coefficients under other covariances, side by side.
void covariances_of(Context& c, const Tree& fit) {
  const Tree* node = fit.find_child("covariances");
  if (!node) return;
  c.out.json.key("covariances");
  c.out.json.begin_object();
  c.out.columns(*node, {"rule", "rule_df", "rule_reason"});
  c.out.json.key("std_error");
  c.out.json.begin_array();
  const Positions keep = shown_terms(c, labels(fit, "term"));
  const std::size_t k = labels(fit, "term").size();
  for (std::size_t r = 0; r < labels(*node, "rule").size(); ++r) {
    c.out.json.begin_array();
    for (const std::size_t j : keep) c.out.json.value(numbers(*node, "rule_std_error")[r * k + j]);
    c.out.json.end_array();
  }
  c.out.json.end_array();
  c.out.json.end_object();
}

void rows_of(Context& c, const Tree& fit) {
  const Tree* rows = fit.find_child("rows");
  if (c.publish() || !rows) return;
  c.out.json.key("rows");
  c.out.json.begin_object();
  c.out.columns(*rows, {"row_unit", "row_period", "outcome", "residual"});
  c.out.json.end_object();
}

void fit_part(Context& c, const Tree& fit) {
  c.out.json.begin_object();
  c.out.json.member("id", fit.name);
  c.out.attributes(fit, {"title",         "question",        "formula",    "outcome",
                         "role",          "estimator",       "weights",    "level",
                         "power",         "status",          "error_kind", "error_code",
                         "error_message", "status_detail",   "unit",       "time",
                         "sample_hash",   "rows_read",       "rows_used",  "nobs",
                         "units",         "periods",         "df_model",   "df_residual",
                         "covariance",    "covariance_type", "profile",    "arithmetic"});
  c.out.columns(fit, {"df",
                      "factor",
                      "smallest_eigenvalue",
                      "cluster",
                      "cluster_count",
                      "rss",
                      "tss",
                      "tss_within",
                      "r_squared",
                      "r_squared_within",
                      "sigma2",
                      "outcome_mean",
                      "outcome_sd",
                      "effects_rank",
                      "certificate",
                      "effect",
                      "effect_columns",
                      "effect_redundant",
                      "sample_reason",
                      "sample_rows"});
  terms_of(c, fit);
  messages(c, fit, "note");
  tests_of(c, fit);
  movers_of(c, fit);
  covariances_of(c, fit);
  rows_of(c, fit);
  c.out.json.end_object();
}

// A fit of one unit, or one that failed with a unit's name in its message, is about that unit.
bool about_units(const Context& c, const Tree& fit) {
  for (const char* key : {"title", "question", "formula", "error_message"})
    if (c.units.stands_in(text_attribute(fit, key))) return true;
  const std::size_t dot = fit.name.find('.');
  return dot != std::string::npos && c.units.stands_in(fit.name.substr(dot + 1));
}

void fits_part(Context& c) {
  c.out.json.key("fits");
  c.out.json.begin_array();
  if (const Tree* fits = c.result.find_child("fits"))
    for (const Tree& fit : fits->children) {
      if (c.publish() && about_units(c, fit))
        ++c.left_out;
      else
        fit_part(c, fit);
    }
  c.out.json.end_array();
}

// What a method adds beyond components: paths over time, groups, explained variance. The pieces of the covariance stay
// in the result file.
bool drawn(const Context& c, const Tree& node, const LabelledArray& array) {
  static const std::vector<std::string> common = {"estimate",
                                                  "std_error",
                                                  "conf_low",
                                                  "conf_high",
                                                  "share",
                                                  "percent",
                                                  "estimable",
                                                  "band_low",
                                                  "band_high",
                                                  "atom_group",
                                                  "total",
                                                  "total_std_error",
                                                  "closure_error",
                                                  "tolerance",
                                                  "df",
                                                  "factor",
                                                  "unidentified_because",
                                                  "note_code",
                                                  "note_message",
                                                  "covariance",
                                                  "influence",
                                                  "jacobian"};
  if (std::find(common.begin(), common.end(), array.name) != common.end()) return false;
  if (array.name.rfind("cell_", 0) == 0) return false;
  for (const std::string& dim : array.dims) {
    const Axis* axis = node.find_axis(dim);
    if (!axis || dim == "component_2" || dim == "atom" || dim == "basis") return false;
    if (c.publish() && c.units.labels(*axis)) return false;
  }
  if (!c.publish()) return true;
  const auto* words = std::get_if<std::vector<std::string>>(&array.values);
  return !words ||
         std::none_of(words->begin(), words->end(), [&](const std::string& w) { return c.units.stands_in(w); });
}

// The cells behind a decomposition, for the fit that the report is about: a ratio, or a fit that stands alone.
void cells_of(Context& c, const Tree& node) {
  const Tree* fits = c.result.find_child("fits");
  const Tree* fit = fits ? fits->find_child(text_attribute(node, "fit")) : nullptr;
  if (!has_cells(node) || !fit || !fit->find_array("vcov")) return;
  const std::string role = text_attribute(*fit, "role");
  if (role == "activity" || role == "resource") return;
  over_time_part(c.out, node, *fit, c.audience);
  if (!c.publish()) cells_part(c.out, node);
}

void decomposition_part(Context& c, const Tree& node) {
  c.out.json.begin_object();
  c.out.json.member("id", node.name);
  c.out.attributes(node, {"method", "call", "question", "fit", "unit", "frame", "kind", "level", "shares_reason",
                          "total_estimable", "rule", "total_name", "additive"});
  c.out.json.key("choices");
  c.out.json.begin_object();
  for (const auto& [key, value] : node.attributes)
    if (const auto* text = std::get_if<std::string>(&value); text && key.rfind("choice.", 0) == 0)
      c.out.json.member(key.substr(7), *text);
  c.out.json.end_object();
  c.out.columns(
      node, {"component", "estimate", "std_error", "conf_low", "conf_high", "share", "percent", "estimable", "total",
             "total_std_error", "closure_error", "tolerance", "df", "factor", "unidentified", "unidentified_because"});
  messages(c, node, "note");
  cells_of(c, node);
  c.out.json.key("extras");
  c.out.json.begin_array();
  for (const LabelledArray& array : node.arrays)
    if (drawn(c, node, array)) c.out.array(node, array);
  c.out.json.end_array();
  c.out.json.end_object();
}

// A group of fewer units than this would tell of single ones.
constexpr double kLeastUnits = 5;

bool about_units(const Context& c, const Tree& node, const std::string& units) {
  if (c.units.make_decomposition(node)) return true;
  const auto count = parse_number(units);
  return count && *count < kLeastUnits;
}

void decompositions_part(Context& c) {
  c.out.json.key("decompositions");
  c.out.json.begin_array();
  if (const Tree* all = c.result.find_child("decompositions"))
    for (const Tree& fit : all->children)
      for (const Tree& node : fit.children) {
        if (c.publish() && about_units(c, node, text_attribute(node, "choice.units")))
          ++c.left_out;
        else
          decomposition_part(c, node);
      }
  c.out.json.end_array();
}

// The named falsification tests: every one must be in the result, and none may reject at the level of its fit.
void falsification_part(Context& c) {
  const auto named = c.captions.find("falsification");
  if (named == c.captions.end()) return;
  c.out.json.key("falsification");
  c.out.json.begin_array();
  for (const std::string& hypothesis : split(named->second, ';')) {
    if (hypothesis.empty()) continue;
    bool found = false;
    for (const Tree& fit : c.result.find_child("fits")->children) {
      const Tree* tests = fit.find_child("tests");
      if (!tests || !tests->find_array("hypothesis")) continue;
      const auto& hypotheses = texts(*tests, "hypothesis");
      for (std::size_t i = 0; i < hypotheses.size(); ++i) {
        if (hypotheses[i] != hypothesis) continue;
        found = true;
        const double p = numbers(*tests, "p_value")[i];
        c.out.json.begin_object();
        c.out.json.member("fit", fit.name);
        c.out.json.member("hypothesis", hypothesis);
        c.out.json.member("p_value", p);
        c.out.json.member("passed", p > 1 - number_attribute(fit, "level"));
        c.out.json.end_object();
      }
    }
    if (!found)
      throw Error(ErrorKind::usage, "report.falsification",
                  "the falsification test '" + hypothesis +
                      "' is not among the tests of this result; name one by its "
                      "hypothesis, as headwater show prints it, or add it to the model with 'test ='",
                  {.key = "report.falsification"});
  }
  c.out.json.end_array();
}

}  // namespace

std::string report_payload(const Tree& result, Audience audience, const Captions& captions) {
  Context c{result, audience, UnitNames(result), all_captions(result, captions), {}};
  check_captions(c.captions);
  c.out.json.begin_object();
  c.out.json.member("schema", "headwater.report/1");
  c.out.json.member("audience", name(audience));
  captions_part(c);
  run_part(c);
  data_part(c);
  fits_part(c);
  decompositions_part(c);
  falsification_part(c);
  if (const Tree* comparison = result.find_child("comparison")) {
    c.out.json.key("comparison");
    c.out.json.begin_object();
    c.out.attributes(*comparison, {"sample"});
    c.out.columns(*comparison, {"model_id", "model_nobs"});
    c.out.json.end_object();
  }
  c.out.json.member("left_out", c.left_out);
  c.out.json.end_object();
  return c.out.json.text();
}

}  // namespace headwater
