#include "headwater/sources/joined_sources.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/sources/name_matching.hpp"
#include "headwater/sources/published_period.hpp"
#include "headwater/sources/typed_columns.hpp"

namespace headwater {
namespace {

constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

// Which rows of a source make up the cell of one row of the panel.
using Parts = std::vector<Index>;

std::string rule_in_words(const TypedSource& source, const TypedSource& base) {
  if (!source.has_period) return base.has_period ? "the same in every period" : "";
  switch (source.spec.joining) {
    case Joining::exact: return "by unit and period";
    case Joining::hold: return "a step: held over the periods within its own";
    case Joining::mean: return "mean of the periods within";
    case Joining::last: return "the last of the periods within";
    case Joining::sum: return "sum of the periods within";
  }
  return "";
}

class Joiner {
 public:
  Joiner(const TypedSource& base, const TypedSource& source) : base_(base), source_(source) {
    if (!base.has_period && source.has_period) require_one_period();
    for (Index i = 0; i < source.rows(); ++i) {
      by_unit_[source.unit[static_cast<std::size_t>(i)]].push_back(i);
      spans_.push_back(span_of(source, i));
    }
    used_.assign(static_cast<std::size_t>(source.rows()), false);
    for (Index i = 0; i < base.rows(); ++i) parts_.push_back(parts_for(i));
  }

  Column joined(const Column& column) const {
    const bool text = column.type == Column::Type::text;
    if (text && adds_up() && source_.spec.joining != Joining::last) text_cannot(column);
    TypedCells cells{column.type, {}, {}, {}};
    for (const Parts& parts : parts_) {
      cells.missing.push_back(reason(column, parts));
      const bool there = cells.missing.back() == Missing::present;
      if (text)
        cells.texts.push_back(
            there ? column.levels[static_cast<std::size_t>(column.codes[static_cast<std::size_t>(parts.back())])] : "");
      else
        cells.numbers.push_back(there ? value(column, parts) : kNoValue);
    }
    return column_of(column.name, cells, base_.row);
  }

  void tell(DataLedger& ledger) const {
    std::map<std::string, std::int64_t> only_source, only_panel;
    std::int64_t outside = 0;
    std::set<std::string> units(base_.unit.begin(), base_.unit.end());
    for (std::size_t i = 0; i < used_.size(); ++i) {
      if (used_[i]) continue;
      if (units.count(source_.unit[i]) == 0) ++only_source[source_.unit[i]];
      outside += units.count(source_.unit[i]) > 0;
    }
    for (std::size_t i = 0; i < parts_.size(); ++i)
      if (parts_[i].empty()) ++only_panel[base_.unit[i]];
    for (const auto& [unit, rows] : only_source) ledger.unmatched.push_back({source_.spec.name, "source", unit, rows});
    for (const auto& [unit, rows] : only_panel) ledger.unmatched.push_back({source_.spec.name, "panel", unit, rows});
    const std::string prefix = "[source " + source_.spec.name + "] ";
    lose(ledger, prefix + "the unit has no row in [source " + base_.spec.name + "]", total(only_source));
    lose(ledger, prefix + "the period has no row of its unit in [source " + base_.spec.name + "]", outside);
  }

 private:
  static std::int64_t total(const std::map<std::string, std::int64_t>& rows) {
    std::int64_t sum = 0;
    for (const auto& [unit, count] : rows) sum += count;
    return sum;
  }
  static void lose(DataLedger& ledger, const std::string& reason, std::int64_t rows) {
    if (rows > 0) ledger.rows_lost.emplace_back(reason, rows);
  }

  // Counted periods (waves) are the same or not.
  static MonthSpan span_of(const TypedSource& source, Index row) {
    const Period& period = source.period[static_cast<std::size_t>(row)];
    return months_of(period).value_or(MonthSpan{period.ordinal, 0});
  }
  bool adds_up() const {
    return source_.spec.joining == Joining::mean || source_.spec.joining == Joining::last ||
           source_.spec.joining == Joining::sum;
  }

  void require_one_period() const {
    for (const Period& period : source_.period)
      if (period != source_.period.front())
        throw Error(ErrorKind::usage, "source.no_period",
                    "[source " + base_.spec.name + "] has no period and [source " + source_.spec.name +
                        "] has several; give the first a period, or keep one of the second",
                    {.key = "source.period"});
  }

  Parts parts_for(Index row) {
    const auto units = by_unit_.find(base_.unit[static_cast<std::size_t>(row)]);
    if (units == by_unit_.end()) return {};
    Parts parts;
    std::int64_t months = 0;
    const MonthSpan wanted = span_of(base_, row);
    for (const Index i : units->second) {
      const MonthSpan& span = spans_[static_cast<std::size_t>(i)];
      if (!belongs(wanted, span)) continue;
      parts.push_back(i);
      months += span.count;
    }
    std::sort(parts.begin(), parts.end(), [&](Index a, Index b) {
      return spans_[static_cast<std::size_t>(a)].first < spans_[static_cast<std::size_t>(b)].first;
    });
    const bool all = !timed() || !adds_up() || source_.spec.joining == Joining::last || months == wanted.count;
    for (const Index i : parts) used_[static_cast<std::size_t>(i)] = true;
    return all ? parts : Parts{};
  }
  bool timed() const { return base_.has_period && source_.has_period; }
  bool belongs(const MonthSpan& wanted, const MonthSpan& span) const {
    if (!timed()) return true;
    switch (source_.spec.joining) {
      case Joining::exact: return span == wanted;
      case Joining::hold: return span.holds(wanted);
      case Joining::last: return wanted.holds(span) && span.first + span.count == wanted.first + wanted.count;
      case Joining::mean:
      case Joining::sum: return wanted.holds(span);
    }
    return false;
  }

  static Missing reason(const Column& column, const Parts& parts) {
    if (parts.empty()) return Missing::unmatched;
    for (const Index part : parts)
      if (column.is_missing(part)) return column.missing[static_cast<std::size_t>(part)];
    return Missing::present;
  }
  double value(const Column& column, const Parts& parts) const {
    if (!timed() || !adds_up()) return column.numbers(parts.back());
    double sum = 0;
    for (const Index part : parts) sum += column.numbers(part);
    return source_.spec.joining == Joining::mean ? sum / static_cast<double>(parts.size()) : sum;
  }
  [[noreturn]] void text_cannot(const Column& column) const {
    throw Error(ErrorKind::usage, "source.text_join",
                "[source " + source_.spec.name + "] column '" + column.name + "' holds text, which has no " +
                    name(source_.spec.joining) + "; leave it out under [columns " + source_.spec.name +
                    "], or join by last",
                {.column = column.name});
  }

  const TypedSource& base_;
  const TypedSource& source_;
  std::map<std::string, std::vector<Index>> by_unit_;
  std::vector<MonthSpan> spans_;
  std::vector<Parts> parts_;
  std::vector<bool> used_;
};

// A rule that never fits these periods is a mistake of the declaration, not a panel without values.
void require_fitting_rule(const TypedSource& source, const TypedSource& base) {
  if (!source.has_period || !base.has_period || source.rows() == 0) return;
  const auto own = months_of(source.period.front()), rows = months_of(base.period.front());
  const Joining joining = source.spec.joining;
  const std::int64_t a = own ? own->count : 0, b = rows ? rows->count : 0;
  const bool whole = joining == Joining::exact ? a == b : joining == Joining::hold ? a >= b && b > 0 : a <= b && a > 0;
  if (whole) return;
  const char* way = a > b ? "hold" : "mean, last or sum";
  throw Error(ErrorKind::usage, "source.join",
              "[source " + source.spec.name + "] has periods like '" + to_text(source.period.front()) +
                  "' and [source " + base.spec.name + "], which makes the rows, like '" + to_text(base.period.front()) +
                  "': join = " + name(joining) + " cannot bring them together; write join = " + way +
                  (a == b ? " or exact" : ""),
              {.key = "source.join"});
}

void refuse_same_column(const std::vector<Column>& columns, const Column& column, const SourceSpec& spec) {
  if (std::none_of(columns.begin(), columns.end(), [&](const Column& c) { return c.name == column.name; })) return;
  throw Error(ErrorKind::usage, "source.same_column",
              "[source " + spec.name + "] brings a column '" + column.name +
                  "', which is there already; rename it under [columns " + spec.name + "]",
              {.column = column.name});
}

void take_ledger(DataLedger& into, DataLedger&& from, const std::string& joining) {
  for (DataLedger::ColumnSource& source : from.column_sources) {
    source.joining = joining;
    into.column_sources.push_back(std::move(source));
  }
  into.rows_read += from.rows_read;
  std::move(from.rows_lost.begin(), from.rows_lost.end(), std::back_inserter(into.rows_lost));
  std::move(from.name_matches.begin(), from.name_matches.end(), std::back_inserter(into.name_matches));
  std::move(from.suspicions.begin(), from.suspicions.end(), std::back_inserter(into.suspicions));
  std::move(from.notes.begin(), from.notes.end(), std::back_inserter(into.notes));
}

void match_all_names(std::vector<TypedSource>& sources) {
  for (TypedSource& source : sources) {
    if (source.spec.match == 0) continue;
    std::vector<const TypedSource*> known;
    for (const TypedSource& other : sources)
      if (other.spec.match == 0) known.push_back(&other);
    match_names(source, known);
  }
}

}  // namespace

RawTable joined_sources(std::vector<TypedSource> sources, const PanelKeys& keys) {
  match_all_names(sources);
  RawTable table;
  TypedSource& base = sources.front();
  table.source_rows = base.row;
  table.columns.push_back(text_column_of(keys.unit, base.unit, base.row));
  if (base.has_period) {
    Names periods;
    for (const Period& period : base.period) periods.push_back(to_text(period));
    table.columns.push_back(text_column_of(keys.time, periods, base.row));
  }
  for (TypedSource& source : sources) {
    const bool first = &source == &base;
    require_fitting_rule(source, base);
    const Joiner joiner(base, source);
    for (const Column& column : source.columns) {
      refuse_same_column(table.columns, column, source.spec);
      table.columns.push_back(first ? column : joiner.joined(column));
    }
    const std::string rule = first ? "its rows are those of the panel" : rule_in_words(source, base);
    take_ledger(table.ledger, std::move(source.ledger), rule);
    if (!first) joiner.tell(table.ledger);
  }
  return table;
}

}  // namespace headwater
