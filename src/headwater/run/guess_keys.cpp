#include "headwater/run/guess_keys.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "headwater/core/text.hpp"

namespace headwater {
namespace {

bool has_no_gap(const Column& column) {
  if (column.size() == 0) return false;
  return column.type == Column::Type::text
             ? std::none_of(column.codes.begin(), column.codes.end(), [](std::int32_t code) { return code < 0; })
             : !column.numbers.hasNaN();
}

bool only_whole(const Column& column) {
  return std::all_of(column.numbers.begin(), column.numbers.end(), [](double v) { return v == std::floor(v); });
}

bool named_like_time(const std::string& name) {
  const std::string word = lower(name);
  for (const char* part : {"time", "year", "period", "quarter", "month", "date", "wave", "fy"})
    if (word.find(part) != std::string::npos) return true;
  return word == "t";
}

bool all_periods(const Column& column) {
  std::optional<Frequency> frequency;
  for (const std::string& level : column.levels) {
    const std::optional<Period> period = parse_period(level);
    if (!period || (frequency && *frequency != period->frequency)) return false;
    frequency = period->frequency;
  }
  return frequency && (*frequency != Frequency::integer || named_like_time(column.name));
}

bool holds_periods(const Column& column) {
  if (!has_no_gap(column)) return false;
  if (column.type == Column::Type::text) return all_periods(column);
  return only_whole(column) && named_like_time(column.name);
}

// Rows told apart by the unit, with the time where there is one.
bool tells_rows_apart(const Grouping& unit, const Grouping* time) {
  std::set<std::pair<std::int32_t, std::int32_t>> seen;
  for (std::size_t i = 0; i < unit.code.size(); ++i)
    if (!seen.emplace(unit.code[i], time ? time->code[i] : 0).second) return false;
  return true;
}

const Column* column_named(const RawTable& table, const std::string& name) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&](const Column& column) { return column.name == name; });
  return found == table.columns.end() ? nullptr : &*found;
}

std::string guessed_unit(const RawTable& table, const std::string& time) {
  const Column* periods = column_named(table, time);
  const std::optional<Grouping> times = periods ? std::optional(grouping(*periods)) : std::nullopt;
  for (const Column::Type type : {Column::Type::text, Column::Type::number})
    for (const Column& column : table.columns) {
      if (column.type != type || column.name == time || !has_no_gap(column)) continue;
      if (type == Column::Type::number && !only_whole(column)) continue;
      const Grouping groups = grouping(column);
      if (times && groups.count == static_cast<std::int32_t>(groups.code.size())) continue;
      if (tells_rows_apart(groups, times ? &*times : nullptr)) return column.name;
    }
  return "";
}

}  // namespace

Panel::Keys guess_keys(const RawTable& table, Panel::Keys asked) {
  if (asked.time.empty())
    for (const Column& column : table.columns)
      if (column.name != asked.unit && holds_periods(column)) {
        asked.time = column.name;
        break;
      }
  if (asked.unit.empty()) asked.unit = guessed_unit(table, asked.time);
  return asked;
}

}  // namespace headwater
