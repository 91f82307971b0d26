#include "headwater/report/decomposition_extras.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/core/text.hpp"
#include "headwater/report/grids.hpp"

namespace headwater {
namespace {

constexpr std::size_t kMostRows = 40;  // of a table in text; the result file has them all

// Counts and ranks have no decimals.
bool whole(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return v == std::round(v) && std::abs(v) < 1e9; });
}

GridCell cell(const MethodTable::Column& column, std::size_t row) {
  if (const auto* values = std::get_if<std::vector<double>>(&column.values)) {
    const double value = (*values)[row];
    if (whole(*values)) return {shortest(value), value};
    return std::isfinite(value) ? GridCell(shown(value), value) : GridCell("");
  }
  if (const auto* values = std::get_if<std::vector<std::int64_t>>(&column.values))
    return {std::to_string((*values)[row]), static_cast<double>((*values)[row])};
  return std::get<std::vector<std::string>>(column.values)[row];
}

// Words that every row's own name has, such as the component in "capital at 0.9".
bool told_by(const Names& rows, const MethodTable::Column& column) {
  const auto* words = std::get_if<Names>(&column.values);
  if (!words || words->empty()) return false;
  for (std::size_t i = 0; i < words->size(); ++i)
    if ((*words)[i].empty() || rows[i].find((*words)[i]) == std::string::npos) return false;
  return true;
}

std::string spaced(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string bootstrap_text(const Tree& node) {
  const Grid grid = bootstrap_grid(node);
  return grid.notes.empty() ? "" : "\n" + text_table(grid).text() + wrapped(grid.notes.front());
}

std::string table_text(const MethodTable& table) {
  const Grid grid = method_grid(table, kMostRows);
  if (grid.rows.empty()) return "";
  std::string out = "\n" + wrapped(grid.title + ":") + text_table(grid).text();
  for (const std::string& note : grid.notes) out += wrapped(note);
  return out;
}

std::string quantities_text(const Tree& node) {
  const Grid grid = quantities_grid(node);
  return grid.rows.empty() ? "" : "\n" + text_table(grid).text();
}

// The array's name without that of the table it stands in.
std::string column_name(const std::string& table, const std::string& array) {
  return array.rfind(table + "_", 0) == 0 ? array.substr(table.size() + 1) : array;
}

std::string label_text(const Axis& axis, std::size_t i) {
  if (const auto* words = std::get_if<std::vector<std::string>>(&axis.labels)) return (*words)[i];
  if (const auto* whole_numbers = std::get_if<std::vector<std::int64_t>>(&axis.labels))
    return std::to_string((*whole_numbers)[i]) + "_" + axis.name;
  return shortest(std::get<std::vector<double>>(axis.labels)[i]);
}

MethodTable along_axis(const Tree& node, const Axis& axis) {
  MethodTable table{axis.name, axis.description, &axis, {}};
  for (const LabelledArray& array : node.arrays)
    if (array.dims == std::vector<std::string>{axis.name})
      table.columns.push_back({column_name(axis.name, array.name), array.values});
  return table;
}

MethodTable over_two_axes(const Tree& node, const LabelledArray& array) {
  const Axis &rows = *node.find_axis(array.dims[0]), &columns = *node.find_axis(array.dims[1]);
  const auto& values = std::get<std::vector<double>>(array.values);
  const auto width = static_cast<std::size_t>(columns.size());
  MethodTable table{array.name, array.description, &rows, {}};
  for (std::size_t c = 0; c < width; ++c) {
    std::vector<double> own;
    for (std::size_t r = 0; r * width < values.size(); ++r) own.push_back(values[r * width + c]);
    table.columns.push_back({label_text(columns, c), std::move(own)});
  }
  return table;
}

}  // namespace

std::vector<MethodTable> method_tables(const Tree& node) {
  std::vector<MethodTable> tables;
  for (const std::string& name : split(text_attribute(node, "tables"), ',')) {
    const Axis* axis = name.empty() ? nullptr : node.find_axis(name);
    const LabelledArray* array = name.empty() || axis ? nullptr : node.find_array(name);
    if (axis) tables.push_back(along_axis(node, *axis));
    if (array && array->dims.size() == 2) tables.push_back(over_two_axes(node, *array));
  }
  return tables;
}

std::vector<Quantity> quantities(const Tree& node) {
  std::vector<Quantity> all;
  for (const std::string& name : split(text_attribute(node, "quantities"), ','))
    if (const LabelledArray* array = name.empty() ? nullptr : node.find_array(name))
      all.push_back({name, scalar(node, name), array->unit, array->description});
  return all;
}

Grid quantities_grid(const Tree& node) {
  Grid grid;
  grid.title = "Beside the parts";
  grid.column("beside the parts", Align::left);
  grid.column("value", Align::decimal);
  grid.column("what it is", Align::left);
  for (const Quantity& q : quantities(node)) {
    const std::string text =
        q.value == std::round(q.value) && std::abs(q.value) < 1e9 ? shortest(q.value) : shown(q.value);
    const GridCell value = std::isfinite(q.value) ? GridCell(text, q.value) : GridCell("undefined");
    grid.rows.push_back({{spaced(q.name), value, q.description}});
  }
  return grid;
}

Grid bootstrap_grid(const Tree& node) {
  Grid grid;
  if (!node.find_array("boot_std_error")) return grid;
  const Names& names = labels(node, "component");
  // Errors that are the replicates' own have no other ones to be set against, and no studentised interval.
  const bool own = text_attribute(node, "kind") == "draws";
  std::vector<std::pair<const char*, const char*>> bounds = {{"low", "boot_low"}, {"high", "boot_high"}};
  if (!own) bounds.insert(bounds.end(), {{"t low", "boot_student_low"}, {"t high", "boot_student_high"}});
  grid.column("bootstrap", Align::left);
  grid.column("std. error", Align::decimal);
  if (!own) grid.column("ratio", Align::decimal);
  for (const auto& [title, array] : bounds) grid.column(title, Align::decimal);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const double error = numbers(node, "boot_std_error")[i], ratio = error / numbers(node, "std_error")[i];
    const double rounding = additive(node) ? scalar(node, "tolerance") : 0;
    const bool zero = std::abs(numbers(node, "estimate")[i]) <= rounding && !(error > 1e6 * rounding);
    if (!std::isfinite(error) || zero) continue;
    GridRow row{{names[i], {shown(error, error), error}}};
    const bool analytic = numbers(node, "std_error")[i] > 0;
    if (!own) row.cells.push_back(analytic ? GridCell(significant(ratio, 3), ratio) : GridCell(""));
    for (const auto& [title, array] : bounds) {
      const double value = numbers(node, array)[i];
      row.cells.emplace_back(shown(value, error), value);
    }
    grid.rows.push_back(std::move(row));
  }
  grid.notes.push_back(
      "By " + text_attribute(node, "choice.bootstrap") +
      (own ? "; percentile intervals." : "; ratio to the analytic error, percentile and studentised intervals."));
  return grid;
}

Grid method_grid(const MethodTable& table, std::size_t most_rows) {
  Grid grid;
  const auto* rows = std::get_if<std::vector<std::string>>(&table.axis->labels);
  if (!rows) return grid;
  grid.title = table.title;
  grid.column(spaced(table.axis->name), Align::left);
  std::vector<const MethodTable::Column*> columns;
  for (const MethodTable::Column& column : table.columns)
    if (!told_by(*rows, column)) columns.push_back(&column);
  for (const MethodTable::Column* column : columns)
    grid.column(spaced(column->name),
                std::holds_alternative<std::vector<std::string>>(column->values) ? Align::left : Align::decimal);
  const std::size_t count = std::min(rows->size(), most_rows);
  for (std::size_t i = 0; i < count; ++i) {
    GridRow row{{(*rows)[i]}};
    for (const MethodTable::Column* column : columns) row.cells.push_back(cell(*column, i));
    grid.rows.push_back(std::move(row));
  }
  if (count < rows->size())
    grid.notes.push_back("The first " + std::to_string(count) + " of " + std::to_string(rows->size()) +
                         " rows; the result file has them all.");
  return grid;
}

std::string decomposition_extras(const Tree& node) {
  std::string out = quantities_text(node) + bootstrap_text(node);
  for (const MethodTable& table : method_tables(node)) out += table_text(table);
  return out;
}

}  // namespace headwater
