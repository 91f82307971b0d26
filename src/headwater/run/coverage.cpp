#include "headwater/run/coverage.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

// The group of every row of the panel, -1 for a cell without a value.
struct Groups {
  std::vector<std::string> names;
  std::vector<std::int32_t> code;
};

Groups of_text(const Column& column) { return {column.levels, column.codes}; }

Groups of_numbers(const Column& column) {
  std::vector<double> sorted;
  for (const double value : column.numbers)
    if (std::isfinite(value)) sorted.push_back(value);
  std::sort(sorted.begin(), sorted.end());
  if (sorted.empty()) return {{}, std::vector<std::int32_t>(static_cast<std::size_t>(column.size()), -1)};
  const auto third = [&](int i) { return sorted[std::min(sorted.size() - 1, i * sorted.size() / 3)]; };
  std::vector<double> ends;  // of each group, included
  for (const double end : {third(1), third(2), sorted.back()})
    if (ends.empty() || end > ends.back()) ends.push_back(end);
  Groups groups;
  for (std::size_t i = 0; i < ends.size(); ++i)
    groups.names.push_back(
        (i == 0 ? significant(sorted.front(), 3) + " to " : "above " + significant(ends[i - 1], 3) + " to ") +
        significant(ends[i], 3));
  for (const double value : column.numbers)
    groups.code.push_back(std::isfinite(value) ? static_cast<std::int32_t>(
                                                     std::lower_bound(ends.begin(), ends.end(), value) - ends.begin())
                                               : -1);
  return groups;
}

void count(Coverage& coverage, const Panel& panel, const std::vector<bool>& used, const std::string& column,
           const Groups& groups) {
  const auto without = static_cast<std::int32_t>(groups.names.size());  // cells without a value come last
  for (std::int32_t g = 0; g <= without; ++g) {
    std::set<std::int32_t> units;
    std::int64_t rows = 0, rows_used = 0;
    for (std::size_t i = 0; i < groups.code.size(); ++i) {
      if ((groups.code[i] < 0 ? without : groups.code[i]) != g) continue;
      ++rows;
      rows_used += used[i] ? 1 : 0;
      units.insert(panel.units().code[i]);
    }
    if (rows == 0) continue;
    coverage.column.push_back(column);
    coverage.level.push_back(g == without ? "no value" : groups.names[static_cast<std::size_t>(g)]);
    coverage.units.push_back(static_cast<std::int64_t>(units.size()));
    coverage.rows.push_back(rows);
    coverage.used.push_back(rows_used);
  }
}

}  // namespace

std::vector<std::string> coverage_columns(const RunConfig& config) {
  const auto found = config.report.find("coverage");
  return found == config.report.end() ? std::vector<std::string>{} : column_list(found->second);
}

Coverage coverage(const Panel& panel, const Design& design, const std::vector<std::string>& columns) {
  std::vector<bool> used(static_cast<std::size_t>(panel.rows()), false);
  for (const std::int64_t row : design.rows) used[static_cast<std::size_t>(row)] = true;
  Coverage result;
  for (const std::string& name : columns) {
    const Column& column = panel.column(name);
    count(result, panel, used, name, column.type == Column::Type::text ? of_text(column) : of_numbers(column));
  }
  return result;
}

Tree describe(const Coverage& coverage) {
  Tree tree;
  std::vector<std::string> index;
  for (std::size_t i = 1; i <= coverage.column.size(); ++i) index.push_back(std::to_string(i));
  tree.axis("coverage", index, "groups of the columns named by [report] coverage");
  tree.text("coverage_column", "coverage", coverage.column, "column");
  tree.text("coverage_level", "coverage", coverage.level, "a value, or a range of a third of the cells");
  tree.integers("coverage_units", "coverage", coverage.units, "units", "units");
  tree.integers("coverage_rows", "coverage", coverage.rows, "rows of the panel", "rows");
  tree.integers("coverage_used", "coverage", coverage.used, "rows used by the first fit", "rows");
  return tree;
}

}  // namespace headwater
