// What looks odd in a panel: tenfold typos, probable mergers, annual series that pretend to be quarterly, shares above one,
// a row that is the sum of all others. Everything found is said; nothing is changed.
#include <algorithm>
#include <cmath>

#include "headwater/core/text.hpp"
#include "headwater/panel/panel.hpp"

namespace headwater {
namespace {

constexpr double kTenfold = 2.302585092994046;  // log 10
constexpr double kMergerJump = 0.30;            // log points that a size column moves in a merger
constexpr std::size_t kMostOfAKind = 25;

using Suspicion = DataLedger::Suspicion;

std::string period_label(const Panel& panel, Index row) {
  return panel.times().labels[static_cast<std::size_t>(panel.times().code[static_cast<std::size_t>(row)])];
}

std::string unit_label(const Panel& panel, Index row) {
  return panel.units().labels[static_cast<std::size_t>(panel.units().code[static_cast<std::size_t>(row)])];
}

bool same_unit(const Panel& panel, Index a, Index b) {
  return panel.units().code[static_cast<std::size_t>(a)] == panel.units().code[static_cast<std::size_t>(b)];
}

bool looks_like_share(const std::string& name) {
  const std::string word = lower(name);
  for (const char* part : {"pct", "share", "rate", "percent", "ratio"})
    if (word.find(part) != std::string::npos) return true;
  return false;
}

// A level that measures size: positive nearly everywhere, and mostly above ten.
bool looks_like_size(const Column& column) {
  if (column.type != Column::Type::number || looks_like_share(column.name)) return false;
  std::size_t present = 0, positive = 0, large = 0;
  for (const double value : column.numbers) {
    if (std::isnan(value)) continue;
    ++present;
    positive += value > 0;
    large += value > 10;
  }
  return present > 0 && positive * 100 >= present * 95 && large * 10 >= present * 8;
}

double log_change(const Column& column, Index from, Index to) {
  const double a = column.numbers(from), b = column.numbers(to);
  return a > 0 && b > 0 ? std::log(b / a) : 0;
}

void find_tenfold(const Panel& panel, const Column& column, std::vector<Suspicion>& found) {
  for (Index i = 1; i + 1 < panel.rows(); ++i) {
    if (!same_unit(panel, i - 1, i) || !same_unit(panel, i, i + 1)) continue;
    const double in = log_change(column, i - 1, i), out = log_change(column, i, i + 1);
    if (std::abs(std::abs(in) - kTenfold) > 0.35 || std::abs(in + out) > 0.35) continue;
    found.push_back({"tenfold", column.name, unit_label(panel, i), period_label(panel, i),
                     column.name + " of " + unit_label(panel, i) + " goes " + significant(column.numbers(i - 1), 6) + ", " +
                         significant(column.numbers(i), 6) + ", " + significant(column.numbers(i + 1), 6) + " around " +
                         period_label(panel, i) + ": a digit may have slipped"});
  }
}

// A tenfold typo that is undone in the next period moves one column; a merger moves several and stays.
void find_mergers(const Panel& panel, const std::vector<const Column*>& sizes, std::vector<Suspicion>& found) {
  if (sizes.size() < 2) return;
  for (Index i = 1; i < panel.rows(); ++i) {
    if (!same_unit(panel, i - 1, i)) continue;
    std::vector<double> jumps;
    std::vector<std::string> moved;
    std::size_t compared = 0;
    for (const Column* column : sizes) {
      const double change = log_change(*column, i - 1, i);
      compared += change != 0;
      if (std::abs(change) < kMergerJump || std::abs(std::abs(change) - kTenfold) < 0.2) continue;
      jumps.push_back(change);
      moved.push_back(column->name + " " + (change > 0 ? "+" : "") + significant(change, 2));
    }
    const auto up = static_cast<std::size_t>(std::count_if(jumps.begin(), jumps.end(), [](double j) { return j > 0; }));
    const std::size_t together = std::max(up, jumps.size() - up);
    if (together < 2 || together * 3 < compared) continue;
    found.push_back({"merger", joined(moved, ", "), unit_label(panel, i), period_label(panel, i),
                     unit_label(panel, i) + " in " + period_label(panel, i) + ": several sizes jump together (log points: " +
                         joined(moved, ", ") + "), probably a merger or a split; see [data] succession"});
  }
}

void find_shares_above_one(const Panel& panel, const Column& column, std::vector<Suspicion>& found) {
  if (column.type != Column::Type::number || !looks_like_share(column.name)) return;
  std::size_t present = 0, above = 0;
  Index first = -1;
  for (Index i = 0; i < column.size(); ++i) {
    const double value = column.numbers(i);
    if (std::isnan(value)) continue;
    ++present;
    if (value > 1) {
      ++above;
      if (first < 0) first = i;
    }
  }
  if (above == 0 || above * 10 > present) return;
  found.push_back({"share above one", column.name, unit_label(panel, first), period_label(panel, first),
                   column.name + " is above 1 in " + std::to_string(above) + " of " + std::to_string(present) + " rows, first for " +
                       unit_label(panel, first) + " in " + period_label(panel, first) + "; is it a share?"});
}

std::int64_t year_of(const Period& period) {
  const std::int64_t per_year = period.frequency == Frequency::month ? 12 : 4;
  return period.ordinal >= 0 ? period.ordinal / per_year : (period.ordinal - per_year + 1) / per_year;
}

// Financial and calendar years both occur: constant within either makes the series annual. Rows of one unit and year
// follow one another.
bool annual(const Panel& panel, const Column& column, std::int64_t shift) {
  std::vector<std::int64_t> years;
  for (Period period : panel.periods()) {
    period.ordinal -= shift;
    years.push_back(year_of(period));
  }
  const auto year_at = [&](Index row) { return years[static_cast<std::size_t>(panel.times().code[static_cast<std::size_t>(row)])]; };
  std::size_t repeats = 0, breaks = 0, changes = 0;
  Index previous = -1;
  for (Index i = 0; i < panel.rows(); ++i) {
    if (std::isnan(column.numbers(i))) continue;
    if (previous >= 0 && same_unit(panel, previous, i)) {
      const bool equal = column.numbers(previous) == column.numbers(i);
      if (year_at(previous) == year_at(i)) (equal ? repeats : breaks) += 1;
      changes += !equal;
    }
    previous = i;
  }
  return repeats > 0 && changes > 0 && breaks * 50 <= repeats;
}

void find_step_functions(const Panel& panel, const Column& column, std::vector<Suspicion>& found) {
  const Frequency frequency = panel.periods().empty() ? Frequency::integer : panel.periods().front().frequency;
  const bool within_year = frequency == Frequency::quarter || frequency == Frequency::financial_quarter || frequency == Frequency::month;
  if (!within_year || column.type != Column::Type::number || column.name == panel.keys().time) return;
  const std::int64_t april = frequency == Frequency::month ? 3 : 1;
  if (!annual(panel, column, 0) && !(frequency != Frequency::financial_quarter && annual(panel, column, april))) return;
  found.push_back({"step function", column.name, "", "",
                   column.name + " changes once a year in a " + std::string(name(frequency)) +
                       " panel: it is an annual series repeated, and its repeats are not observations"});
}

// A unit whose sizes are the sums over all other units of the same period.
void find_totals(const Panel& panel, const std::vector<const Column*>& sizes, std::vector<Suspicion>& found) {
  if (sizes.empty() || panel.units().count < 4) return;
  std::vector<int> hits(static_cast<std::size_t>(panel.units().count), 0), tries = hits;
  for (const Column* column : sizes) {
    std::vector<double> total(static_cast<std::size_t>(panel.times().count), 0);
    for (Index i = 0; i < panel.rows(); ++i)
      if (column->numbers(i) > 0) total[static_cast<std::size_t>(panel.times().code[static_cast<std::size_t>(i)])] += column->numbers(i);
    for (Index i = 0; i < panel.rows(); ++i) {
      const double value = column->numbers(i);
      if (!(value > 0)) continue;
      const double rest = total[static_cast<std::size_t>(panel.times().code[static_cast<std::size_t>(i)])] - value;
      ++tries[static_cast<std::size_t>(panel.units().code[static_cast<std::size_t>(i)])];
      hits[static_cast<std::size_t>(panel.units().code[static_cast<std::size_t>(i)])] += std::abs(value / rest - 1) < 0.02;
    }
  }
  for (std::size_t u = 0; u < hits.size(); ++u)
    if (tries[u] > 0 && hits[u] * 2 > tries[u])
      found.push_back({"total", "", panel.units().labels[u], "",
                       "unit '" + panel.units().labels[u] + "' equals the sum of all other units: it is probably the total row of the "
                       "table, not a unit; leave it out"});
}

void append(DataLedger& ledger, std::vector<Suspicion> found, const std::string& kind) {
  const std::size_t total = found.size();
  if (total > kMostOfAKind) {
    found.resize(kMostOfAKind);
    found.push_back({kind, "", "", "", "and " + std::to_string(total - kMostOfAKind) + " more of the kind '" + kind + "'"});
  }
  ledger.suspicions.insert(ledger.suspicions.end(), found.begin(), found.end());
}

void check_quality(const Panel& panel, DataLedger& ledger) {
  if (!panel.has_unit() || !panel.has_time()) return;
  std::vector<const Column*> sizes;
  for (const Column& column : panel.columns())
    if (column.name != panel.keys().time && column.name != panel.keys().unit && looks_like_size(column)) sizes.push_back(&column);
  std::vector<Suspicion> tenfold, mergers, shares, steps, totals;
  for (const Column* column : sizes) find_tenfold(panel, *column, tenfold);
  find_mergers(panel, sizes, mergers);
  for (const Column& column : panel.columns()) {
    find_shares_above_one(panel, column, shares);
    find_step_functions(panel, column, steps);
  }
  find_totals(panel, sizes, totals);
  append(ledger, std::move(totals), "total");
  append(ledger, std::move(mergers), "merger");
  append(ledger, std::move(tenfold), "tenfold");
  append(ledger, std::move(shares), "share above one");
  append(ledger, std::move(steps), "step function");
}

}  // namespace

Panel with_quality_checks(Panel panel) {
  check_quality(panel, panel.ledger_);
  return panel;
}

}  // namespace headwater
