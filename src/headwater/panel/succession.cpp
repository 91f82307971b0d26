// Which organisation became which: links the rows of a code to its successor, breaks a successor's series where it took
// another one over, or leaves the predecessor's rows out. What was done is said in the ledger.
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

struct Succession {
  std::string from, to, policy;  // policy: "link", "break" or "drop"
  std::int64_t row = 0;
};

[[noreturn]] void table_error(const std::string& file, std::int64_t row, const std::string& message) {
  throw Error(ErrorKind::data, "succession.table", file + ", row " + std::to_string(row) + ": " + message, {.file = file, .row = row});
}

const Column* named(const RawTable& table, std::initializer_list<const char*> names) {
  for (const char* wanted : names)
    for (const Column& column : table.columns)
      if (lower(column.name) == wanted) return &column;
  return nullptr;
}

std::string text_at(const Column* column, std::size_t row) {
  if (!column || column->codes[row] < 0) return "";
  return std::string(trimmed(column->levels[static_cast<std::size_t>(column->codes[row])]));
}

std::vector<Succession> read_successions(const std::string& path) {
  RawTable table = read_csv(path, {.text = {"old_code", "new_code", "final_code", "policy", "from", "to"}});
  const Column* from = named(table, {"old_code", "from"});
  const Column* to = named(table, {"new_code", "final_code", "to"});
  const Column* policy = named(table, {"policy"});
  if (!from || !to)
    table_error(path, 1, "a succession table needs the columns old_code and new_code, and may have policy (link, break or drop)");
  std::vector<Succession> successions;
  for (std::size_t i = 0; i < table.source_rows.size(); ++i) {
    Succession entry{text_at(from, i), text_at(to, i), text_at(policy, i), table.source_rows[i]};
    if (entry.from.empty() || entry.to.empty()) table_error(path, entry.row, "old_code and new_code must both be given");
    if (entry.policy.empty()) entry.policy = "link";
    if (entry.policy != "link" && entry.policy != "break" && entry.policy != "drop")
      table_error(path, entry.row, "policy '" + entry.policy + "' is not known; write link, break or drop");
    if (entry.from != entry.to) successions.push_back(std::move(entry));
  }
  return successions;
}

// The rows of the panel by unit code, with their periods.
class Rows {
 public:
  Rows(RawTable& table, const ReadOptions& options) : table_(table) {
    for (Column& column : table.columns) {
      if (column.name == options.unit) unit_ = &column;
      if (column.name == options.time) time_ = &column;
    }
    if (!unit_ || !time_)
      throw Error(ErrorKind::usage, "succession.keys", "a succession table needs the unit and time keys; name both");
  }

  std::set<std::int64_t> periods_of(const std::string& code) const {
    std::set<std::int64_t> ordinals;
    for (std::size_t i = 0; i < unit_->codes.size(); ++i)
      if (unit_of(i) == code)
        if (const auto period = period_at(i)) ordinals.insert(period->ordinal);
    return ordinals;
  }

  std::string unit_of(std::size_t row) const {
    return unit_->codes[row] < 0 ? "" : unit_->levels[static_cast<std::size_t>(unit_->codes[row])];
  }

  // Renames `code` to `other` in the rows from `first` on; the count of rows renamed.
  std::int64_t rename(const std::string& code, const std::string& other, std::int64_t first) {
    const std::int32_t target = level(other);
    std::int64_t count = 0;
    for (std::size_t i = 0; i < unit_->codes.size(); ++i) {
      const auto period = period_at(i);
      if (unit_of(i) != code || !period || period->ordinal < first) continue;
      unit_->codes[i] = target;
      ++count;
    }
    return count;
  }

  std::string label(std::int64_t ordinal) const {
    for (std::size_t i = 0; i < unit_->codes.size(); ++i)
      if (const auto period = period_at(i); period && period->ordinal == ordinal) return to_text(*period);
    return std::to_string(ordinal);
  }

  std::int64_t drop(const std::string& code) {
    std::vector<Index> kept;
    for (std::size_t i = 0; i < unit_->codes.size(); ++i)
      if (unit_of(i) != code) kept.push_back(static_cast<Index>(i));
    const auto lost = static_cast<std::int64_t>(unit_->codes.size() - kept.size());
    for (Column& column : table_.columns) keep(column, kept);
    std::vector<std::int64_t> rows;
    for (const Index i : kept) rows.push_back(table_.source_rows[static_cast<std::size_t>(i)]);
    table_.source_rows = std::move(rows);
    return lost;
  }

  // Levels that lost all rows go; the rest are put in natural order.
  void tidy_levels() {
    std::map<std::string, std::int32_t, decltype(&natural_less)> order(&natural_less);
    for (std::size_t i = 0; i < unit_->codes.size(); ++i)
      if (unit_->codes[i] >= 0) order.emplace(unit_of(i), 0);
    Names levels;
    for (auto& [code, rank] : order) {
      rank = static_cast<std::int32_t>(levels.size());
      levels.push_back(code);
    }
    for (std::size_t i = 0; i < unit_->codes.size(); ++i)
      if (unit_->codes[i] >= 0) unit_->codes[i] = order.at(unit_of(i));
    unit_->levels = std::move(levels);
  }

 private:
  std::optional<Period> period_at(std::size_t row) const {
    return time_->codes[row] < 0 ? std::nullopt : parse_period(time_->levels[static_cast<std::size_t>(time_->codes[row])]);
  }

  std::int32_t level(const std::string& code) {
    const auto found = std::find(unit_->levels.begin(), unit_->levels.end(), code);
    if (found != unit_->levels.end()) return static_cast<std::int32_t>(found - unit_->levels.begin());
    unit_->levels.push_back(code);
    return static_cast<std::int32_t>(unit_->levels.size()) - 1;
  }

  static void keep(Column& column, const std::vector<Index>& rows) {
    Column result = column;
    result.numbers.resize(column.type == Column::Type::number ? static_cast<Index>(rows.size()) : 0);
    result.codes.clear();
    result.missing.clear();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto from = static_cast<std::size_t>(rows[i]);
      if (column.type == Column::Type::number) result.numbers(static_cast<Index>(i)) = column.numbers(rows[i]);
      else result.codes.push_back(column.codes[from]);
      if (!column.missing.empty()) result.missing.push_back(column.missing[from]);
    }
    column = std::move(result);
  }

  RawTable& table_;
  Column* unit_ = nullptr;
  Column* time_ = nullptr;
};

void apply(const Succession& entry, Rows& rows, DataLedger& ledger) {
  const std::set<std::int64_t> old_periods = rows.periods_of(entry.from), new_periods = rows.periods_of(entry.to);
  if (old_periods.empty()) return;
  if (entry.policy == "drop") {
    const std::int64_t lost = rows.drop(entry.from);
    ledger.rows_lost.emplace_back("succession: " + entry.from + " left out", lost);
    ledger.succession.push_back(entry.from + " became " + entry.to + ": its " + std::to_string(lost) + " rows are left out (policy drop)");
    return;
  }
  const std::int64_t last = *old_periods.rbegin();
  const bool overlap = std::any_of(old_periods.begin(), old_periods.end(), [&](std::int64_t t) { return new_periods.count(t) > 0; });
  if (entry.policy == "link" && !overlap) {
    const std::int64_t linked = rows.rename(entry.from, entry.to, *old_periods.begin());
    ledger.succession.push_back(entry.from + " became " + entry.to + ": " + std::to_string(linked) + " rows are linked to one series");
    return;
  }
  const auto after = new_periods.upper_bound(last);
  if (after == new_periods.end()) {
    ledger.succession.push_back(entry.from + " became " + entry.to + ", which has no rows afterwards: nothing to link or break");
    return;
  }
  const std::string broken = entry.to + "@" + rows.label(*after);
  const std::int64_t renamed = rows.rename(entry.to, broken, *after);
  ledger.succession.push_back(entry.from + " was taken over by " + entry.to + ": " + std::to_string(renamed) + " rows of " + entry.to +
                              " from " + rows.label(*after) + " on are a series of their own, " + broken +
                              (entry.policy == "link" ? " (both existed side by side, so the series cannot be linked)" : ""));
}

}  // namespace

void apply_succession(RawTable& table, const ReadOptions& options) {
  Rows rows(table, options);
  for (const Succession& entry : read_successions(options.succession)) apply(entry, rows, table.ledger);
  rows.tidy_levels();
  if (table.ledger.succession.empty())
    table.ledger.succession.push_back("no code of the succession table occurs in the data: nothing was linked or broken");
}

}  // namespace headwater
