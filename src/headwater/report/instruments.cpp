#include "headwater/report/instruments.hpp"

#include <cmath>

#include "headwater/report/cells.hpp"
#include "headwater/report/layout.hpp"

namespace headwater {
namespace {

std::string strength_text(const Tree& node) {
  std::string text =
      "Kleibergen-Paap F " + shown(scalar(node, "rk_f")) + ", Cragg-Donald F " + shown(scalar(node, "cragg_donald_f"));
  if (const double effective = scalar(node, "effective_f"); std::isfinite(effective))
    text += ", effective F " + shown(effective) +
            " (10 % of the worst bias: " + shown(scalar(node, "effective_f_critical")) + ")";
  const double kappa = scalar(node, "kappa");
  return text + (kappa == 1 ? "" : ", k " + shown(kappa)) + ".";
}

}  // namespace

std::string weak_instruments(const Tree& fit) {
  const Tree* node = fit.find_child("instruments");
  return node ? text_attribute(*node, "weak") : "";
}

std::string first_stages_text(const Tree& fit) {
  const Tree* node = fit.find_child("instruments");
  if (!node) return "";
  TextTable table;
  table.column("first stage of", Align::left);
  table.column("term", Align::left);
  for (const char* name : {"estimate", "std. error", "t"}) table.column(name, Align::decimal);
  table.column("p", Align::right);
  const auto &endogenous = texts(*node, "stage_endogenous"), &terms = texts(*node, "stage_term");
  const auto &b = numbers(*node, "stage_estimate"), &se = numbers(*node, "stage_std_error"),
             &t = numbers(*node, "stage_statistic"), &p = numbers(*node, "stage_p_value");
  for (std::size_t i = 0; i < terms.size(); ++i)
    table.row({i > 0 && endogenous[i] == endogenous[i - 1] ? "" : endogenous[i], terms[i], shown(b[i], se[i]),
               shown(se[i], se[i]), shown(t[i]), shown_p(p[i])});
  return "\n" + table.text() + wrapped("Instruments: " + strength_text(*node), 2);
}

void instruments_object(Contract& out, const Tree& fit) {
  const Tree* node = fit.find_child("instruments");
  if (!node) return;
  out.json.key("instruments");
  out.begin_object();
  out.json.member("weak", text_attribute(*node, "weak"));
  for (const char* key : {"cragg_donald_f", "rk_lm", "rk_wald", "rk_df", "rk_f", "kappa"})
    out.number(key, scalar(*node, key));
  for (const char* key : {"effective_f", "effective_f_critical"})
    out.number(key, scalar(*node, key), "defined for one endogenous regressor");
  out.json.key("first_stages");
  out.json.begin_array();
  const auto& terms = texts(*node, "stage_term");
  for (std::size_t i = 0; i < terms.size(); ++i) {
    out.begin_object();
    out.json.member("endogenous", texts(*node, "stage_endogenous")[i]);
    out.json.member("term", terms[i]);
    for (const char* key : {"estimate", "std_error", "statistic", "p_value"})
      out.number(key, numbers(*node, std::string("stage_") + key)[i]);
    out.end_object();
  }
  out.json.end_array();
  out.end_object();
}

}  // namespace headwater
