#include "headwater/report/compare.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "headwater/core/text.hpp"
#include "headwater/report/contract.hpp"
#include "headwater/report/layout.hpp"

namespace headwater {
namespace {

constexpr double kRounding = 1e-12;
constexpr const char* kPartNumbers[] = {"estimate", "std_error", "conf_low", "conf_high", "p_value"};

std::int64_t rows_told(const Tree& tree, const char* key) {
  return static_cast<std::int64_t>(number_attribute(tree, key));
}

double cell(const Tree& node, const char* array, std::size_t row, std::size_t columns, std::size_t column) {
  return numbers(node, array)[row * columns + column];
}

// The largest number of a table: what is nothing beside it is rounding.
double largest_step(const Tree& node, std::size_t from, std::size_t to) {
  const std::size_t steps = labels(node, "step").size();
  double largest = 0;
  for (std::size_t at = from * steps; at < to * steps; ++at)
    largest = std::max(largest, std::abs(numbers(node, "step_value")[at]));
  return largest;
}

// A number that is nothing, such as the data's part where no cell was revised.
bool is_nothing(double estimate, double error, double largest) {
  return std::abs(estimate) <= kRounding * largest && error <= kRounding * largest;
}

std::string part_text(double estimate, double error, double largest) {
  return is_nothing(estimate, error, largest) ? "0" : shown(estimate, error);
}

std::string error_text(double estimate, double error, double largest) {
  if (!std::isfinite(error)) return "not est.";
  return is_nothing(estimate, error, largest) ? "" : "(" + shown(error, error) + ")";
}

// Items `from` to `to`, of one decomposition or coefficients.
std::string parts_table(const Tree& node, std::size_t from, std::size_t to) {
  const Names &parts = labels(node, "part"), &names = texts(node, "item_name");
  const std::size_t steps = labels(node, "step").size();
  const double largest = largest_step(node, from, to);
  TextTable table;
  table.column("", Align::left);
  for (const char* name : {"first", "second"}) table.column(name, Align::decimal);
  for (const std::string& part : parts) table.column(part, Align::decimal);
  for (std::size_t i = from; i < to; ++i) {
    const double scale = cell(node, "std_error", i, parts.size(), 0);
    std::vector<std::string> values = {names[i]}, errors = {"", "", ""};
    for (const std::size_t step : {std::size_t{0}, steps - 1})
      values.push_back(part_text(cell(node, "step_value", i, steps, step), scale, largest));
    for (std::size_t j = 0; j < parts.size(); ++j) {
      const double estimate = cell(node, "estimate", i, parts.size(), j),
                   error = cell(node, "std_error", i, parts.size(), j);
      values.push_back(part_text(estimate, error, largest));
      errors.push_back(error_text(estimate, error, largest));
    }
    table.row(std::move(values));
    table.row(std::move(errors));
  }
  return table.text();
}

std::string rows_text(const Tree& node) {
  return counted(rows_told(node, "rows_both"), "row") + " in both runs; " +
         counted(rows_told(node, "rows_left"), "row") + " of the first left, " +
         counted(rows_told(node, "rows_entered"), "row") +
         " of the second entered. Of those in both, the outcome was revised in " +
         counted(rows_told(node, "revised_outcome"), "row") + ", a regressor in " +
         counted(rows_told(node, "revised_regressors"), "row") + ".";
}

std::string pair_text(const Tree& tree, const Tree& node) {
  std::string out = heading(node.name);
  out += item("first", text_attribute(tree, "first") + ": " + text_attribute(node, "first_formula"), 10);
  out += item("second", text_attribute(tree, "second") + ": " + text_attribute(node, "second_formula"), 10);
  out += "\n" + wrapped(rows_text(node)) + "\n";
  const Names& groups = texts(node, "item_decomposition");
  for (std::size_t from = 0, to = 0; from < groups.size(); from = to) {
    while (to < groups.size() && groups[to] == groups[from]) ++to;
    if (!groups[from].empty()) out += "\n" + wrapped(groups[from]);
    out += parts_table(node, from, to) + "\n";
  }
  out += wrapped(
      "change = data + sample + specification, exactly. data: revised cells, on the rows of both; sample: rows that "
      "left "
      "and entered; specification: the other model on the same rows. In brackets standard errors by " +
      text_attribute(node, "rule") +
      ": a cluster that both runs have counts once, with what it adds to both. The parts follow one order (first the "
      "data, then the rows, then the model); where several changed, another order would share the change out "
      "otherwise.");
  for (const std::string& message : texts(node, "note_message")) out += wrapped("Note: " + message + ".", 2);
  return out;
}

void write_item(Contract& out, const Tree& node, std::size_t i) {
  const Names &parts = labels(node, "part"), &steps = labels(node, "step");
  out.begin_object();
  out.json.member("decomposition", texts(node, "item_decomposition")[i]);
  out.json.member("name", texts(node, "item_name")[i]);
  out.json.key("steps");
  out.json.begin_array();
  for (std::size_t s = 0; s < steps.size(); ++s) out.json.value(cell(node, "step_value", i, steps.size(), s));
  out.json.end_array();
  for (std::size_t j = 0; j < parts.size(); ++j) {
    out.json.key(parts[j]);
    out.begin_object();
    const bool unknown = !std::isfinite(cell(node, "std_error", i, parts.size(), j));
    for (const char* name : kPartNumbers)
      out.number(name, cell(node, name, i, parts.size(), j), unknown ? "not estimable" : "nothing changed");
    out.end_object();
  }
  out.end_object();
}

void write_pair(Contract& out, const Tree& node) {
  out.begin_object();
  out.json.member("fit", node.name);
  for (const char* key : {"first_formula", "second_formula", "rule"}) out.json.member(key, text_attribute(node, key));
  out.json.member("level", number_attribute(node, "level"));
  for (const char* key : {"rows_both", "rows_left", "rows_entered", "revised_outcome", "revised_regressors"})
    out.json.member(key, rows_told(node, key));
  out.json.key("steps");
  out.json.begin_array();
  for (std::size_t s = 0; s < labels(node, "step").size(); ++s) {
    out.begin_object();
    out.json.member("step", labels(node, "step")[s]);
    out.json.member("rows", integers(node, "step_rows")[s]);
    out.end_object();
  }
  out.json.end_array();
  out.json.key("items");
  out.json.begin_array();
  for (std::size_t i = 0; i < labels(node, "item").size(); ++i) write_item(out, node, i);
  out.json.end_array();
  write_warnings(out, node);
  out.end_object();
}

}  // namespace

std::string compare_text(const Tree& tree) {
  std::string out;
  for (const Tree& node : tree.find_child("fits")->children) out += (out.empty() ? "" : "\n") + pair_text(tree, node);
  return out;
}

std::string compare_json(const Tree& tree, const std::string& version) {
  Contract out;
  out.begin_object();
  out.json.member("schema", "headwater.compare/1");
  out.json.member("version", version);
  for (const char* key : {"first", "second"}) out.json.member(key, text_attribute(tree, key));
  out.json.key("fits");
  out.json.begin_array();
  for (const Tree& node : tree.find_child("fits")->children) write_pair(out, node);
  out.json.end_array();
  out.end_object();
  return out.json.text() + "\n";
}

}  // namespace headwater
