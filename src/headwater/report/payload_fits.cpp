// Fits with their coefficients, tests, movers and other covariances.
#include "headwater/report/instruments.hpp"
#include "headwater/report/marks.hpp"
#include "headwater/report/payload_parts.hpp"
#include "headwater/report/term_text.hpp"

namespace headwater {
namespace {

Positions shown_terms(PayloadContext& c, const std::vector<std::string>& terms) {
  Positions keep;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (c.publish() && c.units.stands_in(terms[i]))
      ++c.left_out;
    else
      keep.push_back(i);
  }
  return keep;
}

void terms_of(PayloadContext& c, const Tree& fit) {
  if (fit.find_axis("term")) {
    const Positions keep = shown_terms(c, labels(fit, "term"));
    c.out.columns(fit,
                  {"term", "driver", "estimate", "std_error", "term_df", "statistic", "p_value", "conf_low",
                   "conf_high", "mde", "within_sd", "mde_per_within_sd"},
                  &keep);
    c.out.json.key("lead");
    c.out.json.begin_array();
    for (const std::size_t i : keep) c.out.json.value(is_lead(labels(fit, "term")[i]));
    c.out.json.end_array();
    std::vector<std::string> references;
    for (const std::size_t i : keep) {
      const auto event = event_term(labels(fit, "term")[i]);
      references.push_back(event ? reference_of(text_attribute(fit, "formula"), event->factor) : "");
    }
    c.out.list("reference", references);
    std::vector<std::string> marks;
    for (const std::size_t i : keep) marks.push_back(term_mark(fit, i));
    c.out.list("mark", marks);
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

void tests_of(PayloadContext& c, const Tree& fit) {
  const Tree* tests = fit.find_child("tests");
  if (!tests) return;
  const Positions keep = shown_terms(c, texts(*tests, "hypothesis"));
  c.out.json.key("tests");
  c.out.json.begin_object();
  c.out.columns(*tests,
                {"hypothesis", "distribution", "statistic", "df1", "df2", "p_value", "effective_units", "estimate",
                 "std_error", "mde"},
                &keep);
  std::vector<std::string> marks;
  for (const std::size_t i : keep) marks.push_back(test_mark(*tests, fit, i));
  c.out.list("mark", marks);
  c.out.json.end_object();
}

void movers_of(PayloadContext& c, const Tree& fit) {
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
void covariances_of(PayloadContext& c, const Tree& fit) {
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

void rows_of(PayloadContext& c, const Tree& fit) {
  const Tree* rows = fit.find_child("rows");
  if (c.publish() || !rows) return;
  c.out.json.key("rows");
  c.out.json.begin_object();
  c.out.columns(*rows, {"row_unit", "row_period", "outcome", "residual"});
  c.out.json.end_object();
}

// The mean outcome of every period that enough units stand behind.
void path_of(PayloadContext& c, const Tree& fit) {
  const Tree* path = fit.find_child("path");
  if (!path) return;
  Positions keep;
  const auto& units = integers(*path, "path_units");
  for (std::size_t i = 0; i < units.size(); ++i)
    if (!c.publish() || units[i] >= kLeastUnits) keep.push_back(i);
  if (keep.size() < units.size()) ++c.left_out;
  c.out.json.key("path");
  c.out.json.begin_object();
  c.out.columns(*path, {"path_period", "path_outcome", "path_accounted", "path_units"}, &keep);
  c.out.json.end_object();
}

void fit_part(PayloadContext& c, const Tree& fit) {
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
  if (const Tree* link = fit.find_child("link")) c.out.columns(*link, {"pseudo_r_squared"});
  terms_of(c, fit);
  c.out.columns(fit, {"note_message"});
  if (const std::string weak = weak_instruments(fit); !weak.empty()) c.out.json.member("weak_instruments", weak);
  tests_of(c, fit);
  movers_of(c, fit);
  covariances_of(c, fit);
  path_of(c, fit);
  rows_of(c, fit);
  c.out.json.end_object();
}

}  // namespace

bool shown_fit(const PayloadContext& c, const Tree& fit) {
  for (const char* key : {"title", "question", "formula"})
    if (c.units.stands_in(text_attribute(fit, key))) return false;
  const std::size_t dot = fit.name.find('.');
  if (dot != std::string::npos && c.units.stands_in(fit.name.substr(dot + 1))) return false;
  if (fit.find_attribute("error_message")) return !c.units.of_small_group(fit.name);
  const bool has_unit = !text_attribute(fit, "unit").empty();
  return number_attribute(fit, has_unit ? "units" : "nobs") >= kLeastUnits;
}

void fits_part(PayloadContext& c) {
  c.out.json.key("fits");
  c.out.json.begin_array();
  if (const Tree* fits = c.result.find_child("fits"))
    for (const Tree& fit : fits->children) {
      if (c.publish() && !shown_fit(c, fit))
        ++c.left_out;
      else
        fit_part(c, fit);
    }
  c.out.json.end_array();
}

}  // namespace headwater
