#include "headwater/sources/totals_check.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "headwater/core/text.hpp"
#include "headwater/panel/readers.hpp"
#include "headwater/sources/cell_marks.hpp"

namespace headwater {
namespace {

struct PlainNumber {
  double value = 0;
  int decimals = 0;
};

// A cell as a number, and how many digits stand behind its point; nullopt for marks and texts.
std::optional<PlainNumber> plain_number(const std::string& raw) {
  const MarkedCell cell = marked_cell(raw);
  Notes none;
  const Column column = type_column("", {std::string_view(cell.value)}, {1}, false, none);
  if (column.type != Column::Type::number || column.is_missing(0)) return std::nullopt;
  const std::size_t point = cell.value.find('.');
  const std::size_t digits =
      point == std::string::npos
          ? 0
          : std::min(cell.value.find_first_not_of("0123456789", point + 1), cell.value.size()) - point - 1;
  return PlainNumber{column.numbers(0), static_cast<int>(digits)};
}

class TotalsCheck {
 public:
  TotalsCheck(const SourceTable& table, const SourceSpec& spec, DataLedger& ledger)
      : table_(table), spec_(spec), ledger_(ledger), unit_(required_column(table, spec.unit, spec)) {
    if (!spec.region.empty()) region_ = required_column(table, spec.region, spec);
    for (std::size_t j = 0; j < table.names.size(); ++j)
      if (fits_any(spec.sums, table.names[j])) sums_.push_back(j);
    for (const std::string& label : spec.wide) same_.push_back(required_column(table, label, spec));
    for (std::size_t j = 0; j < table.names.size(); ++j)  // a period in the row is one the parts must share
      if (spec.period.find("{" + table.names[j] + "}") != std::string::npos) same_.push_back(j);
  }

  void run() {
    for (const TableRow& total : table_.totals) check(total);
    check_count();
  }

 private:
  bool same_cells(const TableRow& a, const TableRow& b) const {
    return std::all_of(same_.begin(), same_.end(),
                       [&](std::size_t j) { return stripped(a.cells[j]) == stripped(b.cells[j]); });
  }

  // The units of the total's region where it has one that units have too, else all.
  std::vector<const TableRow*> parts_of(const TableRow& total) const {
    std::vector<const TableRow*> all, of_region;
    for (const TableRow& row : table_.rows) {
      if (!same_cells(row, total)) continue;
      all.push_back(&row);
      if (region_ && !stripped(row.cells[*region_]).empty() &&
          (stripped(row.cells[*region_]) == stripped(total.cells[*region_]) ||
           stripped(row.cells[*region_]) == stripped(total.cells[unit_])))
        of_region.push_back(&row);
    }
    return of_region.empty() ? all : of_region;
  }

  void check(const TableRow& total) {
    const std::vector<const TableRow*> parts = parts_of(total);
    std::size_t agree = 0;
    for (const std::size_t j : sums_) agree += check_column(total, parts, j);
    if (agree == 0) return;
    ledger_.notes.push_back({"source.total_adds_up", table_.place(total.number) + "the total '" + called(total) +
                                                         "' is the sum of its " +
                                                         counted(static_cast<long long>(parts.size()), "unit") +
                                                         " in " + counted(static_cast<long long>(agree), "column")});
  }

  // 1 where the parts add up; what does not is a suspicion.
  std::size_t check_column(const TableRow& total, const std::vector<const TableRow*>& parts, std::size_t j) {
    const auto whole = plain_number(total.cells[j]);
    if (!whole) return 0;
    double sum = 0;
    int decimals = whole->decimals;
    for (const TableRow* part : parts)
      if (const auto value = plain_number(part->cells[j])) {
        sum += value->value;
        decimals = std::max(decimals, value->decimals);
      }
    const double rounding = 0.5 * std::pow(10.0, -decimals) * (static_cast<double>(parts.size()) + 1);
    if (std::abs(sum - whole->value) <= rounding + 1e-12 * std::abs(sum)) return 1;
    ledger_.suspicions.push_back({"total differs", table_.names[j], "", "",
                                  table_.place(total.number) + "the total '" + called(total) + "' has " +
                                      significant(whole->value, 10) + " in column '" + table_.names[j] + "' and its " +
                                      counted(static_cast<long long>(parts.size()), "unit") + " add up to " +
                                      significant(sum, 10) + "; a row is missing, suppressed or wrong"});
    return 0;
  }

  std::string called(const TableRow& total) const {
    std::string code(stripped(total.cells[unit_]));
    if (!code.empty()) return code;
    const auto found = std::find_if(total.cells.begin(), total.cells.end(), [&](const std::string& cell) {
      return !stripped(cell).empty() && fits_any(spec_.totals, stripped(cell));
    });
    return std::string(stripped(*found));
  }

  void check_count() {
    if (spec_.count.empty()) return;
    std::set<std::string> units;
    for (const TableRow& row : table_.rows) units.insert(row.cells[unit_]);
    for (const auto* around : {&table_.below, &table_.above})
      for (const auto& [row, text] : *around) {
        const auto said = fits(spec_.count, text) ? parse_number(trimmed(starred(spec_.count, text))) : std::nullopt;
        if (!said) continue;
        const bool agrees = *said == static_cast<double>(units.size());
        const std::string what = table_.place(row) + "the note '" + shortened(text, 60) + "' and the " +
                                 std::to_string(units.size()) + " units read ";
        if (agrees)
          ledger_.notes.push_back({"source.count_agrees", what + "agree"});
        else
          ledger_.suspicions.push_back({"count differs", "", "", "", what + "differ; a row is missing or is no unit"});
        return;
      }
  }

  const SourceTable& table_;
  const SourceSpec& spec_;
  DataLedger& ledger_;
  std::size_t unit_;
  std::optional<std::size_t> region_;
  std::vector<std::size_t> sums_, same_;
};

}  // namespace

void check_totals(const SourceTable& table, const SourceSpec& spec, DataLedger& ledger) {
  TotalsCheck(table, spec, ledger).run();
}

}  // namespace headwater
