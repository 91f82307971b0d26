// Which organisation became which: links the rows of a code to its successor, breaks a successor's series where it took
// another one over, or leaves the predecessor's rows out. What was done is said in the ledger. The break is in the
// first period of the successor without the predecessor; the date of the table is shown, not used.
#include "headwater/panel/succession.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

struct Succession {
  std::string from, to, policy;  // policy: "link", "break" or "drop"
  std::string date;              // of the change, as written; may be empty
  std::int64_t row = 0;
};

[[noreturn]] void table_error(const std::string& file, std::int64_t row, const std::string& message) {
  throw Error(ErrorKind::data, "succession.table", file + ", row " + std::to_string(row) + ": " + message,
              {.file = file, .row = row});
}

// Every column as text: codes and dates keep their form.
RawTable read_as_text(const std::string& path) {
  const std::string bytes = read_file(path);
  ReadOptions options;
  for (const Column& column : parse_csv(bytes, path, ',', options).columns) options.text.push_back(column.name);
  return parse_csv(bytes, path, ',', options);
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
  const RawTable table = read_as_text(path);
  const Column* from = named(table, {"old_code", "from"});
  const Column* to = named(table, {"new_code", "final_code", "to"});
  const Column* policy = named(table, {"policy"});
  const Column* date = named(table, {"date", "period"});
  if (!from || !to)
    table_error(path, 1,
                "a succession table needs the columns old_code and new_code, and may have date and policy (link, break "
                "or drop)");
  std::vector<Succession> successions;
  for (std::size_t i = 0; i < table.source_rows.size(); ++i) {
    Succession entry{text_at(from, i), text_at(to, i), text_at(policy, i), text_at(date, i), table.source_rows[i]};
    if (entry.from.empty() || entry.to.empty())
      table_error(path, entry.row, "old_code and new_code must both be given");
    if (entry.policy.empty()) entry.policy = "link";
    if (entry.policy != "link" && entry.policy != "break" && entry.policy != "drop")
      table_error(path, entry.row, "policy '" + entry.policy + "' is not known; write link, break or drop");
    if (entry.from != entry.to) successions.push_back(std::move(entry));
  }
  return successions;
}

// The rows of the table by unit code and period.
class Series {
 public:
  Series(RawTable& table, const ReadOptions& options) : table_(table) {
    const Column* time = nullptr;
    for (Column& column : table.columns) {
      if (column.name == options.unit) unit_ = &column;
      if (column.name == options.time) time = &column;
    }
    if (!unit_ || !time)
      throw Error(ErrorKind::usage, "succession.keys", "a succession table needs the unit and time keys; name both");
    std::vector<std::optional<Period>> of_level;
    for (const std::string& level : time->levels) of_level.push_back(parse_period(level));
    for (std::size_t i = 0; i < unit_->codes.size(); ++i) {
      const std::int32_t unit = unit_->codes[i], at = time->codes[i];
      const auto period = at < 0 ? std::nullopt : of_level[static_cast<std::size_t>(at)];
      code_.push_back(unit < 0 ? "" : unit_->levels[static_cast<std::size_t>(unit)]);
      if (period) rows_[code_.back()][period->ordinal].push_back(i);
      if (period) frequency_ = period->frequency;
    }
  }

  bool has(const std::string& code) const { return rows_.count(code) > 0; }
  std::string label(std::int64_t ordinal) const { return to_text({frequency_, ordinal}); }
  std::int64_t last(const std::string& code) const { return rows_.at(code).rbegin()->first; }

  // First period of `code` from `ordinal` on.
  std::optional<std::int64_t> first_from(const std::string& code, std::int64_t ordinal) const {
    const auto found = rows_.find(code);
    if (found == rows_.end()) return std::nullopt;
    const auto at = found->second.lower_bound(ordinal);
    return at == found->second.end() ? std::nullopt : std::optional(at->first);
  }

  std::optional<std::int64_t> overlap(const std::string& a, const std::string& b) const {
    if (!has(a) || !has(b)) return std::nullopt;
    for (const auto& [ordinal, rows] : rows_.at(a))
      if (rows_.at(b).count(ordinal) > 0) return ordinal;
    return std::nullopt;
  }

  // Gives the rows of `code` from `first` on to `other`; the count of rows.
  std::int64_t rename(const std::string& code, const std::string& other, std::int64_t first) {
    auto& from = rows_.at(code);
    std::int64_t count = 0;
    for (auto at = from.lower_bound(first); at != from.end(); at = from.erase(at))
      for (const std::size_t row : at->second) {
        rows_[other][at->first].push_back(row);
        code_[row] = other;
        ++count;
      }
    if (from.empty()) rows_.erase(code);
    return count;
  }

  std::int64_t drop(const std::string& code) {
    std::int64_t count = 0;
    for (const auto& [ordinal, rows] : rows_.at(code))
      for (const std::size_t row : rows) {
        dropped_.insert(row);
        ++count;
      }
    rows_.erase(code);
    return count;
  }

  // Puts the new codes into the table and takes the dropped rows out.
  void finish(Notes& notes) {
    *unit_ = type_column(unit_->name, {code_.begin(), code_.end()}, table_.source_rows, true, notes);
    if (dropped_.empty()) return;
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < code_.size(); ++i)
      if (dropped_.count(i) == 0) kept.push_back(i);
    for (Column& column : table_.columns) keep(column, kept);
    std::vector<std::string> codes;
    std::vector<std::int64_t> rows;
    for (const std::size_t i : kept) {
      rows.push_back(table_.source_rows[i]);
      codes.push_back(code_[i]);
    }
    table_.source_rows = std::move(rows);
    *unit_ = type_column(unit_->name, {codes.begin(), codes.end()}, table_.source_rows, true, notes);
  }

 private:
  static void keep(Column& column, const std::vector<std::size_t>& rows) {
    Column result = column;
    result.numbers.resize(column.type == Column::Type::number ? static_cast<Index>(rows.size()) : 0);
    result.codes.clear();
    result.missing.clear();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (column.type == Column::Type::number)
        result.numbers(static_cast<Index>(i)) = column.numbers(static_cast<Index>(rows[i]));
      else
        result.codes.push_back(column.codes[rows[i]]);
      if (!column.missing.empty()) result.missing.push_back(column.missing[rows[i]]);
    }
    column = std::move(result);
  }

  RawTable& table_;
  Column* unit_ = nullptr;
  Frequency frequency_ = Frequency::integer;
  std::vector<std::string> code_;
  std::map<std::string, std::map<std::int64_t, std::vector<std::size_t>>> rows_;
  std::set<std::size_t> dropped_;
};

// A takeover: the acquirer's series is broken at this period.
struct Break {
  std::string code;
  std::int64_t period;
  bool operator<(const Break& other) const { return std::tie(code, period) < std::tie(other.code, other.period); }
};

// One reason for all: which codes they were stands among the successions.
void add_lost(DataLedger& ledger, std::int64_t rows) {
  const std::string reason = "left out by the succession table (policy drop)";
  for (auto& [known, lost] : ledger.rows_lost)
    if (known == reason) {
      lost += rows;
      return;
    }
  ledger.rows_lost.emplace_back(reason, rows);
}

void apply(const Succession& entry, Series& series, DataLedger& ledger,
           std::map<Break, std::vector<std::string>>& breaks) {
  if (!series.has(entry.from)) return;
  const std::string change = entry.from + " became " + entry.to + (entry.date.empty() ? "" : " (" + entry.date + ")");
  if (entry.policy == "drop") {
    const std::int64_t lost = series.drop(entry.from);
    add_lost(ledger, lost);
    ledger.succession.push_back(change + ": " + counted(lost, "row") + " left out (policy drop)");
    return;
  }
  const auto both = series.overlap(entry.from, entry.to);
  if (entry.policy == "link" && !both) {
    const std::int64_t linked = series.rename(entry.from, entry.to, std::numeric_limits<std::int64_t>::min());
    ledger.succession.push_back(change + ": " + counted(linked, "row") + " linked to one series");
    return;
  }
  const auto after = series.first_from(entry.to, series.last(entry.from) + 1);
  if (!after) {
    ledger.succession.push_back(change + ", which has no rows after the last of " + entry.from +
                                ": nothing was linked or broken");
    return;
  }
  if (entry.policy == "link")
    ledger.succession.push_back(change + ": both have rows in " + series.label(*both) +
                                ", so the series cannot be linked; " + entry.to + " is broken instead");
  breaks[{entry.to, *after}].push_back(entry.from);
}

// The last series of a code: itself, or what its last takeover made of it.
std::string last_series(const std::map<Break, std::vector<std::string>>& breaks, const Series& series,
                        const std::string& code) {
  std::string last = code;
  for (const auto& [where, old_codes] : breaks)
    if (where.code == code) last = code + "@" + series.label(where.period);
  return last;
}

// Who carries whom on: along each acquirer's own series, and from those it took over.
void note_links(const std::map<Break, std::vector<std::string>>& breaks, const Series& series, DataLedger& ledger) {
  std::map<std::string, std::string> current;
  for (const auto& [where, old_codes] : breaks) {
    const std::string next = where.code + "@" + series.label(where.period);
    std::string& own = current.emplace(where.code, where.code).first->second;
    ledger.continued_by.emplace_back(own, next);
    own = next;
    for (const std::string& old : old_codes) ledger.continued_by.emplace_back(last_series(breaks, series, old), next);
  }
}

// Later breaks first, so that each takes the rows up to the next.
void break_series(const std::map<Break, std::vector<std::string>>& breaks, Series& series, DataLedger& ledger) {
  for (auto at = breaks.rbegin(); at != breaks.rend(); ++at) {
    const auto& [where, old_codes] = *at;
    const std::string broken = where.code + "@" + series.label(where.period);
    const std::int64_t renamed = series.has(where.code) ? series.rename(where.code, broken, where.period) : 0;
    ledger.succession.push_back(joined(old_codes, ", ") + " taken over by " + where.code + ": " +
                                counted(renamed, "row") + " from " + series.label(where.period) +
                                " on as a series of their own, " + broken);
  }
}

// Predecessors first: A to B stands before B to C whatever the order of the table.
std::vector<Succession> in_order(std::vector<Succession> entries) {
  std::vector<Succession> ordered;
  while (!entries.empty()) {
    std::set<std::string> awaited;
    for (const Succession& entry : entries) awaited.insert(entry.to);
    const auto ready = std::stable_partition(entries.begin(), entries.end(),
                                             [&](const Succession& e) { return awaited.count(e.from) == 0; });
    const auto end = ready == entries.begin() ? entries.end() : ready;  // a circle is taken in the order of the table
    ordered.insert(ordered.end(), entries.begin(), end);
    entries.erase(entries.begin(), end);
  }
  return ordered;
}

}  // namespace

void apply_succession(RawTable& table, const ReadOptions& options) {
  Series series(table, options);
  std::map<Break, std::vector<std::string>> breaks;
  for (const Succession& entry : in_order(read_successions(options.succession)))
    apply(entry, series, table.ledger, breaks);
  note_links(breaks, series, table.ledger);
  break_series(breaks, series, table.ledger);
  series.finish(table.ledger.notes);
  if (table.ledger.succession.empty())
    table.ledger.succession.push_back(
        "no code of the succession table occurs in the data: nothing was linked or broken");
}

Names succession_codes(const std::string& path) {
  std::set<std::string> codes;
  for (const Succession& entry : read_successions(path)) codes.insert({entry.from, entry.to});
  return {codes.begin(), codes.end()};
}

}  // namespace headwater
