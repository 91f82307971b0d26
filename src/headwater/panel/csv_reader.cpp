// CSV as RFC 4180 has it, with what spreadsheets and publishers put around a table. The messages and the ledger are the
// point: nothing is guessed, nothing is lost in silence.
#include <algorithm>
#include <cstdint>
#include <iterator>

#include "headwater/core/error.hpp"
#include "headwater/core/hash.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/panel/csv_file.hpp"
#include "headwater/panel/csv_layout.hpp"
#include "headwater/panel/key_columns.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

constexpr std::size_t kMostReserved = 50'000'000;  // cells for which room is made before they are read

using Cells = std::vector<std::string_view>;

std::size_t line_count(std::string_view bytes) {
  std::size_t lines = 1;
  for (std::size_t at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1)) ++lines;
  return lines;
}

// The body of the table as cells by column, with the line of each row.
class Body {
 public:
  Body(const CsvHeader& header, CsvTokens& tokens, const CsvTokens& start, std::string file, const ReadOptions& options)
      : header_(header),
        tokens_(tokens),
        start_(start),
        file_(std::move(file)),
        shape_(header, options),
        cells_(header.names.size()) {}

  void read(std::size_t lines, Notes& notes) {
    if (lines < kMostReserved / cells_.size())
      for (Cells& column : cells_) column.reserve(lines);
    CsvRecord record;
    while (!tokens_.done()) {
      const std::int64_t row = tokens_.line();
      tokens_.record(record);
      if (record.size() == 1 && record[0].empty() && cells_.size() > 1) continue;  // an empty line
      if (shape_.is_sparse(record)) {
        if (cells_.size() > 1 && all_blank(record)) {
          blank_rows_.push_back(row);
          continue;
        }
        if (shape_.ends_before(record, row, tokens_.ahead()) && !seen_above(record)) {
          note_end(record, row, notes);
          break;
        }
        if (record.size() != cells_.size()) ragged(row, record.size());
      }
      for (std::size_t j = 0; j < record.size(); ++j) cells_[j].push_back(record[j]);
      rows_.push_back(row);
    }
    note_blank_rows(notes);
  }

  std::vector<Cells>& cells() { return cells_; }
  std::vector<std::int64_t>& rows() { return rows_; }

 private:
  [[noreturn]] void ragged(std::int64_t row, std::size_t fields) const {
    const Names& names = header_.names;
    std::string message = "the row has " + counted(static_cast<long long>(fields), "field") + " and the header " +
                          std::to_string(names.size());
    const bool short_row = fields < names.size();
    message += short_row ? "; the first that is missing is '" + names[fields] + "'"
                         : "; a comma inside a value needs quotes around it";
    message += other_header(start_.ahead(), names.size());
    csv_error(file_, row, "ragged_row", message, short_row ? std::optional(names[fields]) : std::nullopt);
  }

  // A unit known by its name is no note, even in a row that was cut short.
  bool seen_above(const CsvRecord& record) const {
    for (std::size_t j = 0; j < std::min(record.size(), cells_.size()); ++j)
      if (!stripped(record[j]).empty())
        return std::find(cells_[j].begin(), cells_[j].end(), record[j]) != cells_[j].end();
    return false;
  }

  static void note_end(const CsvRecord& record, std::int64_t row, Notes& notes) {
    const auto text = std::find_if(record.begin(), record.end(), [](auto cell) { return !stripped(cell).empty(); });
    notes.push_back({"data.rows_below", "the table ends before row " + std::to_string(row) + " ('" +
                                            shortened(stripped(*text), 40) +
                                            "'); what stands from there on is taken as notes below it"});
  }

  void note_blank_rows(Notes& notes) const {
    if (blank_rows_.empty()) return;
    const std::size_t more = blank_rows_.size() - 1;
    notes.push_back({"data.blank_rows",
                     "row " + std::to_string(blank_rows_[0]) +
                         (more > 0 ? " and " + counted(static_cast<long long>(more), "more row") + " hold" : " holds") +
                         " nothing but separators and " + (more > 0 ? "are" : "is") + " left out"});
  }

  const CsvHeader& header_;
  CsvTokens& tokens_;
  const CsvTokens& start_;
  std::string file_;
  CsvBody shape_;
  std::vector<Cells> cells_;
  std::vector<std::int64_t> rows_, blank_rows_;
};

// Columns without a name: row names in front, as write.csv() and to_csv() write them, and columns without a cell are
// left out; any other is refused.
void leave_out_unnamed(Names& names, std::vector<Cells>& cells, std::int64_t row, const std::string& file,
                       Notes& notes) {
  std::size_t kept = 0;
  std::vector<std::string> empty;
  for (std::size_t j = 0; j < names.size(); ++j) {
    const std::string position = "column " + std::to_string(j + 1);
    const bool without_cells = names[j].empty() && all_blank(cells[j]);
    if (names[j].empty() && !without_cells && (j > 0 || names.size() == 1))
      csv_error(file, row, "empty_header", position + " has no name; give every column a name", position);
    if (without_cells) empty.push_back(std::to_string(j + 1));
    if (names[j].empty() && !without_cells)
      notes.push_back(
          {"data.row_names", "column 1 has no name, so it is taken as row names and left out; name it if it is data"});
    if (names[j].empty()) continue;
    if (kept != j) {
      names[kept] = std::move(names[j]);
      cells[kept] = std::move(cells[j]);
    }
    ++kept;
  }
  if (kept == 0) csv_error(file, row, "empty_header", "column 1 has no name; give every column a name", "column 1");
  names.resize(kept);
  cells.resize(kept);
  if (!empty.empty())
    notes.push_back(
        {"data.empty_columns", "without a name and without a cell, so left out: column " + joined(empty, ", ")});
}

void skip_declaration(CsvTokens& tokens, char separator, Notes& notes) {
  tokens.skip_line();
  notes.push_back({"data.separator_line",
                   std::string("row 1 names the separator, '") + separator + "', and is no part of the table"});
}

void type_columns(RawTable& table, const Names& names, const std::vector<Cells>& cells, const ReadOptions& options) {
  table.columns.resize(names.size());
  std::vector<Notes> notes(names.size());
  parallel_for(names.size(), [&](std::size_t j) {
    table.columns[j] = type_column(names[j], cells[j], table.source_rows, must_be_text(options, names[j]), notes[j]);
  });
  for (Notes& of_column : notes) std::move(of_column.begin(), of_column.end(), std::back_inserter(table.ledger.notes));
}

}  // namespace

RawTable parse_csv(std::string_view bytes, const std::string& file, char separator, const ReadOptions& options) {
  RawTable table;
  const std::optional<std::string> converted = as_utf8(bytes, separator, file, table.ledger.notes);
  const std::string_view text = converted ? std::string_view(*converted) : bytes;
  const auto declared = declared_separator(text);
  CsvTokens tokens(text, file, declared.value_or(separator));
  if (declared) skip_declaration(tokens, *declared, table.ledger.notes);
  if (tokens.done())
    throw Error(ErrorKind::data, "csv.empty", file + " is empty; it needs a header line and rows", {.file = file});
  const CsvTokens start = tokens.ahead();
  CsvHeader header = read_header(tokens, file, declared.value_or(separator), options, table.ledger.notes);
  Body body(header, tokens, start, file, options);
  body.read(line_count(text), table.ledger.notes);
  table.source_rows = std::move(body.rows());
  if (table.source_rows.empty())
    throw Error(ErrorKind::data, "csv.no_rows", file + " has a header and no rows; there is nothing to fit",
                {.file = file});
  leave_out_unnamed(header.names, body.cells(), header.row, file, table.ledger.notes);
  type_columns(table, header.names, body.cells(), options);
  table.ledger.file = file;
  table.ledger.rows_read = static_cast<std::int64_t>(table.source_rows.size());
  return table;
}

RawTable read_csv(const std::string& path, const ReadOptions& options) {
  const bool piped = path == "-";
  const std::string bytes = piped ? read_standard_input() : read_file(path);
  const bool tabs = path.size() >= 4 && lower(path.substr(path.size() - 4)) == ".tsv";
  RawTable table;
  std::string digest;
  parallel_run({[&] { table = parse_csv(bytes, piped ? "standard input" : path, tabs ? '\t' : ',', options); },
                [&] { digest = sha256(bytes); }});
  table.ledger.sha256 = std::move(digest);
  return table;
}

}  // namespace headwater
