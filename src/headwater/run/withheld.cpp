#include "headwater/run/withheld.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "headwater/core/text.hpp"
#include "headwater/panel/succession.hpp"
#include "headwater/report/audience.hpp"

namespace headwater {
namespace {

constexpr std::size_t kMostLevels = 60;  // of a column of numbers that may be codes of groups

bool is_named(const std::string& column, const std::string& text) {
  const auto part = [](char c) { return c == '_' || c == '.' || std::isalnum(static_cast<unsigned char>(c)) != 0; };
  for (std::size_t at = text.find(column); at != std::string::npos; at = text.find(column, at + 1)) {
    const std::size_t end = at + column.size();
    if ((at == 0 || !part(text[at - 1])) && (end == text.size() || !part(text[end]))) return true;
  }
  return false;
}

// Whether a column of numbers is a measure: it has more values than codes of groups have.
bool is_measure(const Column& column) {
  if (column.type == Column::Type::text) return false;
  std::set<double> values;
  return std::any_of(column.numbers.begin(), column.numbers.end(), [&](double value) {
    return !std::isnan(value) && values.insert(value).second && values.size() > kMostLevels;
  });
}

void add_small(Withheld& names, const Panel& panel, const Column& column) {
  if (is_measure(column)) return;
  const Grouping groups = grouping(column);
  if (column.type == Column::Type::number && groups.labels.size() > kMostLevels) return;
  std::vector<std::set<std::int32_t>> units(static_cast<std::size_t>(groups.count));
  for (std::size_t i = 0; i < groups.code.size(); ++i)
    if (groups.code[i] >= 0) units[static_cast<std::size_t>(groups.code[i])].insert(panel.units().code[i]);
  for (std::size_t g = 0; g < units.size(); ++g) {
    if (units[g].size() >= kLeastUnits) continue;
    names.column.push_back(column.name);
    names.level.push_back(groups.labels[g]);
  }
}

std::vector<std::string> numbered(std::size_t count) {
  std::vector<std::string> index;
  for (std::size_t i = 1; i <= count; ++i) index.push_back(std::to_string(i));
  return index;
}

}  // namespace

Withheld withheld(const Panel& panel, const RunConfig& config) {
  Withheld names;
  if (!panel.has_unit()) return names;
  names.units = panel.units().labels;
  if (!config.data.succession.empty()) {
    const Names codes = succession_codes(config.data.succession);
    names.units.insert(names.units.end(), codes.begin(), codes.end());
    std::sort(names.units.begin(), names.units.end(), natural_less);
    names.units.erase(std::unique(names.units.begin(), names.units.end()), names.units.end());
  }
  const std::string text = to_text(config);
  for (const Column& column : panel.columns())
    if (column.name != panel.keys().unit && column.name != panel.keys().time && is_named(column.name, text))
      add_small(names, panel, column);
  return names;
}

Tree describe(const Withheld& names) {
  Tree tree;
  tree.axis("unit_entry", numbered(names.units.size()), "units, those too that no fit uses");
  tree.text("unit_label", "unit_entry", names.units, "label of the unit, or code of the succession table");
  tree.axis("small_group", numbered(names.column.size()),
            "levels of fewer than five units, in columns that the configuration names");
  tree.text("small_group_column", "small_group", names.column, "column");
  tree.text("small_group_level", "small_group", names.level, "level");
  return tree;
}

}  // namespace headwater
