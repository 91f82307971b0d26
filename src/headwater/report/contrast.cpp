#include "headwater/report/contrast.hpp"

#include <cmath>

#include "headwater/core/json.hpp"
#include "headwater/core/text.hpp"
#include "headwater/report/layout.hpp"

namespace headwater {
namespace {

constexpr const char* kNumbers[] = {"estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high"};

}  // namespace

std::string contrast_text(const Tree& tree) {
  const double estimate = scalar(tree, "estimate"), error = scalar(tree, "std_error"), df = scalar(tree, "df"),
               level = number_attribute(tree, "level");
  std::string out = heading(text_attribute(tree, "hypothesis"));
  TextTable table;
  table.column("", Align::left);
  for (const char* name : {"estimate", "std. error", "low", "high", "t"}) table.column(name, Align::decimal);
  table.column("p", Align::right);
  table.row({"difference", shown(estimate, error), shown(error, error), shown(scalar(tree, "conf_low"), error),
             shown(scalar(tree, "conf_high"), error), significant(scalar(tree, "statistic"), 3),
             shown_p(scalar(tree, "p_value"))});
  out += table.text();
  const std::string unit = text_attribute(tree, "unit");
  out += wrapped("In " + (unit == "1" ? std::string("shares") : unit) + ", interval at " + shown_percent(level) + ", " +
                 (std::isfinite(df) ? significant(df, 6) + " degrees of freedom" : std::string("normal distribution")) +
                 ". One joint covariance by " + text_attribute(tree, "rule") + ".");
  for (const std::string& message : texts(tree, "note_message")) out += wrapped("Note: " + message + ".", 2);
  return out;
}

std::string contrast_json(const Tree& tree, const std::string& version) {
  JsonWriter json;
  json.begin_object();
  json.member("schema", "headwater.contrast/1");
  json.member("version", version);
  for (const char* key : {"contrast", "hypothesis", "rule", "unit"}) json.member(key, text_attribute(tree, key));
  json.member("level", number_attribute(tree, "level"));
  for (const char* key : kNumbers) json.member(key, scalar(tree, key));
  json.key("parts");
  json.begin_array();
  for (std::size_t i = 0; i < labels(tree, "part").size(); ++i) {
    json.begin_object();
    json.member("decomposition", texts(tree, "part_decomposition")[i]);
    json.member("component", texts(tree, "part_component")[i]);
    json.member("weight", numbers(tree, "part_weight")[i]);
    json.end_object();
  }
  json.end_array();
  json.key("warnings");
  json.begin_array();
  const auto warn = [&](const std::string& code, const std::string& message) {
    json.begin_object();
    json.member("code", code);
    json.member("message", message);
    json.end_object();
  };
  for (std::size_t i = 0; i < texts(tree, "note_code").size(); ++i)
    warn(texts(tree, "note_code")[i], texts(tree, "note_message")[i]);
  for (const char* key : kNumbers)
    if (!std::isfinite(scalar(tree, key)))
      warn("json.undefined", std::string(key) + " is not a finite number and is written as null");
  json.end_array();
  json.end_object();
  return json.text() + "\n";
}

}  // namespace headwater
