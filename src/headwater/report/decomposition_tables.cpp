#include <cmath>

#include "headwater/core/text.hpp"
#include "headwater/report/layout.hpp"
#include "headwater/report/tables.hpp"

namespace headwater {
namespace {

double scalar(const Tree& tree, const char* name) { return numbers(tree, name).front(); }

std::string explained_text(const Tree& node) {
  if (!node.find_array("explained_within") || !node.find_array("explained_total")) return "";
  return wrapped("Before any share: the drivers explain " + shown_percent(scalar(node, "explained_within")) +
                 " of the variance within units and " + shown_percent(scalar(node, "explained_total")) +
                 " of the total variance of the outcome.");
}

std::string table_text(const Tree& node) {
  const auto& names = labels(node, "component");
  const auto &b = numbers(node, "estimate"), &se = numbers(node, "std_error"), &low = numbers(node, "conf_low"),
             &high = numbers(node, "conf_high"), &share = numbers(node, "share"), &percent = numbers(node, "percent");
  const auto& estimable = integers(node, "estimable");
  bool any_percent = false, any_share = false;
  for (std::size_t i = 0; i < names.size(); ++i) {
    any_percent |= std::isfinite(percent[i]);
    any_share |= std::isfinite(share[i]);
  }
  TextTable table;
  using Align = TextTable::Align;
  table.column("component", Align::left);
  table.column("estimate", Align::decimal);
  table.column("std. error", Align::decimal);
  table.column("low", Align::decimal);
  table.column("high", Align::decimal);
  if (any_percent) table.column("per cent", Align::decimal);
  if (any_share) table.column("share", Align::decimal);
  const auto row = [&](const std::string& name, std::vector<std::string> cells, double own_percent,
                       const std::string& own_share) {
    cells.insert(cells.begin(), name);
    if (any_percent) cells.push_back(shown(own_percent));
    if (any_share) cells.push_back(own_share);
    table.row(std::move(cells));
  };
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (estimable[i])
      row(names[i], {shown(b[i], se[i]), shown(se[i], se[i]), shown(low[i], se[i]), shown(high[i], se[i])}, percent[i],
          shown_percent(share[i]));
    else
      row(names[i], {shown(b[i]), "not estimable", "", ""}, percent[i], shown_percent(share[i]));
  }
  for (const std::string& name : labels(node, "unidentified")) table.row({name, "not identified"});
  table.rule();
  const double total = scalar(node, "total"), total_se = scalar(node, "total_std_error");
  double total_percent = 0;
  for (const double value : percent) total_percent += value;
  row("total", {shown(total, total_se), std::isfinite(total_se) ? shown(total_se, total_se) : "not estimable", "", ""},
      total_percent, any_share ? "100 %" : "");
  return table.text();
}

std::string choices_text(const Tree& node) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : node.attributes)
    if (key.rfind("choice.", 0) == 0)
      if (const auto* text = std::get_if<std::string>(&value)) parts.push_back(key.substr(7) + " = " + *text);
  return parts.empty() ? "" : wrapped("Choices: " + joined(parts, ", ") + ".", 2);
}

}  // namespace

std::string decomposition_tables(const Tree& result) {
  const Tree* all = result.find_child("decompositions");
  if (!all) return "";
  std::string out;
  for (const Tree& fit : all->children)
    for (const Tree& node : fit.children) {
      out += heading(text_attribute(node, "method") + " (" + fit.name + ")");
      out += wrapped(text_attribute(node, "question"));
      out += explained_text(node) + "\n" + table_text(node);
      out += wrapped("In " + text_attribute(node, "unit") + ". Uncertainty: " + text_attribute(node, "frame") +
                     ". Parts sum to the total, computed apart, to " + significant(scalar(node, "closure_error"), 2) +
                     ".");
      if (const std::string reason = text_attribute(node, "shares_reason"); !reason.empty())
        out += wrapped("No shares: " + reason + ".");
      out += choices_text(node);
      for (const std::string& message : texts(node, "note_message")) out += wrapped("Note: " + message + ".", 2);
    }
  return out;
}

}  // namespace headwater
