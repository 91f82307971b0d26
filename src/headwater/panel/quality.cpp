// What looks odd in a panel: tenfold typos, probable mergers, annual series that pretend to be quarterly, shares above
// one, a row that is the sum of all others. Everything found is said; nothing is changed.
#include <algorithm>
#include <cmath>
#include <iterator>

#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/panel/totals.hpp"

namespace headwater {
namespace {

constexpr double kTenfold = 2.302585092994046;  // log 10
constexpr double kMergerJump = 0.25;            // log points that a size column moves in a merger
constexpr double kQuiet = 0.075;                // usual change in log points of a column fit to show one

using Suspicion = DataLedger::Suspicion;

struct Found {
  Suspicion suspicion;
  double strength;
};

std::string period_label(const Panel& panel, Index row) {
  return panel.times().labels[static_cast<std::size_t>(panel.times().code[static_cast<std::size_t>(row)])];
}

std::string unit_label(const Panel& panel, Index row) {
  return panel.units().labels[static_cast<std::size_t>(panel.units().code[static_cast<std::size_t>(row)])];
}

bool same_unit(const Panel& panel, Index a, Index b) {
  return panel.units().code[static_cast<std::size_t>(a)] == panel.units().code[static_cast<std::size_t>(b)];
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Log changes of a size column from the row before, less the median change of the same period (a pandemic moves all),
// and how large they usually are: 1.4826 times the median absolute deviation.
struct Changes {
  const Column* column = nullptr;
  std::vector<double> unusual;  // one per row, 0 where not known
  std::vector<bool> known;
  double usual = 0;
};

Changes changes_of(const Panel& panel, const Column& column) {
  const auto n = static_cast<std::size_t>(panel.rows());
  Changes changes{&column, std::vector<double>(n, 0), std::vector<bool>(n, false), 0};
  std::vector<std::vector<double>> by_period(static_cast<std::size_t>(panel.times().count));
  for (Index i = 1; i < panel.rows(); ++i) {
    if (!same_unit(panel, i - 1, i) || !(column.numbers(i - 1) > 0) || !(column.numbers(i) > 0)) continue;
    const double change = std::log(column.numbers(i) / column.numbers(i - 1));
    changes.unusual[static_cast<std::size_t>(i)] = change;
    changes.known[static_cast<std::size_t>(i)] = true;
    by_period[static_cast<std::size_t>(panel.times().code[static_cast<std::size_t>(i)])].push_back(change);
  }
  std::vector<double> medians, sizes;
  for (std::vector<double>& values : by_period) medians.push_back(median(std::move(values)));
  for (std::size_t i = 0; i < n; ++i) {
    if (!changes.known[i]) continue;
    changes.unusual[i] -= medians[static_cast<std::size_t>(panel.times().code[i])];
    sizes.push_back(std::abs(changes.unusual[i]));
  }
  changes.usual = 1.4826 * median(std::move(sizes));
  return changes;
}

// Out and back again in the next period: a slipped digit, or another wrong cell.
void find_spikes(const Panel& panel, const Changes& changes, std::vector<Found>& tenfold, std::vector<Found>& jumps) {
  const Column& column = *changes.column;
  for (Index i = 1; i + 1 < panel.rows(); ++i) {
    if (!same_unit(panel, i, i + 1)) continue;
    const double in = changes.unusual[static_cast<std::size_t>(i)],
                 out = changes.unusual[static_cast<std::size_t>(i) + 1];
    const bool slipped = std::abs(std::abs(in) - kTenfold) < 0.35 && std::abs(in + out) < 0.35 && changes.usual < 0.3;
    const bool jumped = std::abs(in) > std::max(0.7, 8 * changes.usual) && std::abs(in + out) < 0.25 * std::abs(in) &&
                        changes.usual < kQuiet;
    if (!slipped && !jumped) continue;
    const std::string unit = unit_label(panel, i), period = period_label(panel, i);
    Suspicion suspicion{slipped ? "tenfold" : "jump", column.name, unit, period,
                        column.name + " of " + unit + " goes " + significant(column.numbers(i - 1), 6) + ", " +
                            significant(column.numbers(i), 6) + ", " + significant(column.numbers(i + 1), 6) +
                            " around " + period +
                            (slipped ? ": a digit may have slipped" : ": one of them may be wrong")};
    if (slipped)  // the nearer to ten times, the surer
      tenfold.push_back({std::move(suspicion), -std::abs(std::abs(in) - kTenfold)});
    else
      jumps.push_back({std::move(suspicion), std::abs(in)});
  }
}

// A wrong cell moves one column and moves back; a merger or a split moves several quiet columns one way, and they stay.
void find_mergers(const Panel& panel, const std::vector<Changes>& sizes, std::vector<Found>& found) {
  for (Index i = 1; i < panel.rows(); ++i) {
    if (!same_unit(panel, i - 1, i)) continue;
    std::vector<std::string> up, down;
    double strength = 0;
    std::size_t compared = 0, large_up = 0, large_down = 0;
    for (const Changes& size : sizes) {
      if (size.usual > kQuiet) continue;
      const auto at = static_cast<std::size_t>(i);
      const double change = size.unusual[at];
      compared += size.known[at];
      if (std::abs(change) < std::max(kMergerJump, 6 * size.usual)) continue;
      if (same_unit(panel, i, std::min(i + 1, panel.rows() - 1)) && i + 1 < panel.rows() &&
          std::abs(change + size.unusual[at + 1]) < std::abs(change) / 2)
        continue;  // it moves back
      (change > 0 ? up : down).push_back(size.column->name + (change > 0 ? " +" : " ") + significant(change, 2));
      strength += std::abs(change);
      (change > 0 ? large_up : large_down) += std::abs(change) > 2 * kMergerJump;
    }
    const bool merger = up.size() >= down.size();
    std::vector<std::string>& moved = merger ? up : down;
    if (moved.size() < 2 || (moved.size() * 3 < compared && (merger ? large_up : large_down) < 2)) continue;
    const std::size_t count = moved.size();
    if (count > 4) moved.resize(4);
    const std::string list = joined(moved, ", ") + (count > 4 ? " and " + std::to_string(count - 4) + " more" : "");
    found.push_back(
        {{"merger", joined(moved, ", "), unit_label(panel, i), period_label(panel, i),
          unit_label(panel, i) + " in " + period_label(panel, i) + ": " + std::to_string(count) +
              " sizes jump together and stay (log points beyond the median change: " + list + "), probably a " +
              (merger ? "merger" : "split or a service handed over") + "; see [data] succession"},
         strength});
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
                   column.name + " is above 1 in " + std::to_string(above) + " of " + std::to_string(present) +
                       " rows, first for " + unit_label(panel, first) + " in " + period_label(panel, first) +
                       "; is it a share?"});
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
  const auto year_at = [&](Index row) {
    return years[static_cast<std::size_t>(panel.times().code[static_cast<std::size_t>(row)])];
  };
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
  const bool within_year =
      frequency == Frequency::quarter || frequency == Frequency::financial_quarter || frequency == Frequency::month;
  if (!within_year || column.type != Column::Type::number || column.name == panel.keys().time) return;
  const std::int64_t april = frequency == Frequency::month ? 3 : 1;
  if (!annual(panel, column, 0) && !(frequency != Frequency::financial_quarter && annual(panel, column, april))) return;
  found.push_back({"step function", column.name, "", "",
                   column.name + " changes once a year in a " + std::string(name(frequency)) +
                       " panel: it is an annual series repeated, and its repeats are not observations"});
}

// The strongest of a kind first, equally strong ones in the order of the panel.
void append(DataLedger& ledger, std::vector<Found> found) {
  std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.strength > b.strength; });
  for (Found& one : found) ledger.suspicions.push_back(std::move(one.suspicion));
}

// The surest errors of the data come first, for readers who see the beginning of the list: totals and slipped digits,
// then shares above one, cells that jump and come back, annual series, and at last mergers, which are no errors.
void check_quality(const Panel& panel, DataLedger& ledger) {
  if (!panel.has_unit() || !panel.has_time()) return;
  std::vector<const Column*> sizes;
  for (const Column& column : panel.columns())
    if (column.name != panel.keys().time && column.name != panel.keys().unit && looks_like_size(column))
      sizes.push_back(&column);
  std::vector<Found> tenfold, jumps, mergers;
  std::vector<Suspicion> shares, steps;
  std::vector<Changes> changes(sizes.size());
  parallel_for(sizes.size(), [&](std::size_t j) { changes[j] = changes_of(panel, *sizes[j]); });
  for (const Changes& of_column : changes) find_spikes(panel, of_column, tenfold, jumps);
  find_mergers(panel, changes, mergers);
  for (const Column& column : panel.columns()) {
    find_shares_above_one(panel, column, shares);
    find_step_functions(panel, column, steps);
  }
  const auto append_all = [&](std::vector<Suspicion> found) {
    std::move(found.begin(), found.end(), std::back_inserter(ledger.suspicions));
  };
  append_all(find_totals(panel, sizes));
  append(ledger, std::move(tenfold));
  append_all(std::move(shares));
  append(ledger, std::move(jumps));
  append_all(std::move(steps));
  append(ledger, std::move(mergers));
}

}  // namespace

Panel with_quality_checks(Panel panel) {
  check_quality(panel, panel.ledger_);
  return panel;
}

}  // namespace headwater
