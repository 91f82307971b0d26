#include "headwater/report/contrast.hpp"

#include <cmath>

#include "headwater/core/text.hpp"
#include "headwater/report/contract.hpp"
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
  Contract out;
  out.begin_object();
  out.json.member("schema", "headwater.contrast/1");
  out.json.member("version", version);
  for (const char* key : {"contrast", "hypothesis", "rule", "unit"}) out.json.member(key, text_attribute(tree, key));
  out.json.member("level", number_attribute(tree, "level"));
  for (const char* key : kNumbers)
    out.number(key, scalar(tree, key),
               std::string_view(key) == "df" ? "infinite: the normal distribution" : Contract::kNotFinite);
  out.json.key("parts");
  out.json.begin_array();
  for (std::size_t i = 0; i < labels(tree, "part").size(); ++i) {
    out.begin_object();
    out.json.member("decomposition", texts(tree, "part_decomposition")[i]);
    out.json.member("component", texts(tree, "part_component")[i]);
    out.json.member("weight", numbers(tree, "part_weight")[i]);
    out.end_object();
  }
  out.json.end_array();
  write_warnings(out, tree);
  out.end_object();
  return out.json.text() + "\n";
}

}  // namespace headwater
