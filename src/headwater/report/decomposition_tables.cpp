// Decompositions as text: the members of a triplet side by side, then the parts of each with intervals and shares.
#include <algorithm>
#include <cmath>

#include "headwater/core/text.hpp"
#include "headwater/report/decomposition_extras.hpp"
#include "headwater/report/layout.hpp"
#include "headwater/report/tables.hpp"

namespace headwater {
namespace {

using Align = TextTable::Align;

double scalar(const Tree& tree, const char* name) { return numbers(tree, name).front(); }
bool additive(const Tree& node) { return !node.find_attribute("additive") || number_attribute(node, "additive") != 0; }
bool any_finite(const std::vector<double>& values) {
  return std::any_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

std::string explained_text(const Tree& node) {
  if (!node.find_array("explained_within") || !node.find_array("explained_total")) return "";
  return wrapped("Before any share: the drivers explain " + shown_percent(scalar(node, "explained_within")) +
                 " of the variance within units and " + shown_percent(scalar(node, "explained_total")) +
                 " of the total variance of the outcome.");
}

// Zero by construction, up to rounding: such a part has neither error nor interval.
bool zero_part(const Tree& node, std::size_t i) {
  if (!additive(node)) return false;
  const double rounding = scalar(node, "tolerance");
  return std::abs(numbers(node, "estimate")[i]) <= rounding && !(numbers(node, "std_error")[i] > 1e6 * rounding);
}

std::string estimate_cell(const Tree& node, std::size_t i) {
  if (zero_part(node, i)) return "0";
  const double value = numbers(node, "estimate")[i];
  return integers(node, "estimable")[i] ? shown(value, numbers(node, "std_error")[i]) : shown(value);
}

std::string error_cell(const Tree& node, std::size_t i) {
  if (zero_part(node, i)) return "";
  const double error = numbers(node, "std_error")[i];
  return integers(node, "estimable")[i] ? shown(error, error) : "not estimable";
}

std::string bound_cell(const Tree& node, const char* bound, std::size_t i) {
  if (zero_part(node, i) || !integers(node, "estimable")[i]) return "";
  return shown(numbers(node, bound)[i], numbers(node, "std_error")[i]);
}

std::string total_error(const Tree& node) {
  const double error = scalar(node, "total_std_error");
  return std::isfinite(error) ? shown(error, error) : "not estimable";
}

void add_total(TextTable& table, const Tree& node, bool percent, bool share) {
  if (!additive(node)) return;
  table.rule();
  double sum = 0;
  for (const double value : numbers(node, "percent")) sum += value;
  std::vector<std::string> cells = {"total", shown(scalar(node, "total"), scalar(node, "total_std_error")),
                                    total_error(node), "", ""};
  if (percent) cells.push_back(shown(sum));
  if (share) cells.emplace_back("100 %");
  table.row(std::move(cells));
}

std::string parts_table(const Tree& node) {
  const auto& names = labels(node, "component");
  const auto &share = numbers(node, "share"), &percent = numbers(node, "percent");
  const bool any_percent = any_finite(percent), any_share = any_finite(share);
  TextTable table;
  table.column(additive(node) ? "component" : "item", Align::left);
  for (const char* heading : {"estimate", "std. error", "low", "high"}) table.column(heading, Align::decimal);
  if (any_percent) table.column("per cent", Align::decimal);
  if (any_share) table.column("share", Align::decimal);
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::vector<std::string> cells = {names[i], estimate_cell(node, i), error_cell(node, i),
                                      bound_cell(node, "conf_low", i), bound_cell(node, "conf_high", i)};
    if (any_percent) cells.push_back(zero_part(node, i) ? "0" : shown(percent[i]));
    if (any_share) cells.push_back(zero_part(node, i) ? "0 %" : shown_percent(share[i]));
    table.row(std::move(cells));
  }
  for (const std::string& name : labels(node, "unidentified")) table.row({name, "not identified"});
  add_total(table, node, any_percent, any_share);
  return table.text();
}

std::string choices_text(const Tree& node) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : node.attributes)
    if (key.rfind("choice.", 0) == 0)
      if (const auto* text = std::get_if<std::string>(&value)) parts.push_back(key.substr(7) + " = " + *text);
  return parts.empty() ? "" : wrapped("Choices: " + joined(parts, ", ") + ".", 2);
}

std::string footer(const Tree& node) {
  std::string words = "In " + text_attribute(node, "unit") + ". Uncertainty: " + text_attribute(node, "frame") + ".";
  if (additive(node))
    words += " Parts sum to the total, computed apart, to " + significant(scalar(node, "closure_error"), 2) + ".";
  std::string out = wrapped(words) + decomposition_extras(node);
  if (const std::string reason = text_attribute(node, "shares_reason"); !reason.empty())
    out += wrapped("No shares: " + reason + ".");
  out += choices_text(node);
  for (const std::string& message : texts(node, "note_message")) out += wrapped("Note: " + message + ".", 2);
  return out;
}

std::string one(const Tree& node, const std::string& fit) {
  return heading(text_attribute(node, "method") + " (" + fit + ")") + wrapped(text_attribute(node, "question")) +
         explained_text(node) + "\n" + parts_table(node) + footer(node);
}

// How many decompositions from `from` on answer one call with by = COLUMN.
std::size_t groups_at(const std::vector<Tree>& nodes, std::size_t from) {
  if (!nodes[from].find_attribute("choice.by")) return 0;
  std::size_t to = from;
  while (to < nodes.size() && text_attribute(nodes[to], "call") == text_attribute(nodes[from], "call")) ++to;
  return to - from;
}

// A row a group, a column a part, errors in brackets under the estimates.
std::string by_group(const std::vector<Tree>& nodes, std::size_t from, std::size_t count, const std::string& fit) {
  const Tree& first = nodes[from];
  const std::string column = text_attribute(first, "choice.by");
  TextTable table;
  table.column(column, Align::left);
  for (const std::string& part : labels(first, "component")) table.column(part, Align::decimal);
  table.column("total", Align::decimal);
  for (std::size_t g = from; g < from + count; ++g) {
    const Tree& node = nodes[g];
    std::vector<std::string> values = {text_attribute(node, "choice.group")}, errors = {""};
    for (std::size_t i = 0; i < labels(node, "component").size(); ++i) {
      values.push_back(estimate_cell(node, i));
      const std::string error = error_cell(node, i);
      errors.push_back(error.empty() ? "" : "(" + error + ")");
    }
    values.push_back(shown(scalar(node, "total"), scalar(node, "total_std_error")));
    errors.push_back("(" + total_error(node) + ")");
    table.row(std::move(values));
    table.row(std::move(errors));
  }
  return heading(text_attribute(first, "method") + " by " + column + " (" + fit + ")") + table.text() +
         wrapped("In " + text_attribute(first, "unit") +
                 ", standard errors in brackets. Uncertainty: " + text_attribute(first, "frame") + ".");
}

// Activity, resource and ratio of one model: what its drivers do to each.
std::string side_by_side(const std::vector<const Tree*>& nodes, const std::vector<std::string>& roles) {
  Names names;
  for (const Tree* node : nodes)
    for (const std::string& name : labels(*node, "component"))
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  TextTable table;
  table.column("component", Align::left);
  for (const std::string& role : roles) table.column(role, Align::decimal);
  for (const std::string& name : names) {
    std::vector<std::string> values = {name}, errors = {""};
    for (const Tree* node : nodes) {
      const auto& own = labels(*node, "component");
      const auto i = static_cast<std::size_t>(std::find(own.begin(), own.end(), name) - own.begin());
      values.push_back(i < own.size() ? estimate_cell(*node, i) : "");
      const std::string error = i < own.size() ? error_cell(*node, i) : "";
      errors.push_back(error.empty() ? "" : "(" + error + ")");
    }
    table.row(std::move(values));
    if (std::any_of(errors.begin(), errors.end(), [](const std::string& e) { return !e.empty(); }))
      table.row(std::move(errors));
  }
  table.rule();
  std::vector<std::string> values = {"total"}, errors = {""};
  for (const Tree* node : nodes) {
    values.push_back(shown(scalar(*node, "total"), scalar(*node, "total_std_error")));
    errors.push_back("(" + total_error(*node) + ")");
  }
  table.row(std::move(values));
  table.row(std::move(errors));
  return table.text();
}

// The three decompositions of a triplet that answer the same call, when `fit` is the activity of one.
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

std::string model_name(const std::string& fit) { return fit.substr(0, fit.rfind('.')); }

std::string triplet(const std::vector<const Tree*>& members) {
  std::string out;
  for (std::size_t k = 0; k < members.front()->children.size(); ++k) {
    if (const std::size_t groups = groups_at(members.back()->children, k)) {
      out += by_group(members.back()->children, k, groups, members.back()->name);
      k += groups - 1;
      continue;
    }
    std::vector<const Tree*> nodes;
    for (const Tree* member : members) nodes.push_back(&member->children[k]);
    const Tree& ratio = *nodes.back();
    if (additive(ratio))
      out += heading(text_attribute(ratio, "method") + " (" + model_name(members.back()->name) + ")") +
             wrapped(text_attribute(ratio, "question")) + "\n" +
             side_by_side(nodes, {"activity", "resource", "ratio"}) +
             "Standard errors in brackets. The same for the ratio alone, with intervals:\n\n" + explained_text(ratio) +
             "\n" + parts_table(ratio) + footer(ratio);
    else
      for (std::size_t i = 0; i < nodes.size(); ++i) out += one(*nodes[i], members[i]->name);
  }
  return out;
}

}  // namespace

std::string decomposition_tables(const Tree& result) {
  const Tree* all = result.find_child("decompositions");
  if (!all) return "";
  std::string out;
  for (std::size_t fit = 0; fit < all->children.size(); ++fit) {
    if (const std::vector<const Tree*> members = triplet_at(result, *all, fit); !members.empty()) {
      out += triplet(members);
      fit += 2;
      continue;
    }
    const std::vector<Tree>& nodes = all->children[fit].children;
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      const std::size_t groups = groups_at(nodes, k);
      out += groups > 0 ? by_group(nodes, k, groups, all->children[fit].name) : one(nodes[k], all->children[fit].name);
      if (groups > 0) k += groups - 1;
    }
  }
  return out;
}

}  // namespace headwater
