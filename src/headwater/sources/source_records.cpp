#include "headwater/sources/source_records.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <tuple>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/panel/readers.hpp"
#include "headwater/sources/published_period.hpp"

namespace headwater {
namespace {

constexpr const char* kYear = "{year}";

// The measure and the year of a header that fits `tall`; nullopt for any other.
std::optional<std::pair<std::string, std::string>> measure_of_year(const std::string& name, const std::string& tall) {
  const std::size_t year = tall.find(kYear), behind = tall.size() - year - std::string_view(kYear).size();
  if (name.size() < behind + 4) return std::nullopt;
  const std::string digits = name.substr(name.size() - behind - 4, 4);
  if (digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  const std::string rest = name.substr(0, name.size() - behind - 4), pattern = tall.substr(0, year);
  if (!name.ends_with(tall.substr(tall.size() - behind)) || !fits(pattern, rest)) return std::nullopt;
  const std::string measure = starred(pattern, rest);
  if (measure.empty()) return std::nullopt;
  return std::pair(measure, digits);
}

struct TallColumns {
  std::vector<std::size_t> same;  // columns that hold for every year
  Names measures;
  std::map<std::string, std::map<std::string, std::size_t>> by_year;  // year -> measure -> column
};

TallColumns tall_columns(const SourceTable& table, const SourceSpec& spec) {
  TallColumns columns;
  for (std::size_t j = 0; j < table.names.size(); ++j) {
    const auto found = measure_of_year(table.names[j], spec.tall);
    if (!found) {
      columns.same.push_back(j);
      continue;
    }
    if (std::find(columns.measures.begin(), columns.measures.end(), found->first) == columns.measures.end())
      columns.measures.push_back(found->first);
    columns.by_year[found->second][found->first] = j;
  }
  if (columns.measures.empty())
    throw Error(ErrorKind::data, "source.no_column",
                table.where() + ": [source " + spec.name + "] no column fits tall = " + spec.tall,
                {.file = table.file});
  return columns;
}

// A row for each year, with the measures of that year.
SourceTable made_tall(SourceTable table, const SourceSpec& spec) {
  const TallColumns columns = tall_columns(table, spec);
  SourceTable tall = table;
  tall.names.clear();
  tall.column.clear();
  tall.shown_as_per_cent.clear();
  tall.rows.clear();
  for (const std::size_t j : columns.same) {
    tall.names.push_back(table.names[j]);
    tall.column.push_back(table.column[j]);
    tall.shown_as_per_cent.push_back(table.shown_as_per_cent[j]);
  }
  for (const std::string& measure : columns.measures) {
    tall.names.push_back(measure);
    tall.column.push_back(0);
    tall.shown_as_per_cent.push_back(false);
  }
  tall.names.emplace_back(kYear);
  tall.column.push_back(0);
  tall.shown_as_per_cent.push_back(false);
  for (const TableRow& row : table.rows)
    for (const auto& [year, measures] : columns.by_year) {
      TableRow made{row.number, {}};
      for (const std::size_t j : columns.same) made.cells.push_back(row.cells[j]);
      for (const std::string& measure : columns.measures) {
        const auto found = measures.find(measure);
        made.cells.push_back(found == measures.end() ? "" : row.cells[found->second]);
      }
      made.cells.push_back(year);
      tall.rows.push_back(std::move(made));
    }
  return tall;
}

// What a pattern of {above: ...} finds around the table, else elsewhere in the workbook: the text behind what stands
// before its first *.
std::optional<std::string> text_around(const SourceTable& table, const SourceFile& file, const std::string& pattern) {
  const std::size_t literal = std::min(pattern.find('*'), pattern.size());
  const auto behind = [&](const std::string& text) {
    return std::string(trimmed(text.substr(std::min(literal, text.size()))));
  };
  for (const auto* around : {&table.above, &table.below})
    for (const auto& [row, text] : *around)
      if (fits(pattern, text)) return behind(text);
  for (const Sheet& sheet : file.workbook.sheets)
    for (const SheetRow& row : sheet.rows)
      for (const Cell& cell : row.cells)
        if (!cell.text.empty() && fits(pattern, stripped(cell.text))) return behind(std::string(stripped(cell.text)));
  return std::nullopt;
}

// Fills templates for the rows of one table.
class Filler {
 public:
  Filler(const SourceTable& table, const SourceFile& file, const SourceSpec& spec)
      : table_(table), file_(file), spec_(spec) {}

  std::string filled(const std::string& pattern, const TableRow& row) {
    std::string text;
    std::size_t at = 0;
    while (at < pattern.size()) {
      const std::size_t open = pattern.find('{', at), close = pattern.find('}', open == std::string::npos ? at : open);
      if (open == std::string::npos || close == std::string::npos) break;
      text += pattern.substr(at, open - at) + value_of(pattern.substr(open + 1, close - open - 1), row);
      at = close + 1;
    }
    return std::string(trimmed(text + pattern.substr(at)));
  }

 private:
  std::string value_of(const std::string& what, const TableRow& row) {
    if (what == "sheet") return table_.sheet;
    if (what == "file") return std::filesystem::path(table_.file).stem().string();
    if (what.starts_with("above:")) return around(std::string(trimmed(what.substr(6))), true);
    if (what.starts_with("above?:")) return around(std::string(trimmed(what.substr(7))), false);
    const std::string column = what == "year" && !spec_.tall.empty() ? kYear : what;
    return std::string(stripped(row.cells[required_column(table_, column, spec_)]));
  }
  const std::string& around(const std::string& pattern, bool needed) {
    const auto known = around_.find(pattern);
    if (known != around_.end()) return known->second;
    const auto found = text_around(table_, file_, pattern);
    if (!found && needed)
      throw Error(ErrorKind::data, "source.no_text",
                  table_.where() +
                      ": no text around the "
                      "table reads '" +
                      pattern + "', which [source " + spec_.name + "] looks for; correct the pattern",
                  {.file = table_.file});
    return around_[pattern] = found.value_or("");
  }

  const SourceTable& table_;
  const SourceFile& file_;
  const SourceSpec& spec_;
  std::map<std::string, std::string> around_;
};

Period period_of(const std::string& text, const SourceTable& table, std::int64_t row, const SourceSpec& spec,
                 bool& year_to_date) {
  const auto published = published_period(text);
  const auto period = published ? taken_as(published->period, spec.frequency) : std::nullopt;
  if (!period)
    throw Error(ErrorKind::data, "source.period",
                table.place(row) + "the period '" + shortened(text, 60) + "', made by period = " + spec.period +
                    ", is none that is understood" + (published ? " as a " + spec.frequency : std::string()) +
                    "; correct the cell or the template",
                {.file = table.file, .row = row});
  if (published->year_to_date) year_to_date = true;
  return *period;
}

SourceRecords with_keys(SourceTable table, const SourceFile& file, const SourceSpec& spec) {
  SourceRecords records{table.names, table.column, table.shown_as_per_cent, {}, !spec.period.empty(), false};
  const std::size_t unit = required_column(table, spec.unit, spec);
  Filler filler(table, file, spec);
  for (TableRow& row : table.rows) {
    SourceRecord record{row.number, std::string(stripped(row.cells[unit])), "", {}, {}};
    const std::string period = records.has_period ? filler.filled(spec.period, row) : "";
    if (period.empty() && spec.period.find("{above?:") != std::string::npos) records.has_period = false;
    if (records.has_period) record.period = period_of(period, table, row.number, spec, records.year_to_date);
    if (!spec.vintage.empty()) record.vintage = filler.filled(spec.vintage, row);
    records.records.push_back(std::move(record));
  }
  for (std::size_t i = 0; i < table.rows.size(); ++i) records.records[i].cells = std::move(table.rows[i].cells);
  return records;
}

// Which columns of a long table are labels, the value, and neither.
struct WideColumns {
  std::vector<std::size_t> labels, same;
  std::size_t value = 0;
};

WideColumns wide_columns(const SourceTable& table, const SourceSpec& spec) {
  WideColumns columns;
  for (const std::string& label : spec.wide) columns.labels.push_back(required_column(table, label, spec));
  columns.value = required_column(table, spec.value, spec);
  for (std::size_t j = 0; j < table.names.size(); ++j)
    if (j != columns.value && std::find(columns.labels.begin(), columns.labels.end(), j) == columns.labels.end())
      columns.same.push_back(j);
  return columns;
}

std::string label_of(const SourceRecord& record, const WideColumns& columns) {
  std::string label;
  for (const std::size_t j : columns.labels)
    label += (label.empty() ? "" : ": ") + std::string(stripped(record.cells[j]));
  return label;
}

[[noreturn]] void two_cells(const SourceTable& table, const SourceRecord& second, std::int64_t first,
                            const std::string& label) {
  throw Error(ErrorKind::data, "source.two_cells",
              table.place(second.row) + "unit '" + second.unit + "' has '" + label + "'" + " for this period in row " +
                  std::to_string(first) + " already; remove one, or keep the rows that are meant",
              {.file = table.file, .row = second.row});
}

SourceRecords made_wide(SourceRecords rows, const SourceTable& table, const SourceSpec& spec) {
  const WideColumns columns = wide_columns(table, spec);
  SourceRecords made{{}, {}, {}, {}, rows.has_period, rows.year_to_date};
  for (const std::size_t j : columns.same) {
    made.names.push_back(rows.names[j]);
    made.column.push_back(rows.column[j]);
    made.shown_as_per_cent.push_back(rows.shown_as_per_cent[j]);
  }
  std::map<std::string, std::size_t> of_label;
  std::map<std::tuple<std::string, std::int64_t, std::string>, std::size_t> of_key;
  std::map<std::pair<std::size_t, std::size_t>, std::int64_t> row_of_cell;
  for (const SourceRecord& row : rows.records) {
    const auto [place, fresh] = of_key.try_emplace({row.unit, row.period.ordinal, row.vintage}, made.records.size());
    if (fresh) {
      made.records.push_back({row.row, row.unit, row.vintage, row.period, {}});
      for (const std::size_t j : columns.same) made.records.back().cells.push_back(row.cells[j]);
    }
    const std::string label = label_of(row, columns);
    const auto [known, new_label] = of_label.try_emplace(label, made.names.size());
    if (new_label) {
      made.names.push_back(label);
      made.column.push_back(rows.column[columns.value]);
      made.shown_as_per_cent.push_back(rows.shown_as_per_cent[columns.value]);
    }
    const auto [cell, first] = row_of_cell.try_emplace({place->second, known->second}, row.row);
    if (!first) two_cells(table, row, cell->second, label);
    std::vector<std::string>& cells = made.records[place->second].cells;
    if (cells.size() < made.names.size()) cells.resize(made.names.size());
    cells[known->second] = row.cells[columns.value];
  }
  for (SourceRecord& record : made.records) record.cells.resize(made.names.size());
  return made;
}

}  // namespace

SourceRecords records_of(SourceTable table, const SourceFile& file, const SourceSpec& spec) {
  if (!spec.tall.empty()) table = made_tall(std::move(table), spec);
  if (spec.wide.empty()) return with_keys(std::move(table), file, spec);
  SourceRecords rows = with_keys(table, file, spec);
  return made_wide(std::move(rows), table, spec);
}

}  // namespace headwater
