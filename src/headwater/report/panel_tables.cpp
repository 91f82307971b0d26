// What `check` says of the panel itself.
#include <cmath>

#include "headwater/core/text.hpp"
#include "headwater/report/layout.hpp"
#include "headwater/report/tables.hpp"

namespace headwater {
namespace {

constexpr std::size_t kMostGaps = 20;

long long count_attribute(const Tree& tree, const char* key) {
  return static_cast<long long>(number_attribute(tree, key));
}

std::string spread_cell(double value) { return std::isnan(value) ? "" : shown(value); }

bool was_found(const Tree& panel, const char* key) {
  return panel.find_attribute(key) && number_attribute(panel, key) != 0;
}

std::string found_text(const Tree& panel) {
  std::string flags;
  if (was_found(panel, "unit_found")) flags = "--unit";
  if (was_found(panel, "time_found")) flags += flags.empty() ? "--time" : " and --time";
  return flags.empty() ? "" : wrapped("The keys were looked for in the data; name others with " + flags + ".", 2);
}

std::string size_text(const Tree& panel) {
  const std::string unit = text_attribute(panel, "unit"), time = text_attribute(panel, "time");
  const long long units = count_attribute(panel, "units"), periods = count_attribute(panel, "periods");
  std::string out =
      wrapped(counted(count_attribute(panel, "rows"), "row") +
                  (unit.empty() ? "; no unit key" : "; " + counted(units, "unit") + " in '" + unit + "'") +
                  (time.empty() ? "; no time key" : "; " + counted(periods, "period") + " in '" + time + "'") + ".",
              2);
  out += found_text(panel);
  if (!time.empty() && periods > 0) {
    const auto& names = labels(panel, "period");
    const std::string frequency = text_attribute(panel, "frequency");
    out += wrapped("Periods: " + names.front() + " to " + names.back() + ", each a " +
                       (frequency == "integer" ? "whole number" : frequency) + ", in steps of " +
                       std::to_string(count_attribute(panel, "step")) + ".",
                   2);
  }
  if (unit.empty()) return out;
  out += wrapped("Rows a unit: " + std::to_string(count_attribute(panel, "rows_per_unit_least")) + " to " +
                     std::to_string(count_attribute(panel, "rows_per_unit_most")) + ", median " +
                     std::to_string(count_attribute(panel, "rows_per_unit_median")) + ".",
                 2);
  if (time.empty()) return out;
  const long long always = count_attribute(panel, "units_in_every_period");
  return out + wrapped(always == units ? "Balanced: every unit has a row in every period."
                                       : "Not balanced: " + thousands(always) + " of " + counted(units, "unit") +
                                             " have a row in every period.",
                       2);
}

std::string gaps_text(const Tree& panel) {
  const auto& units = labels(panel, "gap_unit");
  const auto& missing = texts(panel, "gap_periods");
  if (units.empty()) return "";
  std::string out = wrapped("Gaps: " + counted(static_cast<long long>(units.size()), "unit") +
                                " without a row between the first and last period:",
                            2);
  for (std::size_t i = 0; i < units.size() && i < kMostGaps; ++i)
    out += wrapped("  - " + units[i] + " has no " + missing[i], 4);
  if (units.size() > kMostGaps)
    out += wrapped("  - and " + counted(static_cast<long long>(units.size() - kMostGaps), "more unit"), 4);
  return out;
}

std::string periods_table(const Tree& panel) {
  const auto& names = labels(panel, "period");
  if (names.empty()) return "";
  const auto &rows = integers(panel, "period_rows"), &entries = integers(panel, "period_entries"),
             &exits = integers(panel, "period_exits");
  TextTable table;
  table.column("period", Align::left);
  for (const char* name : {"rows", "units that enter", "units that left"}) table.column(name, Align::right);
  for (std::size_t p = 0; p < names.size(); ++p)
    table.row({names[p], thousands(rows[p]), thousands(entries[p]), thousands(exits[p])});
  return "\n" + table.text();
}

std::string columns_table(const Tree& panel) {
  const auto& names = labels(panel, "column");
  const auto& kinds = texts(panel, "column_kind");
  const auto &missing = integers(panel, "column_missing"), &values = integers(panel, "column_values");
  TextTable table;
  table.column("column", Align::left);
  table.column("read as", Align::left);
  table.column("values", Align::right);
  table.column("missing", Align::right);
  for (const char* name : {"mean", "sd", "between", "within"}) table.column(name, Align::decimal);
  const auto &mean = numbers(panel, "column_mean"), &sd = numbers(panel, "column_sd"),
             &between = numbers(panel, "column_sd_between"), &within = numbers(panel, "column_sd_within");
  for (std::size_t c = 0; c < names.size(); ++c)
    table.row({names[c], kinds[c], thousands(values[c]), thousands(missing[c]), spread_cell(mean[c]),
               spread_cell(sd[c]), spread_cell(between[c]), spread_cell(within[c])});
  return heading("Columns") + table.text();
}

std::string reasons_text(const Tree& panel) {
  const auto& names = labels(panel, "column");
  const auto &kinds = texts(panel, "column_kind"), &reasons = texts(panel, "column_why");
  std::string out;
  for (std::size_t c = 0; c < names.size(); ++c)
    if (kinds[c] == "text" || kinds[c] == "empty" || kinds[c].find("key") != std::string::npos)
      out += wrapped("  - " + names[c] + ", " + kinds[c] + ": " + reasons[c], 4);
  return out.empty() ? "" : "\nWhy, where a column was not read as numbers:\n" + out;
}

std::string switchers_text(const Tree& panel) {
  const auto& names = labels(panel, "column");
  const auto &values = integers(panel, "column_values"), &switchers = integers(panel, "column_switchers");
  const std::string units = counted(count_attribute(panel, "units"), "unit");
  std::string out;
  for (std::size_t c = 0; c < names.size(); ++c)
    if (switchers[c] >= 0)
      out += wrapped("  - " + names[c] + " (" + counted(values[c], "value") + "): " +
                         (switchers[c] == 0 ? "no unit ever changes; effects of the units absorb it"
                                            : thousands(switchers[c]) + " of " + units +
                                                  (switchers[c] == 1 ? " changes" : " change")),
                     4);
  return out.empty() ? "" : "\nCategories, and units that change from one to another:\n" + out;
}

}  // namespace

std::string panel_section(const Tree& panel) {
  return heading("Panel") + size_text(panel) + gaps_text(panel) + periods_table(panel) + columns_table(panel) +
         reasons_text(panel) + switchers_text(panel);
}

}  // namespace headwater
