// Which organisation became which: links the rows of a code to its successor, breaks a successor's series where it took
// another one over, or leaves the predecessor's rows out. What was done is said in the ledger. The break is in the
// first period of the successor without the predecessor; the date of the table is shown, not used.
#include "headwater/panel/succession.hpp"

#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/panel/key_values.hpp"
#include "headwater/panel/succession_table.hpp"

namespace headwater {
namespace {

// The rows of the table by unit code and period. A series that is linked moves its rows to the longer of the two, so
// that a chain costs no more than its rows times the logarithm of their number.
class Series {
 public:
  Series(RawTable& table, const ReadOptions& options) : table_(table), code_(table.source_rows.size()) {
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
      if (unit >= 0) code_[i] = unit_->levels[static_cast<std::size_t>(unit)];
      if (at < 0 || !of_level[static_cast<std::size_t>(at)]) continue;
      const Period& period = *of_level[static_cast<std::size_t>(at)];
      rows_[code_[i]][period.ordinal].push_back(i);
      ++count_[code_[i]];
      frequency_ = period.frequency;
    }
  }

  bool has(const std::string& code) const { return rows_.count(code) > 0; }
  std::string label(std::int64_t ordinal) const { return to_text({frequency_, ordinal}); }
  std::int64_t last(const std::string& code) const { return rows_.at(code).rbegin()->first; }
  // The codes of the data, by what a reader would take them for.
  std::map<std::string, std::string> codes_by_folding() const {
    std::map<std::string, std::string> codes;
    for (const auto& [code, rows] : rows_) codes.emplace(folded(code), code);
    return codes;
  }

  // First period of `code` from `ordinal` on.
  std::optional<std::int64_t> first_from(const std::string& code, std::int64_t ordinal) const {
    const auto found = rows_.find(code);
    if (found == rows_.end()) return std::nullopt;
    const auto at = found->second.lower_bound(ordinal);
    return at == found->second.end() ? std::nullopt : std::optional(at->first);
  }

  // The first period in which both have rows.
  std::optional<std::int64_t> overlap(const std::string& a, const std::string& b) const {
    if (!has(a) || !has(b)) return std::nullopt;
    const bool a_is_shorter = rows_.at(a).size() < rows_.at(b).size();
    const Rows &shorter = rows_.at(a_is_shorter ? a : b), &longer = rows_.at(a_is_shorter ? b : a);
    for (const auto& [ordinal, rows] : shorter)
      if (longer.count(ordinal) > 0) return ordinal;
    return std::nullopt;
  }

  // Gives all rows of `code` to `other`, with which it has no period in common; the count of rows of `code`.
  std::int64_t link(const std::string& code, const std::string& other) {
    Rows from = std::move(rows_.at(code));
    rows_.erase(code);
    const std::int64_t count = std::exchange(count_[code], 0);
    count_[other] += count;
    Rows& to = rows_[other];
    if (from.size() > to.size()) std::swap(from, to);
    to.merge(from);
    return count;
  }

  // Gives the rows of `code` from `first` on to the new series `other`; their count.
  std::int64_t split(const std::string& code, const std::string& other, std::int64_t first) {
    Rows& from = rows_.at(code);
    const auto at = from.lower_bound(first);
    Rows& to = rows_[other];
    std::int64_t count = 0;
    for (auto moved = at; moved != from.end(); ++moved) {
      to.insert(*moved);
      count += static_cast<std::int64_t>(moved->second.size());
    }
    from.erase(at, from.end());
    if (from.empty()) rows_.erase(code);
    return count;
  }

  std::int64_t drop(const std::string& code) {
    for (const auto& [ordinal, rows] : rows_.at(code)) dropped_.insert(rows.begin(), rows.end());
    rows_.erase(code);
    return count_.at(code);
  }

  // Puts the new codes into the table and takes the dropped rows out.
  void finish(Notes& notes) {
    for (const auto& [code, periods] : rows_)
      for (const auto& [ordinal, rows] : periods)
        for (const std::size_t row : rows) code_[row] = code;
    *unit_ = type_column(unit_->name, {code_.begin(), code_.end()}, table_.source_rows, true, notes);
    if (dropped_.empty()) return;
    std::vector<Index> kept;
    for (std::size_t i = 0; i < code_.size(); ++i)
      if (dropped_.count(i) == 0) kept.push_back(static_cast<Index>(i));
    for (Column& column : table_.columns) column = taken(column, kept);
    std::vector<std::string> codes;
    std::vector<std::int64_t> rows;
    for (const Index row : kept) {
      const auto i = static_cast<std::size_t>(row);
      rows.push_back(table_.source_rows[i]);
      codes.push_back(code_[i]);
    }
    table_.source_rows = std::move(rows);
    *unit_ = type_column(unit_->name, {codes.begin(), codes.end()}, table_.source_rows, true, notes);
  }

 private:
  using Rows = std::map<std::int64_t, std::vector<std::size_t>>;  // by period

  RawTable& table_;
  Column* unit_ = nullptr;
  Frequency frequency_ = Frequency::integer;
  std::vector<std::string> code_;
  std::map<std::string, Rows> rows_;
  std::map<std::string, std::int64_t> count_;  // rows of each code
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
    const std::int64_t linked = series.link(entry.from, entry.to);
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

// Who carries whom on: along each acquirer's own series, and from those it took over.
void note_links(const std::map<Break, std::vector<std::string>>& breaks, const Series& series, DataLedger& ledger) {
  std::map<std::string, std::string> last, current;  // of a code: its last series, and the one that stands so far
  for (const auto& [where, old_codes] : breaks) last[where.code] = where.code + "@" + series.label(where.period);
  for (const auto& [where, old_codes] : breaks) {
    const std::string next = where.code + "@" + series.label(where.period);
    std::string& own = current.emplace(where.code, where.code).first->second;
    ledger.continued_by.emplace_back(own, next);
    own = next;
    for (const std::string& old : old_codes)
      ledger.continued_by.emplace_back(last.count(old) > 0 ? last.at(old) : old, next);
  }
}

// Later breaks first, so that each takes the rows up to the next.
void break_series(const std::map<Break, std::vector<std::string>>& breaks, Series& series, DataLedger& ledger) {
  for (auto at = breaks.rbegin(); at != breaks.rend(); ++at) {
    const auto& [where, old_codes] = *at;
    const std::string broken = where.code + "@" + series.label(where.period);
    const std::int64_t renamed = series.has(where.code) ? series.split(where.code, broken, where.period) : 0;
    ledger.succession.push_back(joined(old_codes, ", ") + " taken over by " + where.code + ": " +
                                counted(renamed, "row") + " from " + series.label(where.period) +
                                " on as a series of their own, " + broken);
  }
}

// Lookups of codes list those that stay as well: such a line changes nothing, and is told of.
void note_lines_without_change(const std::vector<Succession>& entries, const Series& series, DataLedger& ledger) {
  std::vector<const Succession*> same;
  for (const Succession& entry : entries)
    if (entry.from == entry.to && series.has(entry.from)) same.push_back(&entry);
  if (same.empty()) return;
  const bool one = same.size() == 1;
  ledger.succession.push_back(counted(static_cast<long long>(same.size()), "line") + (one ? " says" : " say") +
                              " of a code that it became itself, " + (one ? "" : "the first ") + same[0]->from +
                              " in row " + std::to_string(same[0]->row) + ": nothing was linked or broken there");
}

}  // namespace

void apply_succession(RawTable& table, const ReadOptions& options) {
  Series series(table, options);
  const std::vector<Succession> entries = read_successions(options.succession);
  note_lines_without_change(entries, series, table.ledger);
  std::map<Break, std::vector<std::string>> breaks;
  for (const Succession& entry : in_order(entries, series.codes_by_folding(), options.succession))
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
