#include "headwater/panel/totals.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

#include "headwater/core/text.hpp"

namespace headwater {
namespace {

constexpr std::array<std::string_view, 4> kEngland = {"eng", "england", "e92000001", "england total"};
constexpr std::array<std::string_view, 9> kOtherNations = {
    "scotland", "wales", "northern ireland", "sct", "wls", "nir", "s92000003", "w92000004", "n92000002"};
constexpr std::array<std::string_view, 9> kTotals = {"total",         "grand total",    "totals",
                                                     "all trusts",    "all providers",  "all units",
                                                     "overall total", "national total", "sum"};

template <std::size_t N>
bool among(const std::array<std::string_view, N>& words, std::string_view text) {
  return std::find(words.begin(), words.end(), lower(stripped(text))) != words.end();
}

std::size_t count_levels(const Names& levels, bool (*is)(const std::string&)) {
  return static_cast<std::size_t>(std::count_if(levels.begin(), levels.end(), is));
}

bool is_england(const std::string& text) { return among(kEngland, text); }
bool is_other_nation(const std::string& text) { return among(kOtherNations, text); }
bool is_total(const std::string& text) { return among(kTotals, text); }

// Codes of regions: Y56 (NHS), E12000001 and E40000003 (ONS), E54000027 (integrated care boards).
bool is_region_code(const std::string& code) {
  const bool digits_after = [&](std::size_t from) {
    return code.size() > from && code.find_first_not_of("0123456789", from) == std::string::npos;
  }(1);
  if (!digits_after) return false;
  if (code.size() == 3 && code[0] == 'Y') return true;
  return code.size() == 9 && (code.rfind("E12", 0) == 0 || code.rfind("E40", 0) == 0 || code.rfind("E54", 0) == 0);
}

// For each level of the unit: whether the sizes of its rows are the sums over all other rows of the period.
class SumCheck {
 public:
  SumCheck(std::size_t units, std::size_t periods, std::vector<std::int32_t> unit, std::vector<std::int32_t> period)
      : hits_(units, 0), tries_(units, 0), periods_(periods), unit_(std::move(unit)), period_(std::move(period)) {}

  void add(const Vector& size) {
    std::vector<double> total(periods_, 0);
    const auto at = [](const std::vector<std::int32_t>& codes, Index row) {
      return static_cast<std::size_t>(codes[static_cast<std::size_t>(row)]);
    };
    for (Index i = 0; i < size.size(); ++i)
      if (size(i) > 0) total[at(period_, i)] += size(i);
    for (Index i = 0; i < size.size(); ++i) {
      if (!(size(i) > 0)) continue;
      ++tries_[at(unit_, i)];
      hits_[at(unit_, i)] += std::abs(size(i) / (total[at(period_, i)] - size(i)) - 1) < 0.02;
    }
  }
  bool is_sum(std::size_t unit) const { return tries_[unit] > 0 && hits_[unit] * 2 > tries_[unit]; }

 private:
  std::vector<int> hits_, tries_;
  std::size_t periods_;
  std::vector<std::int32_t> unit_, period_;
};

const Column* column_of(const RawTable& table, const std::string& name) {
  for (const Column& column : table.columns)
    if (column.name == name) return &column;
  return nullptr;
}

std::string unit_text(const Column& column, std::size_t row) {
  return column.codes[row] < 0 ? "" : column.levels[static_cast<std::size_t>(column.codes[row])];
}

// The cell of a row without a unit key that calls it a total; "" when none does.
std::string called_a_total(const RawTable& table, const ReadOptions& options, std::size_t row) {
  for (const Column& column : table.columns) {
    if (column.type != Column::Type::text || column.name == options.time) continue;
    const std::string text = unit_text(column, row);
    if (is_england(text) || is_total(text)) return text;
  }
  return "";
}

// Levels of the unit that are sums of the others in most of their cells.
std::vector<bool> sums_of_others(const RawTable& table, const ReadOptions& options, const Column& unit) {
  const Column* time = options.time.empty() ? nullptr : column_of(table, options.time);
  const std::size_t rows = unit.codes.size(), periods = time ? time->levels.size() + 1 : 1;
  std::vector<std::int32_t> unit_code(rows), period(rows, 0);
  for (std::size_t i = 0; i < rows; ++i) {
    unit_code[i] = unit.codes[i] < 0 ? static_cast<std::int32_t>(unit.levels.size()) : unit.codes[i];
    if (time && time->type == Column::Type::text) period[i] = time->codes[i] + 1;
  }
  SumCheck check(unit.levels.size() + 1, periods, std::move(unit_code), std::move(period));
  for (const Column& column : table.columns)
    if (looks_like_size(column)) check.add(column.numbers);
  std::vector<bool> sums;
  for (std::size_t u = 0; u < unit.levels.size(); ++u) sums.push_back(check.is_sum(u));
  return sums;
}

// Levels of the unit key that are certainly totals.
std::set<std::int32_t> total_levels(const RawTable& table, const ReadOptions& options, const Column& unit) {
  std::set<std::int32_t> levels;
  const bool england_alone = count_levels(unit.levels, is_other_nation) == 0;
  if (unit.levels.size() < 4 || (count_levels(unit.levels, is_total) == 0 && !england_alone)) return levels;
  std::vector<bool> sums;
  for (std::size_t u = 0; u < unit.levels.size(); ++u) {
    if (is_total(unit.levels[u]) && sums.empty()) sums = sums_of_others(table, options, unit);
    if ((is_england(unit.levels[u]) && england_alone) || (is_total(unit.levels[u]) && sums[u]))
      levels.insert(static_cast<std::int32_t>(u));
  }
  return levels;
}

void keep_rows(RawTable& table, const std::vector<Index>& kept, const ReadOptions& options) {
  std::vector<std::int64_t> rows;
  for (const Index row : kept) rows.push_back(table.source_rows[static_cast<std::size_t>(row)]);
  for (Column& column : table.columns) {
    column = taken(column, kept);
    if (column.name != options.unit) continue;
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < kept.size(); ++i) cells.push_back(unit_text(column, i));
    column = type_column(column.name, {cells.begin(), cells.end()}, rows, true, table.ledger.notes);
  }
  table.source_rows = std::move(rows);
}

// Codes shorter than those of nearly all units: L9 among R1H, RA2, ...
std::set<std::size_t> shorter_codes(const Names& labels) {
  constexpr std::size_t kFewest = 20;
  std::map<std::size_t, std::size_t> by_length;
  for (const std::string& label : labels) ++by_length[label.size()];
  std::set<std::size_t> shorter;
  if (labels.size() < kFewest || by_length.size() < 2) return shorter;
  const auto usual = std::max_element(by_length.begin(), by_length.end(),
                                      [](const auto& a, const auto& b) { return a.second < b.second; });
  if (usual->second * 20 < labels.size() * 19 || usual->first > 9) return shorter;
  for (std::size_t u = 0; u < labels.size(); ++u)
    if (labels[u].size() < usual->first && labels[u].find_first_not_of("0123456789") != std::string::npos)
      shorter.insert(u);
  return shorter;
}

}  // namespace

bool looks_like_share(const std::string& name) {
  const std::string word = lower(name);
  for (const char* part : {"pct", "share", "rate", "percent", "ratio"})
    if (word.find(part) != std::string::npos) return true;
  return false;
}

bool looks_like_size(const Column& column) {
  if (column.type != Column::Type::number || looks_like_share(column.name)) return false;
  std::size_t present = 0, positive = 0, large = 0, negative = 0;
  for (const double value : column.numbers) {
    if (std::isnan(value)) continue;
    ++present;
    positive += value > 0;
    negative += value < 0;
    large += value > 10;
  }
  return positive * 2 > present && negative * 100 <= present && large * 10 >= positive * 8;
}

void set_totals_aside(RawTable& table, const ReadOptions& options) {
  const Column* unit = options.unit.empty() ? nullptr : column_of(table, options.unit);
  if (!unit || unit->type != Column::Type::text) return;
  const std::set<std::int32_t> levels = total_levels(table, options, *unit);
  std::map<std::string, std::vector<std::int64_t>> aside;  // what the rows are called -> their lines
  std::vector<Index> kept;
  for (std::size_t i = 0; i < unit->codes.size(); ++i) {
    const std::int32_t code = unit->codes[i];
    const std::string called = code < 0                 ? called_a_total(table, options, i)
                               : levels.count(code) > 0 ? unit_text(*unit, i)
                                                        : "";
    if (called.empty())
      kept.push_back(static_cast<Index>(i));
    else
      aside[called].push_back(table.source_rows[i]);
  }
  if (aside.empty() || kept.empty()) return;
  keep_rows(table, kept, options);
  for (const auto& [called, rows] : aside) {
    table.ledger.rows_lost.emplace_back("the total '" + called + "'", static_cast<std::int64_t>(rows.size()));
    table.ledger.notes.push_back(
        {"data.total_set_aside", "'" + called + "' is a total of the table and not one of its units: " +
                                     counted(static_cast<long long>(rows.size()), "row") +
                                     " set aside, the first in row " + std::to_string(rows.front()) +
                                     "; give it another name if it is a unit"});
  }
}

std::vector<DataLedger::Suspicion> find_totals(const Panel& panel, const std::vector<const Column*>& sizes) {
  std::vector<DataLedger::Suspicion> found;
  const Names& labels = panel.units().labels;
  if (panel.units().count < 4) return found;
  SumCheck check(labels.size(), static_cast<std::size_t>(panel.times().count), panel.units().code, panel.times().code);
  for (const Column* column : sizes) check.add(column->numbers);
  const std::set<std::size_t> shorter = shorter_codes(labels);
  const bool regions_are_few = count_levels(labels, is_region_code) * 2 < labels.size();
  for (std::size_t u = 0; u < labels.size(); ++u) {
    std::string why;
    if (check.is_sum(u))
      why = "equals the sum of all other units: it is probably the total row of the table, not a unit";
    else if (is_total(labels[u]) || is_england(labels[u]))
      why = "is called a total: it may be the total row of the table, not a unit";
    else if (regions_are_few && is_region_code(labels[u]))
      why = "has the code of a region, which other units have not: it may be a total of some of them";
    else if (shorter.count(u) > 0)
      why = "has a shorter code than nearly all other units: it may be a region or a total";
    if (!why.empty())
      found.push_back({"total", "", labels[u], "", "unit '" + labels[u] + "' " + why + "; leave it out"});
  }
  return found;
}

}  // namespace headwater
