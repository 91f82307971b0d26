#include "headwater/report/json.hpp"

#include <cmath>

#include "headwater/core/text.hpp"
#include "headwater/report/contract.hpp"
#include "headwater/report/grids.hpp"
#include "headwater/report/instruments.hpp"
#include "headwater/report/marks.hpp"
#include "headwater/report/profiles.hpp"

namespace headwater {
namespace {

constexpr const char* kNoTotal = "the items are not parts of one total";

std::int64_t whole(const Tree& tree, const char* key) { return static_cast<std::int64_t>(number_attribute(tree, key)); }

std::string why_undefined(const Tree& fit, std::size_t i) {
  const bool none = fit.find_array("not_estimable") && !texts(fit, "not_estimable")[i].empty();
  return none ? "not estimable: " + texts(fit, "not_estimable")[i] : Contract::kNotFinite;
}

// Why a term has no standard error, or how many clusters carry it.
void support(Contract& out, const Tree& fit, std::size_t i) {
  if (!fit.find_array("not_estimable")) return;
  out.json.member("not_estimable", texts(fit, "not_estimable")[i]);
  out.json.key("carriers");
  out.begin_object();
  out.number("effective", numbers(fit, "carriers")[i], "not counted under this covariance");
  out.json.member("all", integers(fit, "carriers_all")[i]);
  out.json.member("of", texts(fit, "carriers_of")[i]);
  out.json.member("few", integers(fit, "few_carriers")[i] != 0);
  out.end_object();
}

// The confidence set of a test: intervals, possibly several or unbounded ones.
void test_set(Contract& out, const Tree& tests, std::size_t test) {
  const auto& owner = integers(tests, "interval_test");
  out.json.key("set");
  out.json.begin_array();
  for (std::size_t i = 0; i < owner.size(); ++i) {
    if (owner[i] != static_cast<std::int64_t>(test)) continue;
    out.begin_object();
    out.number("low", numbers(tests, "interval_low")[i], "unbounded below");
    out.number("high", numbers(tests, "interval_high")[i], "unbounded above");
    out.end_object();
  }
  out.json.end_array();
}

void terms(Contract& out, const Tree& fit) {
  out.json.key("terms");
  out.json.begin_array();
  const auto& names = labels(fit, "term");
  for (std::size_t i = 0; i < names.size(); ++i) {
    out.begin_object();
    out.json.member("term", names[i]);
    for (const char* key : {"estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high", "mde"})
      out.number(key, numbers(fit, key)[i], why_undefined(fit, i));
    if (fit.find_array("term_df")) out.number("df", term_df(fit, i), "infinite: the normal distribution");
    support(out, fit, i);
    out.end_object();
  }
  out.json.end_array();
}

void name_list(Contract& out, const char* key, const std::vector<std::string>& names) {
  out.json.key(key);
  out.json.begin_array();
  for (const std::string& name : names) out.json.value(name);
  out.json.end_array();
}

void vcov(Contract& out, const Tree& fit) {
  const auto& names = labels(fit, "term");
  out.json.key("vcov");
  out.begin_object();
  out.json.member("type", text_attribute(fit, "covariance_type"));
  out.json.member("profile", text_attribute(fit, "profile"));
  name_list(out, "names", names);
  out.matrix("matrix", numbers(fit, "vcov"), names.size(), "not finite for some coefficients");
  out.number("df", scalar(fit, "df"), "infinite: the normal distribution");
  out.json.member("arithmetic", text_attribute(fit, "arithmetic"));
  out.json.key("clusters");
  out.json.begin_array();
  const auto& clusters = labels(fit, "cluster");
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    out.begin_object();
    out.json.member("name", clusters[i]);
    out.json.member("count", integers(fit, "cluster_count")[i]);
    out.end_object();
  }
  out.json.end_array();
  out.end_object();
}

void effects(Contract& out, const Tree& fit) {
  out.json.key("effects");
  out.json.begin_array();
  const auto& names = labels(fit, "effect");
  for (std::size_t i = 0; i < names.size(); ++i) {
    out.begin_object();
    out.json.member("name", names[i]);
    out.json.member("levels", integers(fit, "effect_columns")[i]);
    out.json.member("redundant", integers(fit, "effect_redundant")[i]);
    out.end_object();
  }
  out.json.end_array();
  out.json.member("effects_rank", static_cast<std::int64_t>(scalar(fit, "effects_rank")));
}

// Variances and, level by level, predictions and shares of the mean taken off.
void linked(Contract& out, const Tree& fit) {
  const Tree* link = fit.find_child("link");
  if (!link) return;
  out.json.key("link");
  out.begin_object();
  out.json.member("link", text_attribute(*link, "link"));
  for (const char* key : {"log_likelihood", "log_likelihood_null", "pseudo_r_squared", "deviance", "iterations"})
    out.number(key, scalar(*link, key));
  out.end_object();
}

void random(Contract& out, const Tree& fit) {
  const Tree* random = fit.find_child("random");
  if (!random) return;
  out.json.key("random");
  out.begin_object();
  out.json.member("components", text_attribute(*random, "components"));
  out.number("own_variance", scalar(*random, "own_variance"));
  out.json.key("effects");
  out.json.begin_array();
  const auto& names = labels(*random, "random_effect");
  const auto &owner = texts(*random, "level_effect"), &level = texts(*random, "level_label");
  for (std::size_t q = 0; q < names.size(); ++q) {
    out.begin_object();
    out.json.member("name", names[q]);
    for (const char* key : {"variance", "variance_unbounded"}) out.number(key, numbers(*random, key)[q]);
    out.json.key("levels");
    out.json.begin_array();
    for (std::size_t i = 0; i < owner.size(); ++i) {
      if (owner[i] != names[q]) continue;
      out.begin_object();
      out.json.member("level", level[i]);
      for (const char* key : {"predicted", "theta"}) out.number(key, numbers(*random, key)[i]);
      out.end_object();
    }
    out.json.end_array();
    out.end_object();
  }
  out.json.end_array();
  out.end_object();
}

void unidentified(Contract& out, const char* key, const Tree& node) {
  out.json.key(key);
  out.json.begin_array();
  const auto& names = labels(node, "unidentified");
  const auto& because = texts(node, "unidentified_because");
  for (std::size_t i = 0; i < names.size(); ++i) {
    out.begin_object();
    out.json.member("term", names[i]);
    name_list(out, "because", split(because[i], ';'));
    out.end_object();
  }
  out.json.end_array();
}

void sample(Contract& out, const Tree& fit) {
  out.json.key("sample");
  out.begin_object();
  out.json.member("rows_read", whole(fit, "rows_read"));
  out.json.member("rows_used", whole(fit, "rows_used"));
  out.json.key("dropped");
  out.json.begin_array();
  const auto& reasons = labels(fit, "sample_reason");
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    out.begin_object();
    out.json.member("reason", reasons[i]);
    out.json.member("rows", integers(fit, "sample_rows")[i]);
    out.end_object();
  }
  out.json.end_array();
  unidentified(out, "columns_dropped", fit);
  out.end_object();
}

void warning(Contract& out, const std::string& code, const std::string& message) {
  out.begin_object();
  out.json.member("code", code);
  out.json.member("message", message);
  out.end_object();
}

void warnings_of(Contract& out, const Tree& node, const char* prefix) {
  const std::string codes = std::string(prefix) + "_code", messages = std::string(prefix) + "_message";
  if (!node.find_array(codes)) return;
  for (std::size_t i = 0; i < texts(node, codes).size(); ++i)
    warning(out, texts(node, codes)[i], texts(node, messages)[i]);
}

void warnings(Contract& out, const Tree& result, const Tree& fit) {
  out.json.key("warnings");
  out.json.begin_array();
  if (const Tree* data = result.find_child("data")) warnings_of(out, *data, "data_note");
  warnings_of(out, fit, "note");
  out.json.end_array();
}

void failed_fit(Contract& out, const Tree& fit) {
  out.json.member("status", text_attribute(fit, "status"));
  out.json.key("error");
  out.begin_object();
  out.json.member("kind", text_attribute(fit, "error_kind"));
  out.json.member("code", text_attribute(fit, "error_code"));
  out.json.member("message", text_attribute(fit, "error_message"));
  out.end_object();
}

void fit_object(Contract& out, const Tree& result, const Tree& fit) {
  out.begin_object();
  out.json.member("schema", "headwater.fit/1");
  out.json.member("version", text_attribute(result, "program_version"));
  out.json.member("estimator", text_attribute(fit, "estimator"));
  out.json.member("outcome", text_attribute(fit, "outcome"));
  if (fit.find_attribute("error_message")) {
    failed_fit(out, fit);
    out.end_object();
    return;
  }
  out.json.member("nobs", whole(fit, "nobs"));
  out.json.member("status", text_attribute(fit, "status"));
  terms(out, fit);
  vcov(out, fit);
  out.json.member("df_residual", whole(fit, "df_residual"));
  for (const char* key : {"sigma2", "r_squared", "r_squared_within", "rss"}) out.number(key, scalar(fit, key));
  effects(out, fit);
  linked(out, fit);
  random(out, fit);
  unidentified(out, "not_identified", fit);
  sample(out, fit);
  out.json.member("id", fit.name);
  out.json.member("formula", text_attribute(fit, "formula"));
  if (const std::string role = text_attribute(fit, "role"); !role.empty()) out.json.member("role", role);
  if (const std::string split = text_attribute(fit, "split"); !split.empty()) {
    out.json.member("split", split);
    out.json.member("split_value", text_attribute(fit, "split_value"));
  }
  if (const Tree* tests = fit.find_child("tests"); tests && !labels(*tests, "test").empty()) {
    out.json.key("tests");
    out.json.begin_array();
    for (std::size_t i = 0; i < labels(*tests, "test").size(); ++i) {
      out.begin_object();
      if (tests->find_array("test_name")) out.json.member("test", texts(*tests, "test_name")[i]);
      out.json.member("hypothesis", texts(*tests, "hypothesis")[i]);
      out.json.member("distribution", texts(*tests, "distribution")[i]);
      if (const std::string mark = test_mark(*tests, fit, i); !mark.empty()) out.json.member("mark", mark);
      for (const char* key : {"statistic", "p_value"}) out.number(key, numbers(*tests, key)[i]);
      if (std::isfinite(numbers(*tests, "estimate")[i]))
        for (const char* key : {"estimate", "std_error", "mde"}) out.number(key, numbers(*tests, key)[i]);
      test_set(out, *tests, i);
      out.end_object();
    }
    out.json.end_array();
  }
  profile_list(out, fit);
  instruments_object(out, fit);
  warnings(out, result, fit);
  out.end_object();
}

void options_object(Contract& out, const Tree& node) {
  out.json.key("options");
  out.begin_object();
  for (const auto& [key, value] : node.attributes)
    if (key.rfind("choice.", 0) == 0)
      if (const auto* text = std::get_if<std::string>(&value)) out.json.member(key.substr(7), *text);
  out.end_object();
}

void components(Contract& out, const Tree& node) {
  out.json.key("components");
  out.json.begin_array();
  const auto& names = labels(node, "component");
  const std::string suppressed = text_attribute(node, "shares_reason");
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool estimable = integers(node, "estimable")[i] != 0;
    const std::string why = estimable ? Contract::kNotFinite : "not estimable";
    out.begin_object();
    out.json.member("component", names[i]);
    out.number("estimate", numbers(node, "estimate")[i]);
    for (const char* key : {"std_error", "conf_low", "conf_high"})
      out.number(key, estimable ? numbers(node, key)[i] : std::nan(""), why);
    out.number("share", numbers(node, "share")[i],
               !suppressed.empty() ? suppressed
               : additive(node)    ? Contract::kNotFinite
                                   : kNoTotal);
    out.json.member("estimable", estimable);
    if (node.find_array("boot_std_error"))
      for (const char* key : {"boot_std_error", "boot_low", "boot_high", "boot_student_low", "boot_student_high"})
        out.number(key, numbers(node, key)[i], why);
    out.end_object();
  }
  out.json.end_array();
}

void quantity_list(Contract& out, const Tree& node) {
  const std::vector<Quantity> all = quantities(node);
  if (all.empty()) return;
  out.json.key("quantities");
  out.begin_object();
  for (const Quantity& q : all) out.number(q.name, q.value);
  out.end_object();
}

void table_cell(Contract& out, const MethodTable::Column& column, std::size_t row) {
  if (const auto* values = std::get_if<std::vector<double>>(&column.values))
    return out.number(column.name, (*values)[row]);
  if (const auto* whole_numbers = std::get_if<std::vector<std::int64_t>>(&column.values))
    return out.json.member(column.name, (*whole_numbers)[row]);
  out.json.member(column.name, std::get<std::vector<std::string>>(column.values)[row]);
}

// "tables": {"benchmark": [{"benchmark": "z", "strength": 1, ...}, ...]}
void tables(Contract& out, const Tree& node) {
  const std::vector<MethodTable> all = method_tables(node);
  if (all.empty()) return;
  out.json.key("tables");
  out.begin_object();
  for (const MethodTable& table : all) {
    out.json.key(table.name);
    out.json.begin_array();
    const auto& rows = labels(node, table.axis->name);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      out.begin_object();
      out.json.member(table.axis->name, rows[i]);
      for (const MethodTable::Column& column : table.columns) table_cell(out, column, i);
      out.end_object();
    }
    out.json.end_array();
  }
  out.end_object();
}

void decomposition_object(Contract& out, const Tree& node) {
  out.begin_object();
  out.json.member("method", text_attribute(node, "method"));
  options_object(out, node);
  components(out, node);
  out.json.key("total");
  out.begin_object();
  const std::string no_total = additive(node) ? Contract::kNotFinite : kNoTotal;
  out.number("estimate", scalar(node, "total"), no_total);
  out.number("std_error", scalar(node, "total_std_error"), additive(node) ? "not estimable" : kNoTotal);
  out.end_object();
  out.number("closure_error", scalar(node, "closure_error"), no_total);
  out.matrix("covariance", numbers(node, "covariance"), labels(node, "component").size(),
             "not estimable for some components");
  for (const char* key : {"call", "question", "unit", "frame"}) out.json.member(key, text_attribute(node, key));
  unidentified(out, "not_identified", node);
  if (const std::string reason = text_attribute(node, "shares_reason"); !reason.empty())
    out.json.member("shares_suppressed", reason);
  for (const char* key : {"explained_within", "explained_total"})
    if (node.find_array(key)) out.number(key, scalar(node, key));
  quantity_list(out, node);
  tables(out, node);
  out.json.key("warnings");
  out.json.begin_array();
  warnings_of(out, node, "note");
  out.json.end_array();
  out.end_object();
}

void decomposed_fit(Contract& out, const Tree& result, const Tree& fit) {
  out.begin_object();
  out.json.member("schema", "headwater.decomposition/1");
  out.json.key("fit");
  fit_object(out, result, fit);
  out.json.key("decompositions");
  out.json.begin_array();
  if (const Tree* all = result.find_child("decompositions"))
    if (const Tree* own = all->find_child(fit.name))
      for (const Tree& node : own->children) decomposition_object(out, node);
  out.json.end_array();
  out.end_object();
}

template <class Write>
std::string one_or_many(const Tree& result, const char* schema, const char* list, const Write& write) {
  Contract out;
  const Tree* fits = result.find_child("fits");
  if (fits && fits->children.size() == 1) {
    write(out, fits->children.front());
  } else {
    out.begin_object();
    out.json.member("schema", schema);
    out.json.key(list);
    out.json.begin_array();
    if (fits)
      for (const Tree& fit : fits->children) write(out, fit);
    out.json.end_array();
    out.end_object();
  }
  return out.json.text() + "\n";
}

template <class Value>
void optional_member(JsonWriter& json, const char* key, const std::optional<Value>& value) {
  json.key(key);
  if (value)
    json.value(*value);
  else
    json.null();
}

}  // namespace

std::string fits_json(const Tree& result) {
  return one_or_many(result, "headwater.fits/1", "fits",
                     [&](Contract& out, const Tree& fit) { fit_object(out, result, fit); });
}

std::string decompositions_json(const Tree& result) {
  return one_or_many(result, "headwater.decompositions/1", "results",
                     [&](Contract& out, const Tree& fit) { decomposed_fit(out, result, fit); });
}

std::string error_json(const Error& error) {
  JsonWriter json;
  json.begin_object();
  json.member("schema", "headwater.error/1");
  json.member("kind", name(error.kind()));
  json.member("code", error.code());
  json.member("message", error.message());
  optional_member(json, "file", error.place().file);
  optional_member(json, "row", error.place().row);
  optional_member(json, "column", error.place().column);
  json.end_object();
  return json.text() + "\n";
}

}  // namespace headwater
