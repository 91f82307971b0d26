// Decompositions: the parts of one with intervals and shares, a group a row, or a triplet side by side.
#include <algorithm>
#include <cmath>

#include "headwater/core/text.hpp"
#include "headwater/report/grids.hpp"

namespace headwater {
namespace {

bool any_finite(const std::vector<double>& values) {
  return std::any_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

GridCell estimate_cell(const Tree& node, std::size_t i) {
  if (zero_part(node, i)) return {"0", 0};
  const double value = numbers(node, "estimate")[i];
  return {integers(node, "estimable")[i] ? shown(value, numbers(node, "std_error")[i]) : shown(value), value};
}

GridCell error_cell(const Tree& node, std::size_t i) {
  if (zero_part(node, i)) return "";
  const double error = numbers(node, "std_error")[i];
  return integers(node, "estimable")[i] ? GridCell(shown(error, error), error) : GridCell("not estimable");
}

GridCell bound_cell(const Tree& node, const char* bound, std::size_t i) {
  if (zero_part(node, i) || !integers(node, "estimable")[i]) return "";
  const double value = numbers(node, bound)[i];
  return {shown(value, numbers(node, "std_error")[i]), value};
}

GridCell total_cell(const Tree& node) {
  const double total = scalar(node, "total");
  return {shown(total, scalar(node, "total_std_error")), total};
}

GridCell total_error(const Tree& node) {
  const double error = scalar(node, "total_std_error");
  return std::isfinite(error) ? GridCell(shown(error, error), error) : GridCell("not estimable");
}

GridCell bracketed(GridCell cell) {
  if (!cell.text.empty()) cell.text = "(" + cell.text + ")";
  return cell;
}

void add_total(Grid& grid, const Tree& node, bool percent, bool share) {
  if (!additive(node)) return;
  double sum = 0;
  for (const double value : numbers(node, "percent")) sum += value;
  const double error = scalar(node, "total_std_error");
  const auto bound = [&](const char* name) {
    const double value = scalar(node, name);
    return std::isfinite(value) ? GridCell(shown(value, error), value) : GridCell("");
  };
  GridRow row{{"total", total_cell(node), total_error(node), bound("total_conf_low"), bound("total_conf_high")}};
  if (percent) row.cells.emplace_back(shown(sum), sum);
  if (share) row.cells.emplace_back("100 %", 1);
  row.rule = true;
  grid.rows.push_back(std::move(row));
}

bool any_text(const GridRow& row) {
  return std::any_of(row.cells.begin(), row.cells.end(), [](const GridCell& cell) { return !cell.text.empty(); });
}

}  // namespace

bool additive(const Tree& node) { return !node.find_attribute("additive") || number_attribute(node, "additive") != 0; }

bool zero_part(const Tree& node, std::size_t i) {
  if (!additive(node)) return false;
  const double rounding = scalar(node, "tolerance");
  return std::abs(numbers(node, "estimate")[i]) <= rounding && !(numbers(node, "std_error")[i] > 1e6 * rounding);
}

std::size_t groups_at(const std::vector<Tree>& nodes, std::size_t from) {
  if (!nodes[from].find_attribute("choice.group")) return 0;
  std::size_t to = from;
  while (to < nodes.size() && text_attribute(nodes[to], "call") == text_attribute(nodes[from], "call")) ++to;
  return to - from;
}

std::vector<const Tree*> triplet_at(const Tree& result, const Tree& all, std::size_t fit) {
  const Tree* fits = result.find_child("fits");
  std::vector<const Tree*> members;
  for (std::size_t i = 0; fits && i < 3 && fit + i < all.children.size(); ++i) {
    const Tree* own = fits->find_child(all.children[fit + i].name);
    const char* wanted[] = {"activity", "resource", "ratio"};
    if (own && text_attribute(*own, "role") == wanted[i] &&
        all.children[fit + i].children.size() == all.children[fit].children.size())
      members.push_back(&all.children[fit + i]);
  }
  return members.size() == 3 ? members : std::vector<const Tree*>{};
}

Grid parts_grid(const Tree& node) {
  const auto& names = labels(node, "component");
  const auto &share = numbers(node, "share"), &percent = numbers(node, "percent");
  const bool any_percent = any_finite(percent), any_share = any_finite(share);
  Grid grid;
  grid.column(additive(node) ? "component" : "item", Align::left);
  for (const char* heading : {"estimate", "std. error", "low", "high"}) grid.column(heading, Align::decimal);
  if (any_percent) grid.column("per cent", Align::decimal);
  if (any_share) grid.column("share", Align::decimal);
  for (std::size_t i = 0; i < names.size(); ++i) {
    GridRow row{{names[i], estimate_cell(node, i), error_cell(node, i), bound_cell(node, "conf_low", i),
                 bound_cell(node, "conf_high", i)}};
    const bool zero = zero_part(node, i);
    if (any_percent) row.cells.push_back(zero ? GridCell("0", 0) : GridCell(shown(percent[i]), percent[i]));
    if (any_share) row.cells.push_back(zero ? GridCell("0 %", 0) : GridCell(shown_percent(share[i]), share[i]));
    grid.rows.push_back(std::move(row));
  }
  for (const std::string& name : labels(node, "unidentified")) grid.rows.push_back({{name, "not identified"}});
  add_total(grid, node, any_percent, any_share);
  return grid;
}

Grid group_grid(const std::vector<Tree>& nodes, std::size_t from, std::size_t count) {
  Grid grid;
  grid.column(text_attribute(nodes[from], "choice.by"), Align::left);
  for (const std::string& part : labels(nodes[from], "component")) grid.column(part, Align::decimal);
  grid.column("total", Align::decimal);
  for (std::size_t g = from; g < from + count; ++g) {
    const Tree& node = nodes[g];
    const std::string group = text_attribute(node, "choice.group");
    GridRow values{{group}}, errors{{""}, "standard error of " + group};
    for (std::size_t i = 0; i < labels(node, "component").size(); ++i) {
      values.cells.push_back(estimate_cell(node, i));
      errors.cells.push_back(bracketed(error_cell(node, i)));
    }
    values.cells.push_back(total_cell(node));
    errors.cells.push_back(bracketed(total_error(node)));
    grid.rows.push_back(std::move(values));
    grid.rows.push_back(std::move(errors));
  }
  return grid;
}

Grid triplet_grid(const std::vector<const Tree*>& nodes) {
  Names names;
  for (const Tree* node : nodes)
    for (const std::string& name : labels(*node, "component"))
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  Grid grid;
  grid.column("component", Align::left);
  for (const char* role : {"activity", "resource", "ratio"}) grid.column(role, Align::decimal);
  for (const std::string& name : names) {
    GridRow values{{name}}, errors{{""}, "standard error of " + name};
    for (const Tree* node : nodes) {
      const auto& own = labels(*node, "component");
      const auto i = static_cast<std::size_t>(std::find(own.begin(), own.end(), name) - own.begin());
      values.cells.push_back(i < own.size() ? estimate_cell(*node, i) : "");
      errors.cells.push_back(i < own.size() ? bracketed(error_cell(*node, i)) : "");
    }
    grid.rows.push_back(std::move(values));
    if (any_text(errors)) grid.rows.push_back(std::move(errors));
  }
  GridRow values{{"total"}, "", true}, errors{{""}, "standard error of the total"};
  for (const Tree* node : nodes) {
    values.cells.push_back(total_cell(*node));
    errors.cells.push_back(bracketed(total_error(*node)));
  }
  grid.rows.push_back(std::move(values));
  grid.rows.push_back(std::move(errors));
  return grid;
}

std::string explained_note(const Tree& node) {
  if (!node.find_array("explained_total")) return "";
  const std::string total = shown_percent(scalar(node, "explained_total"));
  const std::string within = node.find_array("explained_within")
                                 ? shown_percent(scalar(node, "explained_within")) +
                                       " of the variance within the effects and " + total + " of the total variance"
                                 : total + " of the variance";
  return "Before any share: the drivers explain " + within + " of the outcome.";
}

std::string frame_note(const Tree& node) {
  std::string words = "In " + text_attribute(node, "unit") + ". Uncertainty: " + text_attribute(node, "frame") + ".";
  if (additive(node))
    words += " Parts sum to the total, computed apart, to " + significant(scalar(node, "closure_error"), 2) + ".";
  return words;
}

std::vector<std::string> decomposition_notes(const Tree& node) {
  std::vector<std::string> notes, parts;
  for (const auto& [key, value] : node.attributes)
    if (key.rfind("choice.", 0) == 0)
      if (const auto* text = std::get_if<std::string>(&value)) parts.push_back(key.substr(7) + " = " + *text);
  if (!parts.empty()) notes.push_back("Choices: " + joined(parts, ", ") + ".");
  for (const std::string& message : texts(node, "note_message")) notes.push_back("Note: " + message + ".");
  return notes;
}

std::string no_shares_note(const Tree& node) {
  const std::string reason = text_attribute(node, "shares_reason");
  return reason.empty() ? "" : "No shares: " + reason + ".";
}

}  // namespace headwater
