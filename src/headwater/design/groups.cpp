#include "headwater/design/groups.hpp"

#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

// The keys that a text names. A column of that very name comes before what the grammar would make of it, so that
// "Org-Code" is a column where there is one.
std::vector<ExpressionPtr> keys_named(const Panel& panel, const std::string& text) {
  for (const std::string& whole : {text, unquoted(text)})
    if (panel.find(whole)) return {column_expression(whole)};
  std::vector<ExpressionPtr> keys;
  for (const std::string& part : split(text, '^')) {
    if (const std::string name = unquoted(part); panel.find(name)) {
      keys.push_back(column_expression(name));
      continue;
    }
    for (ExpressionPtr& key : parse_keys(part)) keys.push_back(std::move(key));
  }
  return keys.empty() ? parse_keys(text) : keys;
}

// Rows of each level, one level after the other.
struct RowsByLevel {
  std::vector<std::size_t> begin;  // of each level, and the end
  std::vector<std::size_t> rows;
};

RowsByLevel rows_by_level(const Grouping& groups) {
  RowsByLevel sorted{std::vector<std::size_t>(static_cast<std::size_t>(groups.count) + 1, 0), {}};
  for (const std::int32_t code : groups.code)
    if (code >= 0) ++sorted.begin[static_cast<std::size_t>(code) + 1];
  for (std::size_t level = 1; level < sorted.begin.size(); ++level) sorted.begin[level] += sorted.begin[level - 1];
  std::vector<std::size_t> next(sorted.begin.begin(), sorted.begin.end() - 1);
  sorted.rows.resize(sorted.begin.back());
  for (std::size_t i = 0; i < groups.code.size(); ++i)
    if (groups.code[i] >= 0) sorted.rows[next[static_cast<std::size_t>(groups.code[i])]++] = i;
  return sorted;
}

Grouping crossed(const Grouping& first, const Grouping& second) {
  const RowsByLevel by_first = rows_by_level(first);
  Grouping result{.name = {}, .code = std::vector<std::int32_t>(first.code.size(), -1), .count = 0, .labels = {}};
  std::vector<std::int32_t> code_of(static_cast<std::size_t>(second.count), -1);
  std::vector<std::int32_t> met;
  for (std::size_t level = 0; level + 1 < by_first.begin.size(); ++level) {
    met.clear();
    const auto each_row = [&](const auto& action) {
      for (std::size_t r = by_first.begin[level]; r < by_first.begin[level + 1]; ++r)
        if (const std::int32_t code = second.code[by_first.rows[r]]; code >= 0) action(by_first.rows[r], code);
    };
    each_row([&](std::size_t, std::int32_t code) {
      if (code_of[static_cast<std::size_t>(code)] < 0) met.push_back(code);
      code_of[static_cast<std::size_t>(code)] = 0;
    });
    std::sort(met.begin(), met.end());
    for (const std::int32_t code : met) {
      code_of[static_cast<std::size_t>(code)] = result.count++;
      result.labels.push_back(first.labels[level] + "^" + second.labels[static_cast<std::size_t>(code)]);
    }
    each_row([&](std::size_t row, std::int32_t code) { result.code[row] = code_of[static_cast<std::size_t>(code)]; });
    for (const std::int32_t code : met) code_of[static_cast<std::size_t>(code)] = -1;
  }
  return result;
}

}  // namespace

Grouping key_groups(const Panel& panel, const Expression& key) {
  if (key.kind == Expression::Kind::column && key.name == panel.keys().unit) return panel.units();
  if (key.kind == Expression::Kind::column && key.name == panel.keys().time) return panel.times();
  if (key.kind == Expression::Kind::column) return grouping(panel.column(key.name));
  if (key.kind == Expression::Kind::call && key.name == "factor" && key.arguments.size() == 1)
    return key_groups(panel, *key.arguments[0].value);
  Column column;
  column.name = to_text(key);
  column.numbers = evaluate(panel, key);
  return grouping(column);
}

Grouping effect_groups(const Panel& panel, const std::vector<ExpressionPtr>& keys, const std::string& name) {
  Grouping groups = key_groups(panel, *keys.front());
  for (std::size_t k = 1; k < keys.size(); ++k) groups = crossed(groups, key_groups(panel, *keys[k]));
  groups.name = name;
  return groups;
}

std::vector<Grouping> cluster_groups(const Panel& panel, const MethodCall& covariance) {
  std::vector<std::string> names;
  for (const std::string& written : covariance.positional())
    if (!parse_number(written)) names.push_back(written);
  std::vector<Grouping> groups;
  for (const std::string& name : names) groups.push_back(effect_groups(panel, keys_named(panel, name), unquoted(name)));
  return groups;
}

Grouping groups_of_rows(const Panel& panel, const std::string& text) {
  return effect_groups(panel, keys_named(panel, text), text);
}

}  // namespace headwater
