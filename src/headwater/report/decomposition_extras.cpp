#include "headwater/report/decomposition_extras.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/core/text.hpp"
#include "headwater/report/layout.hpp"

namespace headwater {
namespace {

constexpr std::size_t kMostRows = 40;  // of a table in text; the result file has them all
using Align = TextTable::Align;

std::string bootstrap_text(const Tree& node) {
  if (!node.find_array("boot_std_error")) return "";
  const Names& names = labels(node, "component");
  TextTable table;
  table.column("bootstrap", Align::left);
  for (const char* title : {"std. error", "ratio", "low", "high", "t low", "t high"})
    table.column(title, Align::decimal);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const double error = numbers(node, "boot_std_error")[i], analytic = numbers(node, "std_error")[i];
    const bool additive = !node.find_attribute("additive") || number_attribute(node, "additive") != 0;
    const double rounding = additive ? numbers(node, "tolerance").front() : 0;
    const bool zero = std::abs(numbers(node, "estimate")[i]) <= rounding && !(error > 1e6 * rounding);
    if (!std::isfinite(error) || zero) continue;
    table.row({names[i], shown(error, error), analytic > 0 ? significant(error / analytic, 3) : "",
               shown(numbers(node, "boot_low")[i], error), shown(numbers(node, "boot_high")[i], error),
               shown(numbers(node, "boot_student_low")[i], error),
               shown(numbers(node, "boot_student_high")[i], error)});
  }
  return "\n" + table.text() +
         wrapped("By " + text_attribute(node, "choice.bootstrap") +
                 "; ratio to the analytic error, percentile and studentised intervals.");
}

// Counts and ranks have no decimals.
bool whole(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return v == std::round(v) && std::abs(v) < 1e9; });
}

std::string cell(const LabelledArray& column, std::size_t row) {
  if (const auto* values = std::get_if<std::vector<double>>(&column.values)) {
    if (whole(*values)) return shortest((*values)[row]);
    return std::isfinite((*values)[row]) ? shown((*values)[row]) : "";
  }
  if (const auto* values = std::get_if<std::vector<std::int64_t>>(&column.values))
    return std::to_string((*values)[row]);
  return std::get<std::vector<std::string>>(column.values)[row];
}

std::string spaced(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string table_text(const MethodTable& table) {
  const auto* rows = std::get_if<std::vector<std::string>>(&table.axis->labels);
  if (!rows || rows->empty()) return "";
  TextTable text;
  text.column(spaced(table.axis->name), Align::left);
  for (const LabelledArray* column : table.columns)
    text.column(spaced(column_name(table, *column)),
                std::holds_alternative<std::vector<std::string>>(column->values) ? Align::left : Align::decimal);
  const std::size_t count = std::min(rows->size(), kMostRows);
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<std::string> cells{(*rows)[i]};
    for (const LabelledArray* column : table.columns) cells.push_back(cell(*column, i));
    text.row(std::move(cells));
  }
  std::string out = "\n" + wrapped(table.axis->description + ":") + text.text();
  if (count < rows->size())
    out += wrapped("The first " + std::to_string(count) + " of " + std::to_string(rows->size()) +
                   " rows; the result file has them all.");
  return out;
}

}  // namespace

std::string column_name(const MethodTable& table, const LabelledArray& column) {
  const std::string prefix = table.axis->name + "_";
  return column.name.rfind(prefix, 0) == 0 ? column.name.substr(prefix.size()) : column.name;
}

std::vector<MethodTable> method_tables(const Tree& node) {
  std::vector<MethodTable> tables;
  for (const std::string& name : split(text_attribute(node, "tables"), ',')) {
    const Axis* axis = name.empty() ? nullptr : node.find_axis(name);
    if (!axis) continue;
    MethodTable table{axis, {}};
    for (const LabelledArray& array : node.arrays)
      if (array.dims == std::vector<std::string>{name}) table.columns.push_back(&array);
    tables.push_back(std::move(table));
  }
  return tables;
}

std::string decomposition_extras(const Tree& node) {
  std::string out = bootstrap_text(node);
  for (const MethodTable& table : method_tables(node)) out += table_text(table);
  return out;
}

}  // namespace headwater
