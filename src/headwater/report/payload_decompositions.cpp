// Decompositions: components, what a method adds, and the cells behind them.
#include <algorithm>
#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/core/text.hpp"
#include "headwater/report/cells.hpp"
#include "headwater/report/grids.hpp"
#include "headwater/report/payload_parts.hpp"

namespace headwater {
namespace {

// A table with a row of fewer than kLeastUnits units is not published, none of its columns.
bool counts_few_units(const Tree& node, const LabelledArray& array) {
  return std::any_of(node.arrays.begin(), node.arrays.end(), [&](const LabelledArray& other) {
    const auto* counts = std::get_if<std::vector<std::int64_t>>(&other.values);
    if (!counts || other.unit != "units" || other.dims.empty() || other.dims != array.dims) return false;
    return std::any_of(counts->begin(), counts->end(), [](std::int64_t units) { return units < kLeastUnits; });
  });
}

// What a method adds beyond components: paths over time, groups, explained variance. The pieces of the covariance stay
// in the result file.
bool drawn(const PayloadContext& c, const Tree& node, const LabelledArray& array) {
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
                                                  "total_conf_low",
                                                  "total_conf_high",
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
  if (counts_few_units(node, array)) return false;
  const auto* words = std::get_if<std::vector<std::string>>(&array.values);
  return !words ||
         std::none_of(words->begin(), words->end(), [&](const std::string& w) { return c.units.stands_in(w); });
}

// The cells behind a decomposition, for the fit that the report is about: a ratio, or a fit that stands alone.
void cells_of(PayloadContext& c, const Tree& node) {
  const Tree* fits = c.result.find_child("fits");
  const Tree* fit = fits ? fits->find_child(text_attribute(node, "fit")) : nullptr;
  if (!has_cells(node) || !fit || !fit->find_array("vcov")) return;
  const std::string role = text_attribute(*fit, "role");
  if (role == "activity" || role == "resource") return;
  over_time_part(c.out, node, *fit, c.audience);
  if (!c.publish()) cells_part(c.out, node);
}

void driver_sum_part(PayloadContext& c, const Tree& node) {
  const std::optional<PartSum> sum = driver_sum(c.result, node);
  if (!sum) return;
  c.out.json.key("driver_sum");
  c.out.json.begin_object();
  for (const auto& [key, value] : {std::pair("estimate", sum->estimate), std::pair("std_error", sum->std_error),
                                   std::pair("low", sum->low), std::pair("high", sum->high)})
    c.out.json.member(key, value);
  c.out.json.end_object();
}

void decomposition_part(PayloadContext& c, const Tree& node) {
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
  c.out.columns(node, {"component", "estimate", "std_error", "conf_low", "conf_high", "share", "percent", "estimable",
                       "total", "total_std_error", "total_conf_low", "total_conf_high", "closure_error", "tolerance",
                       "df", "factor", "unidentified", "unidentified_because"});
  c.out.columns(node, {"note_message"});
  driver_sum_part(c, node);
  cells_of(c, node);
  c.out.json.key("extras");
  c.out.json.begin_array();
  for (const LabelledArray& array : node.arrays)
    if (drawn(c, node, array)) c.out.array(node, array);
  c.out.json.end_array();
  c.out.json.end_object();
}

}  // namespace

bool shown_decomposition(const PayloadContext& c, const Tree& node) {
  if (!c.publish()) return true;
  const Tree* fits = c.result.find_child("fits");
  const Tree* fit = fits ? fits->find_child(text_attribute(node, "fit")) : nullptr;
  if ((fit && !shown_fit(c, *fit)) || c.units.make_decomposition(node)) return false;
  const auto units = parse_number(text_attribute(node, "choice.units"));
  return !units || *units >= kLeastUnits;
}

std::optional<PartSum> driver_sum(const Tree& result, const Tree& node) {
  const Tree* fits = result.find_child("fits");
  const Tree* fit = fits ? fits->find_child(text_attribute(node, "fit")) : nullptr;
  if (!fit || !fit->find_array("driver") || !additive(node) || !node.find_array("covariance") || !node.find_array("df"))
    return std::nullopt;
  const auto &names = labels(node, "component"), &drivers = texts(*fit, "driver");
  std::vector<std::size_t> own;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!names[i].empty() && std::find(drivers.begin(), drivers.end(), names[i]) != drivers.end()) own.push_back(i);
  if (own.empty()) return std::nullopt;
  double sum = 0, variance = 0;
  for (const std::size_t i : own) {
    sum += numbers(node, "estimate")[i];
    for (const std::size_t j : own) variance += numbers(node, "covariance")[i * names.size() + j];
  }
  const double reach = student_quantile(0.5 + number_attribute(node, "level") / 2, scalar(node, "df"));
  const double error = variance >= 0 ? std::sqrt(variance) : std::nan("");
  return PartSum{sum, error, sum - reach * error, sum + reach * error};
}

void decompositions_part(PayloadContext& c) {
  c.out.json.key("decompositions");
  c.out.json.begin_array();
  if (const Tree* all = c.result.find_child("decompositions"))
    for (const Tree& fit : all->children)
      for (const Tree& node : fit.children) {
        if (shown_decomposition(c, node))
          decomposition_part(c, node);
        else
          ++c.left_out;
      }
  c.out.json.end_array();
}

}  // namespace headwater
