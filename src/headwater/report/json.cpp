#include "headwater/report/json.hpp"

#include <cmath>

#include "headwater/core/json.hpp"
#include "headwater/core/text.hpp"
#include "headwater/report/decomposition_extras.hpp"

namespace headwater {
namespace {

// Writes numbers and remembers the names of those that are not finite.
class Contract {
 public:
  JsonWriter json;

  void number(std::string_view name, double value, const std::string& label) {
    if (!std::isfinite(value)) undefined_.push_back(label);
    json.member(name, value);
  }
  void element(double value, const std::string& label) {
    if (!std::isfinite(value)) undefined_.push_back(label);
    json.value(value);
  }
  const std::vector<std::string>& undefined() const { return undefined_; }
  void forget() { undefined_.clear(); }

 private:
  std::vector<std::string> undefined_;
};

std::int64_t whole(const Tree& tree, const char* key) { return static_cast<std::int64_t>(number_attribute(tree, key)); }

void terms(Contract& out, const Tree& fit) {
  out.json.key("terms");
  out.json.begin_array();
  const auto& names = labels(fit, "term");
  for (std::size_t i = 0; i < names.size(); ++i) {
    out.json.begin_object();
    out.json.member("term", names[i]);
    for (const char* key : {"estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high", "mde"})
      out.number(key, numbers(fit, key)[i], std::string(key) + " of " + names[i]);
    out.json.end_object();
  }
  out.json.end_array();
}

void matrix(Contract& out, const std::vector<double>& values, const std::vector<std::string>& names,
            const std::string& label) {
  const std::size_t k = names.size();
  out.json.begin_array();
  for (std::size_t i = 0; i < k; ++i) {
    out.json.begin_array();
    for (std::size_t j = 0; j < k; ++j) out.element(values[i * k + j], label + " of " + names[i] + " and " + names[j]);
    out.json.end_array();
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
  out.json.begin_object();
  out.json.member("type", text_attribute(fit, "covariance_type"));
  out.json.member("profile", text_attribute(fit, "profile"));
  name_list(out, "names", names);
  out.json.key("matrix");
  matrix(out, numbers(fit, "vcov"), names, "vcov");
  out.number("df", scalar(fit, "df"), "df (infinite: the normal distribution)");
  out.json.member("arithmetic", text_attribute(fit, "arithmetic"));
  out.json.key("clusters");
  out.json.begin_array();
  const auto& clusters = labels(fit, "cluster");
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    out.json.begin_object();
    out.json.member("name", clusters[i]);
    out.json.member("count", integers(fit, "cluster_count")[i]);
    out.json.end_object();
  }
  out.json.end_array();
  out.json.end_object();
}

void effects(Contract& out, const Tree& fit) {
  out.json.key("effects");
  out.json.begin_array();
  const auto& names = labels(fit, "effect");
  for (std::size_t i = 0; i < names.size(); ++i) {
    out.json.begin_object();
    out.json.member("name", names[i]);
    out.json.member("levels", integers(fit, "effect_columns")[i]);
    out.json.member("redundant", integers(fit, "effect_redundant")[i]);
    out.json.end_object();
  }
  out.json.end_array();
  out.json.member("effects_rank", static_cast<std::int64_t>(scalar(fit, "effects_rank")));
}

void unidentified(Contract& out, const char* key, const Tree& node) {
  out.json.key(key);
  out.json.begin_array();
  const auto& names = labels(node, "unidentified");
  const auto& because = texts(node, "unidentified_because");
  for (std::size_t i = 0; i < names.size(); ++i) {
    out.json.begin_object();
    out.json.member("term", names[i]);
    name_list(out, "because", split(because[i], ';'));
    out.json.end_object();
  }
  out.json.end_array();
}

void sample(Contract& out, const Tree& fit) {
  out.json.key("sample");
  out.json.begin_object();
  out.json.member("rows_read", whole(fit, "rows_read"));
  out.json.member("rows_used", whole(fit, "rows_used"));
  out.json.key("dropped");
  out.json.begin_array();
  const auto& reasons = labels(fit, "sample_reason");
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    out.json.begin_object();
    out.json.member("reason", reasons[i]);
    out.json.member("rows", integers(fit, "sample_rows")[i]);
    out.json.end_object();
  }
  out.json.end_array();
  unidentified(out, "columns_dropped", fit);
  out.json.end_object();
}

void warning(Contract& out, const std::string& code, const std::string& message) {
  out.json.begin_object();
  out.json.member("code", code);
  out.json.member("message", message);
  out.json.end_object();
}

void warnings_of(Contract& out, const Tree& node, const char* prefix) {
  const std::string codes = std::string(prefix) + "_code", messages = std::string(prefix) + "_message";
  if (!node.find_array(codes)) return;
  for (std::size_t i = 0; i < texts(node, codes).size(); ++i)
    warning(out, texts(node, codes)[i], texts(node, messages)[i]);
}

void undefined_numbers(Contract& out) {
  for (const std::string& what : out.undefined())
    warning(out, "json.undefined", what + " is not a finite number and is written as null");
  out.forget();
}

void warnings(Contract& out, const Tree& result, const Tree& fit) {
  out.json.key("warnings");
  out.json.begin_array();
  if (const Tree* data = result.find_child("data")) warnings_of(out, *data, "data_note");
  warnings_of(out, fit, "note");
  undefined_numbers(out);
  out.json.end_array();
}

void failed_fit(Contract& out, const Tree& fit) {
  out.json.member("status", text_attribute(fit, "status"));
  out.json.key("error");
  out.json.begin_object();
  out.json.member("kind", text_attribute(fit, "error_kind"));
  out.json.member("code", text_attribute(fit, "error_code"));
  out.json.member("message", text_attribute(fit, "error_message"));
  out.json.end_object();
}

void fit_object(Contract& out, const Tree& result, const Tree& fit) {
  out.json.begin_object();
  out.json.member("schema", "headwater.fit/1");
  out.json.member("version", text_attribute(result, "program_version"));
  out.json.member("estimator", text_attribute(fit, "estimator"));
  out.json.member("outcome", text_attribute(fit, "outcome"));
  if (fit.find_attribute("error_message")) {
    failed_fit(out, fit);
    out.json.end_object();
    return;
  }
  out.json.member("nobs", whole(fit, "nobs"));
  out.json.member("status", text_attribute(fit, "status"));
  terms(out, fit);
  vcov(out, fit);
  out.json.member("df_residual", whole(fit, "df_residual"));
  for (const char* key : {"sigma2", "r_squared", "r_squared_within", "rss"}) out.number(key, scalar(fit, key), key);
  effects(out, fit);
  unidentified(out, "not_identified", fit);
  sample(out, fit);
  out.json.member("id", fit.name);
  out.json.member("formula", text_attribute(fit, "formula"));
  if (const std::string role = text_attribute(fit, "role"); !role.empty()) out.json.member("role", role);
  if (const Tree* tests = fit.find_child("tests"); tests && !labels(*tests, "test").empty()) {
    out.json.key("tests");
    out.json.begin_array();
    for (std::size_t i = 0; i < labels(*tests, "test").size(); ++i) {
      out.json.begin_object();
      out.json.member("hypothesis", texts(*tests, "hypothesis")[i]);
      out.json.member("distribution", texts(*tests, "distribution")[i]);
      for (const char* key : {"statistic", "p_value"})
        out.number(key, numbers(*tests, key)[i], std::string(key) + " of a test");
      if (std::isfinite(numbers(*tests, "estimate")[i]))
        for (const char* key : {"estimate", "std_error", "mde"})
          out.number(key, numbers(*tests, key)[i], std::string(key) + " of a test");
      out.json.end_object();
    }
    out.json.end_array();
  }
  warnings(out, result, fit);
  out.json.end_object();
}

void options_object(Contract& out, const Tree& node) {
  out.json.key("options");
  out.json.begin_object();
  for (const auto& [key, value] : node.attributes)
    if (key.rfind("choice.", 0) == 0)
      if (const auto* text = std::get_if<std::string>(&value)) out.json.member(key.substr(7), *text);
  out.json.end_object();
}

void components(Contract& out, const Tree& node) {
  out.json.key("components");
  out.json.begin_array();
  const auto& names = labels(node, "component");
  const bool suppressed = !text_attribute(node, "shares_reason").empty();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool estimable = integers(node, "estimable")[i] != 0;
    const std::string of = " of " + names[i] + (estimable ? "" : " (not estimable)");
    out.json.begin_object();
    out.json.member("component", names[i]);
    out.number("estimate", numbers(node, "estimate")[i], "estimate of " + names[i]);
    for (const char* key : {"std_error", "conf_low", "conf_high"})
      out.number(key, estimable ? numbers(node, key)[i] : std::nan(""), key + of);
    out.number("share", numbers(node, "share")[i],
               "share of " + names[i] + (suppressed ? " (shares are suppressed)" : ""));
    out.json.member("estimable", estimable);
    if (node.find_array("boot_std_error"))
      for (const char* key : {"boot_std_error", "boot_low", "boot_high", "boot_student_low", "boot_student_high"})
        out.number(key, numbers(node, key)[i], key + of);
    out.json.end_object();
  }
  out.json.end_array();
}

// "tables": {"benchmark": [{"benchmark": "z", "strength": 1, ...}, ...]}
void tables(Contract& out, const Tree& node) {
  const std::vector<MethodTable> all = method_tables(node);
  if (all.empty()) return;
  out.json.key("tables");
  out.json.begin_object();
  for (const MethodTable& table : all) {
    out.json.key(table.axis->name);
    out.json.begin_array();
    const auto& rows = labels(node, table.axis->name);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      out.json.begin_object();
      out.json.member(table.axis->name, rows[i]);
      for (const LabelledArray* column : table.columns) {
        out.json.key(column_name(table, *column));
        if (const auto* values = std::get_if<std::vector<double>>(&column->values))
          out.element((*values)[i], column->name + " of " + rows[i]);
        else if (const auto* whole_numbers = std::get_if<std::vector<std::int64_t>>(&column->values))
          out.json.value((*whole_numbers)[i]);
        else
          out.json.value(std::get<std::vector<std::string>>(column->values)[i]);
      }
      out.json.end_object();
    }
    out.json.end_array();
  }
  out.json.end_object();
}

void decomposition_object(Contract& out, const Tree& node) {
  out.json.begin_object();
  out.json.member("method", text_attribute(node, "method"));
  options_object(out, node);
  components(out, node);
  out.json.key("total");
  out.json.begin_object();
  out.number("estimate", scalar(node, "total"), "estimate of the total");
  out.number("std_error", scalar(node, "total_std_error"), "std_error of the total");
  out.json.end_object();
  out.number("closure_error", scalar(node, "closure_error"), "closure_error");
  out.json.key("covariance");
  matrix(out, numbers(node, "covariance"), labels(node, "component"), "covariance");
  for (const char* key : {"call", "question", "unit", "frame"}) out.json.member(key, text_attribute(node, key));
  unidentified(out, "not_identified", node);
  if (const std::string reason = text_attribute(node, "shares_reason"); !reason.empty())
    out.json.member("shares_suppressed", reason);
  for (const char* key : {"explained_within", "explained_total"})
    if (node.find_array(key)) out.number(key, scalar(node, key), key);
  tables(out, node);
  out.json.key("warnings");
  out.json.begin_array();
  warnings_of(out, node, "note");
  undefined_numbers(out);
  out.json.end_array();
  out.json.end_object();
}

void decomposed_fit(Contract& out, const Tree& result, const Tree& fit) {
  out.json.begin_object();
  out.json.member("schema", "headwater.decomposition/1");
  out.json.key("fit");
  fit_object(out, result, fit);
  out.json.key("decompositions");
  out.json.begin_array();
  if (const Tree* all = result.find_child("decompositions"))
    if (const Tree* own = all->find_child(fit.name))
      for (const Tree& node : own->children) decomposition_object(out, node);
  out.json.end_array();
  out.json.end_object();
}

template <class Write>
std::string one_or_many(const Tree& result, const char* schema, const char* list, const Write& write) {
  Contract out;
  const Tree* fits = result.find_child("fits");
  if (fits && fits->children.size() == 1) {
    write(out, fits->children.front());
  } else {
    out.json.begin_object();
    out.json.member("schema", schema);
    out.json.key(list);
    out.json.begin_array();
    if (fits)
      for (const Tree& fit : fits->children) write(out, fit);
    out.json.end_array();
    out.json.end_object();
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
