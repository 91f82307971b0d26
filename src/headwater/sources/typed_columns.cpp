#include "headwater/sources/typed_columns.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/panel/readers.hpp"
#include "headwater/sources/cell_marks.hpp"

namespace headwater {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr const char *kPlainValue = "value", *kEmptyCell = "empty";  // of a column of status, where there is no mark

// A header as part of a column's name: letters, digits and single underscores.
std::string as_name(std::string_view header) {
  std::string name;
  for (const char c : lower(header)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain) name += c;
    if (!plain && !name.empty() && name.back() != '_') name += '_';
  }
  while (name.ends_with('_')) name.pop_back();
  return name;
}

std::string named_by(const std::string& pattern, const std::string& star) {
  const std::size_t at = pattern.find('*');
  return at == std::string::npos ? pattern : pattern.substr(0, at) + as_name(star) + pattern.substr(at + 1);
}

std::string described(Conversion conversion) {
  switch (conversion) {
    case Conversion::per_cent: return "per cent to fractions: divided by 100";
    case Conversion::thousand: return "thousands to ones: times 1,000";
    case Conversion::million: return "millions to ones: times 1,000,000";
    case Conversion::text: return "kept as text";
    case Conversion::none: return "";
  }
  return "";
}

double converted(double value, Conversion conversion) {
  return conversion == Conversion::per_cent ? value / 100 : value * factor(conversion);
}

// The first row that is no number, from "row 12 holds 'x', which is not a number".
[[noreturn]] void not_a_number(const Column& column, const std::string& header, const SourceTable& table) {
  const std::size_t holds = column.why_text.find(" holds ");
  const auto row = parse_number(column.why_text.substr(4, holds - 4));
  const auto number = static_cast<std::int64_t>(row.value_or(0));
  throw Error(ErrorKind::data, "source.not_a_number",
              table.place(number) + "column '" + shortened(header, 80) + "'" + column.why_text.substr(holds) +
                  "; correct the cell, or read the column as text(" + shortened(header, 80) + ")",
              {.file = table.file, .row = number, .column = header});
}

std::string without_per_cent(std::string value) {
  if (value.ends_with('%')) value = std::string(stripped(std::string_view(value).substr(0, value.size() - 1)));
  return value;
}

std::string counted_marks(const Names& status) {
  std::map<std::string, long long> counts;
  for (const std::string& mark : status)
    if (!mark.empty() && mark != kPlainValue && mark != kEmptyCell) ++counts[mark];
  std::string text;
  for (const auto& [mark, count] : counts) text += (text.empty() ? "" : ", ") + mark + " " + thousands(count);
  return text;
}

}  // namespace

Column text_column_of(const std::string& column_name, const Names& texts, const std::vector<std::int64_t>& rows) {
  Notes none;
  return type_column(column_name, {texts.begin(), texts.end()}, rows, true, none);
}

Column column_of(const std::string& column_name, const TypedCells& cells, const std::vector<std::int64_t>& rows) {
  if (cells.type == Column::Type::text) {
    Column column = text_column_of(column_name, cells.texts, rows);
    for (std::size_t i = 0; i < cells.missing.size(); ++i)
      if (column.codes[i] < 0 && cells.missing[i] != Missing::present) column.missing[i] = cells.missing[i];
    return column;
  }
  Column column;
  column.name = column_name;
  column.numbers = Eigen::Map<const Vector>(cells.numbers.data(), static_cast<Index>(cells.numbers.size()));
  if (std::any_of(cells.missing.begin(), cells.missing.end(), [](Missing m) { return m != Missing::present; }))
    column.missing = cells.missing;
  return column;
}

std::vector<TypedColumns::Wanted> TypedColumns::wanted_columns(const SourceRecords& records,
                                                               const SourceTable& table) const {
  std::vector<Wanted> wanted;
  const auto is_key = [&](const std::string& name) { return name == spec_.unit || name == "{year}"; };
  if (spec_.columns.empty())
    for (std::size_t j = 0; j < records.names.size(); ++j)
      if (!is_key(records.names[j])) wanted.push_back({records.names[j], j, Conversion::none, false});
  for (const ColumnSpec& column : spec_.columns) {
    std::size_t found = 0;
    for (std::size_t j = 0; j < records.names.size(); ++j) {
      if (is_key(records.names[j]) || !fits(column.header, records.names[j])) continue;
      wanted.push_back({named_by(column.name, starred(column.header, records.names[j])), j, column.conversion, true});
      ++found;
    }
    const bool pattern = column.header.find('*') != std::string::npos;
    SourceTable names = {table.file, table.sheet, "", records.names, {}, {}, {}, {}, {}, {}, {}};
    if (found == 0) required_column(names, column.header, spec_);
    if (found > 1 && !pattern) column_position(records.names, column.header, table.where() + ": ");
  }
  return wanted;
}

TypedColumns::Growing& TypedColumns::growing(const std::string& column_name) {
  const auto [known, fresh] = position_.try_emplace(column_name, columns_.size());
  if (fresh) {
    columns_.emplace_back();
    columns_.back().name = column_name;
  }
  Growing& column = columns_[known->second];
  column.cells.numbers.resize(rows_, kNone);
  column.cells.texts.resize(rows_);
  column.cells.missing.resize(rows_, Missing::unmatched);
  column.status.resize(rows_);
  return column;
}

void TypedColumns::tell_source(const Wanted& wanted, const SourceRecords& records, const SourceTable& table,
                               const std::string& conversion, DataLedger& ledger) const {
  const std::int64_t column = records.column[wanted.at];
  std::int64_t first = records.records.front().row, last = first;
  for (const SourceRecord& record : records.records) {
    first = std::min(first, record.row);
    last = std::max(last, record.row);
  }
  const std::string letters = column > 0 ? column_letters(column) : "";
  const std::string range = column > 0 ? letters + std::to_string(first) + ":" + letters + std::to_string(last)
                                       : "rows " + std::to_string(first) + " to " + std::to_string(last);
  ledger.column_sources.push_back({wanted.name, spec_.name, records.names[wanted.at], table.file, table.sheet, range,
                                   table.sha256, conversion, ""});
}

void TypedColumns::add_column(const Wanted& wanted, const SourceRecords& records, const SourceTable& table,
                              DataLedger& ledger) {
  const bool text = wanted.conversion == Conversion::text, shown = records.shown_as_per_cent[wanted.at];
  const bool per_cent = wanted.conversion == Conversion::per_cent;
  Names cells, status;
  std::vector<std::int64_t> rows;
  for (const SourceRecord& record : records.records) {
    MarkedCell cell = text ? MarkedCell{record.cells[wanted.at], ""} : marked_cell(record.cells[wanted.at]);
    cells.push_back(per_cent ? without_per_cent(cell.value) : cell.value);
    const bool empty = stripped(record.cells[wanted.at]).empty();
    status.push_back(!cell.status.empty() ? cell.status : empty ? kEmptyCell : kPlainValue);
    rows.push_back(record.row);
  }
  Notes notes;
  Column column = type_column(wanted.name, {cells.begin(), cells.end()}, rows, text, notes);
  if (wanted.declared && !text && column.type == Column::Type::text)
    not_a_number(column, records.names[wanted.at], table);
  if (column.type == Column::Type::text)  // marks are none there
    for (std::size_t i = 0; i < cells.size(); ++i) {
      cells[i] = std::string(stripped(records.records[i].cells[wanted.at]));
      status[i] = kPlainValue;
    }
  for (const Note& note : notes)
    if (!(shown && note.code == "data.mixed_percent"))
      ledger.notes.push_back({note.code, table.where() + ": " + note.message});
  const bool convert = !(per_cent && shown);
  std::string told = convert ? described(wanted.conversion) : "";
  if (shown) told = "fractions that the sheet shows as per cent; factor 1";
  Growing& grown = growing(wanted.name);
  if (column.type == Column::Type::text) grown.cells.type = Column::Type::text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto at = static_cast<Index>(i);
    const bool number = column.type == Column::Type::number;
    grown.cells.numbers.push_back(!number   ? kNone
                                  : convert ? converted(column.numbers(at), wanted.conversion)
                                            : column.numbers(at));
    grown.cells.texts.push_back(number ? (column.is_missing(at) ? "" : shortest(grown.cells.numbers.back()))
                                       : cells[i]);
    grown.cells.missing.push_back(column.is_missing(at) ? column.missing[i] : Missing::present);
    grown.any_status |= status[i] != kPlainValue && status[i] != kEmptyCell;
    grown.status.push_back(std::move(status[i]));
  }
  tell_source(wanted, records, table, told, ledger);
}

void TypedColumns::add(const SourceRecords& records, const SourceTable& table, DataLedger& ledger) {
  for (const Wanted& wanted : wanted_columns(records, table)) add_column(wanted, records, table, ledger);
  rows_ += records.records.size();
}

std::vector<Column> TypedColumns::finished(DataLedger& ledger) {
  std::vector<Column> columns;
  const std::vector<std::int64_t> rows(rows_, 0);
  for (const auto& [name, at] : position_) growing(name);  // to its full length
  for (const Growing& grown : columns_) {
    columns.push_back(column_of(grown.name, grown.cells, rows));
    if (!grown.any_status || grown.cells.type == Column::Type::text) continue;
    ledger.notes.push_back({"source.marks", "[source " + spec_.name + "] column '" + grown.name +
                                                "' has marks beside or in the place of numbers, kept in '" +
                                                grown.name + "_status': " + counted_marks(grown.status)});
    columns.push_back(text_column_of(grown.name + "_status", grown.status, rows));
  }
  return columns;
}

}  // namespace headwater
