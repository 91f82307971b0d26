#include "headwater/diagnostics/panel_summary.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "headwater/core/text.hpp"

namespace headwater {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kFewValues = 12;  // whole numbers with no more values may be categories

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

// First and last period of every unit, and its number of rows. Rows are sorted by unit and time.
struct Spans {
  std::vector<std::int32_t> first, last;
  std::vector<std::int64_t> rows;
};

Spans spans_of(const Panel& panel) {
  const auto units = static_cast<std::size_t>(panel.units().count);
  Spans spans{std::vector<std::int32_t>(units, -1), std::vector<std::int32_t>(units, -1),
              std::vector<std::int64_t>(units, 0)};
  for (Index i = 0; i < panel.rows(); ++i) {
    const std::size_t unit = at(panel.units().code[at(i)]);
    const std::int32_t time = panel.times().code[at(i)];
    if (spans.first[unit] < 0) spans.first[unit] = time;
    spans.last[unit] = time;
    ++spans.rows[unit];
  }
  return spans;
}

void describe_balance(Tree& tree, const Panel& panel, const Spans& spans) {
  std::vector<std::int64_t> rows = spans.rows;
  std::sort(rows.begin(), rows.end());
  const std::int64_t periods = panel.times().count;
  const auto whole = std::count(rows.begin(), rows.end(), periods);
  tree.attribute("rows_per_unit_least", rows.empty() ? 0 : rows.front());
  tree.attribute("rows_per_unit_median", rows.empty() ? 0 : rows[rows.size() / 2]);
  tree.attribute("rows_per_unit_most", rows.empty() ? 0 : rows.back());
  tree.attribute("units_in_every_period", static_cast<std::int64_t>(panel.has_time() ? whole : 0));
}

// Units without a row between their first and their last period, and those between: "R01 has no 2015".
void describe_gaps(Tree& tree, const Panel& panel, const Spans& spans) {
  std::vector<std::string> units, missing;
  if (panel.has_unit() && panel.has_time()) {
    Index row = 0;
    for (std::int32_t u = 0; u < panel.units().count; ++u) {
      std::vector<std::string> absent;
      std::int32_t next = spans.first[at(u)];
      for (std::int64_t r = 0; r < spans.rows[at(u)]; ++r, ++row) {
        const std::int32_t here = panel.times().code[at(row)];
        for (; next < here; ++next) absent.push_back(panel.times().labels[at(next)]);
        next = here + 1;
      }
      if (absent.empty()) continue;
      units.push_back(panel.units().labels[at(u)]);
      missing.push_back(joined(absent, ", "));
    }
  }
  tree.axis("gap_unit", units, "units without a row between their first and last period");
  tree.text("gap_periods", "gap_unit", missing, "periods that lie between and have no row");
}

void describe_periods(Tree& tree, const Panel& panel, const Spans& spans) {
  const std::size_t periods = panel.has_time() ? at(panel.times().count) : 0;
  std::vector<std::int64_t> rows(periods, 0), entries(periods, 0), exits(periods, 0);
  if (periods > 0) {
    for (const std::int32_t code : panel.times().code) ++rows[at(code)];
    for (std::size_t u = 0; panel.has_unit() && u < spans.first.size(); ++u) {
      if (spans.first[u] > 0) ++entries[at(spans.first[u])];
      if (at(spans.last[u]) + 1 < periods) ++exits[at(spans.last[u]) + 1];
    }
  }
  tree.axis("period", periods > 0 ? panel.times().labels : Names{}, "periods in time order");
  tree.integers("period_rows", "period", rows, "rows of the period", "rows");
  tree.integers("period_entries", "period", entries, "units seen for the first time, the first period aside", "units");
  tree.integers("period_exits", "period", exits, "units seen for the last time in the period before", "units");
}

struct Profile {
  std::string kind, why;
  std::int64_t missing = 0, values = 0, switchers = -1;
  double mean = kNone, total = kNone, between = kNone, within = kNone;
};

double deviation(double squares, double count) {
  return count > 1 ? std::sqrt(std::max(0.0, squares) / (count - 1)) : kNone;
}

// Deviations over all cells, of the units' means, and of cells about their unit's mean.
void add_spread(Profile& profile, const Panel& panel, const Column& column) {
  const auto units = static_cast<Index>(panel.units().count);
  Vector sum = Vector::Zero(units), count = Vector::Zero(units);
  for (Index i = 0; i < panel.rows(); ++i) {
    if (std::isnan(column.numbers(i))) continue;
    sum(panel.units().code[at(i)]) += column.numbers(i);
    count(panel.units().code[at(i)]) += 1;
  }
  const double n = count.sum(), mean = sum.sum() / n;
  double total = 0, within = 0, between = 0, largest = 0;
  const double seen = (count.array() > 0).cast<double>().sum();
  const Vector means = (count.array() > 0).select(sum.array() / count.array().max(1), 0.0);
  const double mean_of_means = means.sum() / seen;
  for (Index i = 0; i < panel.rows(); ++i) {
    const double value = column.numbers(i);
    if (std::isnan(value)) continue;
    largest = std::max(largest, std::abs(value));
    total += (value - mean) * (value - mean);
    const double own = value - means(panel.units().code[at(i)]);
    within += own * own;
  }
  for (Index u = 0; u < units; ++u)
    if (count(u) > 0) between += (means(u) - mean_of_means) * (means(u) - mean_of_means);
  if (!(n > 0)) return;
  const auto without_rounding = [&](double sd) { return sd > 1e-13 * largest || std::isnan(sd) ? sd : 0; };
  profile.mean = mean;
  profile.total = without_rounding(deviation(total, n));
  if (!panel.has_unit()) return;
  profile.between = without_rounding(deviation(between, seen));
  profile.within = without_rounding(deviation(within, n));
}

// Units that have more than one value of the column.
std::int64_t switchers(const Panel& panel, const Grouping& values) {
  std::vector<std::int32_t> first(at(panel.units().count), -1);
  std::vector<bool> changes(first.size(), false);
  for (Index i = 0; i < panel.rows(); ++i) {
    const std::int32_t value = values.code[at(i)];
    if (value < 0) continue;
    const std::size_t unit = at(panel.units().code[at(i)]);
    if (first[unit] < 0) first[unit] = value;
    if (first[unit] != value) changes[unit] = true;
  }
  return std::count(changes.begin(), changes.end(), true);
}

bool whole_numbers(const Column& column) {
  return std::all_of(column.numbers.begin(), column.numbers.end(),
                     [](double value) { return std::isnan(value) || value == std::floor(value); });
}

std::string number_kind(const Column& column, std::size_t values) {
  if (values == 2 &&
      (column.numbers.array().isNaN() || column.numbers.array() == 0 || column.numbers.array() == 1).all())
    return "0 or 1";
  return whole_numbers(column) ? "whole numbers" : "numbers";
}

Profile profile_of(const Panel& panel, const Column& column) {
  Profile profile;
  const Grouping values = grouping(column);
  profile.values = values.count;
  profile.missing = std::count(values.code.begin(), values.code.end(), -1);
  const bool text = column.type == Column::Type::text;
  const bool unit = panel.has_unit() && column.name == panel.keys().unit,
             time = panel.has_time() && column.name == panel.keys().time;
  if (unit || time) {
    profile.kind = unit ? "unit key" : "time key";
    profile.why = unit ? "the unit; compared as text"
                       : "the time; in every cell: " + std::string(name(panel.periods().front().frequency));
    return profile;
  }
  profile.kind = text ? "text" : number_kind(column, at(values.count));
  if (values.count == 0) profile.kind = "empty";
  profile.why = !text                     ? "every cell that is not missing is a number"
                : column.why_text.empty() ? "asked for as text, or holds no cell that is a number"
                                          : column.why_text;
  if (values.count == 0) profile.why = "no cell has a value";
  if (!text) add_spread(profile, panel, column);
  const bool category = text || (at(values.count) <= kFewValues && whole_numbers(column));
  if (category && panel.has_unit() && values.count > 0) profile.switchers = switchers(panel, values);
  return profile;
}

void describe_columns(Tree& tree, const Panel& panel) {
  Names names, kinds, reasons;
  std::vector<std::int64_t> missing, values, switching;
  const auto columns = static_cast<Index>(panel.columns().size());
  Vector mean(columns), total(columns), between(columns), within(columns);
  for (Index c = 0; c < columns; ++c) {
    const Profile profile = profile_of(panel, panel.columns()[at(c)]);
    names.push_back(panel.columns()[at(c)].name);
    kinds.push_back(profile.kind);
    reasons.push_back(profile.why);
    missing.push_back(profile.missing);
    values.push_back(profile.values);
    switching.push_back(profile.switchers);
    mean(c) = profile.mean;
    total(c) = profile.total;
    between(c) = profile.between;
    within(c) = profile.within;
  }
  tree.axis("column", names, "columns in the order of the file");
  tree.text("column_kind", "column", kinds, "what the column was read as");
  tree.text("column_why", "column", reasons, "why it was read so");
  tree.integers("column_missing", "column", missing, "cells without a value", "cells");
  tree.integers("column_values", "column", values, "distinct values", "values");
  tree.integers("column_switchers", "column", switching,
                "units with more than one value of a category; -1: no category", "units");
  tree.vector("column_mean", "column", mean, "mean", "column");
  tree.vector("column_sd", "column", total, "standard deviation", "column");
  tree.vector("column_sd_between", "column", between, "standard deviation of the units' means", "column");
  tree.vector("column_sd_within", "column", within, "standard deviation about the units' means", "column");
}

}  // namespace

Tree panel_summary(const Panel& panel) {
  Tree tree;
  const Spans spans = spans_of(panel);
  tree.attribute("unit", panel.keys().unit);
  tree.attribute("time", panel.keys().time);
  tree.attribute("rows", static_cast<std::int64_t>(panel.rows()));
  tree.attribute("units", std::int64_t{panel.has_unit() ? panel.units().count : 0});
  tree.attribute("periods", std::int64_t{panel.has_time() ? panel.times().count : 0});
  tree.attribute(
      "frequency",
      std::string(panel.has_time() && !panel.periods().empty() ? name(panel.periods().front().frequency) : ""));
  tree.attribute("step", panel.time_step());
  describe_balance(tree, panel, spans);
  describe_gaps(tree, panel, spans);
  describe_periods(tree, panel, spans);
  describe_columns(tree, panel);
  return tree;
}

}  // namespace headwater
