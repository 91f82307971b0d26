#include "headwater/panel/panel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "headwater/core/error.hpp"
#include "headwater/core/method.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"
#include "headwater/panel/key_values.hpp"
#include "headwater/panel/swapped_keys.hpp"

namespace headwater {
namespace {

std::string listed(Names names) {
  constexpr std::size_t kMost = 20;
  const std::size_t more = names.size() > kMost ? names.size() - kMost : 0;
  if (more > 0) names.resize(kMost);
  return joined(names, ", ") + (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

// Operators of Stata and effects of linearmodels, which read like names of columns; "" for any other name.
std::string written_here(std::string_view name, const Panel& panel) {
  const std::string word = lower(name);
  if (word == "entityeffects" || word == "entity_effects")
    return "effects of units stand behind a bar: | " +
           quoted_name(panel.keys().unit.empty() ? "UNIT" : panel.keys().unit);
  if (word == "timeeffects" || word == "time_effects")
    return "effects of periods stand behind a bar: | " +
           quoted_name(panel.keys().time.empty() ? "TIME" : panel.keys().time);
  const std::size_t point = name.find('.');
  if (point == 0 || point == std::string_view::npos || !panel.find(name.substr(point + 1))) return "";
  const std::string operation = word.substr(0, 1), column = quoted_name(name.substr(point + 1));
  const std::string steps = point == 1 ? "1" : word.substr(1, point - 1);
  if (operation == "i" && point == 1) return "dummies of a column are i(" + column + ")";
  if (operation == "c" && point == 1) return "a column of numbers is " + column;
  const bool shifts = operation == "l" || operation == "f" || operation == "d";
  if (!shifts || steps.find_first_not_of("0123456789") != std::string::npos) return "";
  return "it is written " + operation + "(" + column + ", " + steps + ")";
}

const Column& key_column(const std::vector<Column>& columns, const std::string& key, const char* what,
                         const DataLedger& ledger) {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& c) { return c.name == key; });
  if (found != columns.end()) return *found;
  Names names;
  for (const Column& column : columns) names.push_back(column.name);
  const std::string near = nearest(key, names);
  throw Error(ErrorKind::usage, "data.unknown_key",
              "the " + std::string(what) + " key '" + shortened(key, 60) + "' is not a column of " + ledger.file +
                  (near.empty() ? "; its columns are " + listed(std::move(names)) : "; did you mean '" + near + "'?"),
              {.file = ledger.file, .column = key});
}

void refuse_one_column_as_both_keys(const Panel::Keys& keys, const DataLedger& ledger) {
  if (keys.unit.empty() || keys.unit != keys.time) return;
  throw Error(ErrorKind::usage, "data.same_keys",
              "the unit key and the time key are both '" + shortened(keys.unit, 60) +
                  "'; name the column that tells units apart and the column that tells periods apart",
              {.file = ledger.file, .column = keys.unit});
}

void require_present(const Column& column, const char* what, const std::vector<std::int64_t>& rows,
                     const DataLedger& ledger) {
  for (Index i = 0; i < column.size(); ++i)
    if (column.is_missing(i) || (column.type == Column::Type::text && column.codes[static_cast<std::size_t>(i)] < 0))
      key_error(ledger, "missing_key", rows[static_cast<std::size_t>(i)], column.name,
                "the " + std::string(what) + " key '" + column.name + "' is empty; every row needs one");
}

Grouping row_grouping(Index rows) {
  Grouping groups{.name = "row",
                  .code = std::vector<std::int32_t>(static_cast<std::size_t>(rows)),
                  .count = static_cast<std::int32_t>(rows),
                  .labels = {}};
  std::iota(groups.code.begin(), groups.code.end(), 0);
  for (Index i = 0; i < rows; ++i) groups.labels.push_back(std::to_string(i + 1));
  return groups;
}

// The least and the greatest of whole numbers that span few times as many values as there are rows, as identifiers do.
std::optional<std::pair<double, double>> narrow_span(const Vector& numbers) {
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (const double value : numbers) {
    if (std::isnan(value)) continue;
    if (value != std::floor(value)) return {};
    least = std::min(least, value);
    most = std::max(most, value);
  }
  constexpr double kMost = 4;
  if (!(most - least <= kMost * static_cast<double>(numbers.size()))) return {};
  return std::pair{least, most};
}

// Codes by a table over the span of the values. Returns the distinct values in increasing order.
std::vector<double> code_by_table(const Vector& numbers, double least, double most, std::vector<std::int32_t>& code) {
  if (!(least <= most)) {
    code.assign(static_cast<std::size_t>(numbers.size()), -1);
    return {};
  }
  const auto place = [&](double value) { return static_cast<std::size_t>(value - least); };
  std::vector<std::int32_t> code_at(place(most) + 1, -1);
  for (const double value : numbers)
    if (!std::isnan(value)) code_at[place(value)] = 0;
  std::vector<double> values;
  for (std::size_t i = 0; i < code_at.size(); ++i) {
    if (code_at[i] < 0) continue;
    code_at[i] = static_cast<std::int32_t>(values.size());
    values.push_back(least + static_cast<double>(i));
  }
  code.reserve(static_cast<std::size_t>(numbers.size()));
  for (const double value : numbers) code.push_back(std::isnan(value) ? -1 : code_at[place(value)]);
  return values;
}

std::vector<double> code_by_sorting(const Vector& numbers, std::vector<std::int32_t>& code) {
  std::vector<double> values;
  for (const double value : numbers)
    if (!std::isnan(value)) values.push_back(value == 0 ? 0.0 : value);
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  code.reserve(static_cast<std::size_t>(numbers.size()));
  for (const double value : numbers)
    code.push_back(std::isnan(value) ? -1
                                     : static_cast<std::int32_t>(std::lower_bound(values.begin(), values.end(), value) -
                                                                 values.begin()));
  return values;
}

// Periods written as whole numbers are numbers in formulas, as in R: firm[year], I(year >= 2014). Other periods stay
// text.
void read_as_numbers(Column& time) {
  if (time.type == Column::Type::number) return;
  Vector of_level(static_cast<Index>(time.levels.size()));
  for (std::size_t l = 0; l < time.levels.size(); ++l) {
    const auto value = parse_number(time.levels[l]);
    if (!value) return;
    of_level(static_cast<Index>(l)) = *value;
  }
  time.type = Column::Type::number;
  time.numbers.resize(static_cast<Index>(time.codes.size()));
  for (std::size_t i = 0; i < time.codes.size(); ++i) time.numbers(static_cast<Index>(i)) = of_level(time.codes[i]);
  time.codes.clear();
  time.levels.clear();
}

void count_missing(DataLedger& ledger, const std::vector<Column>& columns) {
  for (const Column& column : columns) {
    if (column.missing.empty()) continue;
    std::vector<std::int64_t> counts(static_cast<std::size_t>(kLastMissing) + 1, 0);
    for (const Missing reason : column.missing) ++counts[static_cast<std::size_t>(reason)];
    DataLedger::ColumnMissing entry{column.name, {}};
    for (std::size_t r = 1; r < counts.size(); ++r)
      if (counts[r] > 0) entry.counts.emplace_back(static_cast<Missing>(r), counts[r]);
    if (!entry.counts.empty()) ledger.missing.push_back(std::move(entry));
  }
}

}  // namespace

const char* name(Missing reason) {
  switch (reason) {
    case Missing::present: return "present";
    case Missing::empty: return "empty";
    case Missing::not_available: return "not available";
    case Missing::dash: return "dash";
    case Missing::suppressed: return "suppressed";
    case Missing::rounded: return "rounded to zero";
    case Missing::unavailable: return "unavailable";
    case Missing::not_applicable: return "not applicable";
    case Missing::low_count: return "low count";
    case Missing::unmatched: return "not in the source";
  }
  return "present";
}

Column taken(const Column& column, const std::vector<Index>& rows) {
  Column result;
  result.name = column.name;
  result.type = column.type;
  result.levels = column.levels;
  result.why_text = column.why_text;
  result.numbers.resize(column.numbers.size() > 0 ? static_cast<Index>(rows.size()) : 0);
  for (Index i = 0; i < result.numbers.size(); ++i)
    result.numbers(i) = column.numbers(rows[static_cast<std::size_t>(i)]);
  const auto take = [&](const auto& from, auto& to) {
    if (from.empty()) return;
    to.reserve(rows.size());
    for (const Index row : rows) to.push_back(from[static_cast<std::size_t>(row)]);
  };
  take(column.codes, result.codes);
  take(column.missing, result.missing);
  return result;
}

Grouping grouping(const Column& column) {
  Grouping groups{.name = column.name, .code = {}, .count = 0, .labels = {}};
  if (column.type == Column::Type::text || !column.codes.empty()) {
    groups.code = column.codes;
    groups.labels = column.levels;
    groups.count = static_cast<std::int32_t>(column.levels.size());
    return groups;
  }
  const auto span = narrow_span(column.numbers);
  const std::vector<double> values = span ? code_by_table(column.numbers, span->first, span->second, groups.code)
                                          : code_by_sorting(column.numbers, groups.code);
  groups.count = static_cast<std::int32_t>(values.size());
  groups.labels.reserve(values.size());
  for (const double value : values) groups.labels.push_back(shortest(value));
  return groups;
}

Panel::Panel(std::vector<Column> columns, Keys keys, std::vector<std::int64_t> source_rows, DataLedger ledger)
    : keys_(std::move(keys)), rows_(columns.empty() ? 0 : columns.front().size()), ledger_(std::move(ledger)) {
  refuse_one_column_as_both_keys(keys_, ledger_);
  const auto n = static_cast<std::size_t>(rows_);
  std::vector<Index> order(n);
  std::iota(order.begin(), order.end(), Index{0});
  Grouping units = row_grouping(has_unit() ? 0 : rows_);
  if (has_unit()) {
    const Column& unit = key_column(columns, keys_.unit, "unit", ledger_);
    require_present(unit, "unit", source_rows, ledger_);
    refuse_ambiguous_units(unit, source_rows, ledger_);
    units = grouping(unit);
  }
  KeyPeriods times;
  times.of_row.assign(n, Period{});
  if (has_time()) {
    const Column& time = key_column(columns, keys_.time, "time", ledger_);
    require_present(time, "time", source_rows, ledger_);
    if (has_unit()) check_key_order(key_column(columns, keys_.unit, "unit", ledger_), time, source_rows, ledger_);
    times = read_periods(time, source_rows, ledger_);
  }
  const auto before = [&](Index a, Index b) {
    const auto i = static_cast<std::size_t>(a), j = static_cast<std::size_t>(b);
    if (units.code[i] != units.code[j]) return units.code[i] < units.code[j];
    return times.of_row[i].ordinal < times.of_row[j].ordinal;
  };
  if (has_unit() || has_time()) std::stable_sort(order.begin(), order.end(), before);
  if (has_unit() && has_time())
    for (std::size_t i = 1; i < n; ++i) {
      if (before(order[i - 1], order[i])) continue;
      const auto first = static_cast<std::size_t>(order[i - 1]), second = static_cast<std::size_t>(order[i]);
      key_error(ledger_, "duplicate_key", source_rows[second], keys_.unit,
                "unit '" + units.labels[static_cast<std::size_t>(units.code[second])] + "' and period '" +
                    to_text(times.of_row[second]) + "' stand in row " + std::to_string(source_rows[first]) +
                    " already; a unit has one row a period, so remove one or add the keys that tell them apart");
    }
  const bool in_order = std::is_sorted(order.begin(), order.end());
  for (Column& column : columns) {
    Column whole = std::move(column);  // let go of once its rows are in order
    columns_.push_back(in_order ? std::move(whole) : taken(whole, order));
    if (columns_.back().name == keys_.time) read_as_numbers(columns_.back());
  }
  units_ = units;
  units_.name = has_unit() ? keys_.unit : "row";
  times_.name = has_time() ? keys_.time : "all";
  std::vector<std::int64_t> ordinals;
  for (const Period& period : times.of_row) ordinals.push_back(period.ordinal);
  std::sort(ordinals.begin(), ordinals.end());
  ordinals.erase(std::unique(ordinals.begin(), ordinals.end()), ordinals.end());
  for (const std::int64_t ordinal : ordinals) {
    periods_.push_back({times.frequency, ordinal});
    times_.labels.push_back(has_time() ? to_text(periods_.back()) : "all");
  }
  times_.count = static_cast<std::int32_t>(ordinals.size());
  step_ = 0;
  for (std::size_t i = 1; i < ordinals.size(); ++i) step_ = std::gcd(step_, ordinals[i] - ordinals[i - 1]);
  if (step_ == 0) step_ = 1;
  source_rows_.reserve(n);
  times_.code.reserve(n);
  unit_begin_.assign(static_cast<std::size_t>(units_.count) + 1, 0);
  for (std::size_t i = 0; i < n; ++i) {
    const auto from = static_cast<std::size_t>(order[i]);
    source_rows_.push_back(source_rows[from]);
    units_.code[i] = units.code[from];
    times_.code.push_back(static_cast<std::int32_t>(
        std::lower_bound(ordinals.begin(), ordinals.end(), times.of_row[from].ordinal) - ordinals.begin()));
    ++unit_begin_[static_cast<std::size_t>(units_.code[i]) + 1];
  }
  std::partial_sum(unit_begin_.begin(), unit_begin_.end(), unit_begin_.begin());
  ledger_.rows_kept = rows_;
  count_missing(ledger_, columns_);
}

const Column* Panel::find(std::string_view column_name) const {
  const auto found =
      std::find_if(columns_.begin(), columns_.end(), [&](const Column& c) { return c.name == column_name; });
  return found == columns_.end() ? nullptr : &*found;
}

const Column& Panel::column(std::string_view column_name) const {
  if (const Column* found = find(column_name)) return *found;
  for (const auto& [unread, why] : ledger_.unread)
    if (unread == column_name)
      throw Error(ErrorKind::data, "data.unread_column", why, {.file = ledger_.file, .column = unread});
  Names names;
  for (const Column& column : columns_) names.push_back(column.name);
  const std::string here = written_here(column_name, *this), near = nearest(column_name, names);
  throw Error(ErrorKind::formula, "formula.unknown_column",
              "there is no column '" + shortened(column_name, 60) + "' in " + ledger_.file +
                  (!here.empty()  ? "; " + here
                   : near.empty() ? "; its columns are " + listed(std::move(names))
                                  : "; did you mean '" + near + "'?"),
              {.file = ledger_.file, .column = shortened(column_name, 60)});
}

std::optional<Period> Panel::period_of(std::string_view text) const {
  if (!has_time() || periods_.empty()) return std::nullopt;
  return period_of_kind(text, periods_.front().frequency);
}

Index Panel::row_at(std::int32_t unit, std::int64_t ordinal) const {
  Index low = unit_begin_[static_cast<std::size_t>(unit)], high = unit_begin_[static_cast<std::size_t>(unit) + 1];
  while (low < high) {
    const Index middle = low + (high - low) / 2;
    const std::int64_t here = periods_[static_cast<std::size_t>(times_.code[static_cast<std::size_t>(middle)])].ordinal;
    if (here == ordinal) return middle;
    if (here < ordinal)
      low = middle + 1;
    else
      high = middle;
  }
  return -1;
}

}  // namespace headwater
