#include "headwater/sources/source_table.hpp"

#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/method.hpp"
#include "headwater/core/text.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

bool blank(std::string_view cell) { return stripped(cell).empty(); }

std::size_t filled_cells(const TableRow& row) {
  return static_cast<std::size_t>(
      std::count_if(row.cells.begin(), row.cells.end(), [](const std::string& cell) { return !blank(cell); }));
}

std::string first_text(const std::vector<std::string>& cells) {
  const auto found = std::find_if(cells.begin(), cells.end(), [](const std::string& cell) { return !blank(cell); });
  return found == cells.end() ? "" : std::string(stripped(*found));
}

std::string row_text(const SheetRow& row) {
  std::string text;
  for (const Cell& cell : row.cells)
    if (!blank(cell.text)) text += (text.empty() ? "" : " ") + std::string(stripped(cell.text));
  return text;
}

class Extraction {
 public:
  Extraction(const SourceFile& file, const Sheet& sheet, const SheetHeader& header, const SourceSpec& spec)
      : file_(file), sheet_(sheet), header_(header), spec_(spec) {
    table_.file = file.path;
    table_.sheet = sheet.name;
    table_.sha256 = file.sha256;
    for (std::size_t j = 0; j < header.names.size(); ++j) {
      if (header.names[j].empty()) continue;
      table_.names.push_back(header.names[j]);
      table_.column.push_back(static_cast<std::int64_t>(j) + 1);
    }
    table_.shown_as_per_cent.assign(table_.names.size(), false);
    unit_ = required_column(table_, spec.unit, spec);
  }

  SourceTable run() {
    for (std::size_t at = 0; at < header_.at; ++at)
      table_.above.emplace_back(sheet_.rows[at].number, row_text(sheet_.rows[at]));
    for (std::size_t at = header_.at + 1; at < sheet_.rows.size(); ++at) take(sheet_.rows[at]);
    if (table_.rows.empty())
      throw Error(ErrorKind::data, "source.no_rows",
                  table_.place(sheet_.rows[header_.at].number) + "the header stands here and no row of a unit below it",
                  {.file = file_.path, .row = sheet_.rows[header_.at].number});
    return std::move(table_);
  }

 private:
  void take(const SheetRow& from) {
    TableRow row{from.number, {}};
    for (std::size_t j = 0; j < table_.names.size(); ++j) {
      const auto at = static_cast<std::size_t>(table_.column[j] - 1);
      row.cells.push_back(at < from.cells.size() ? from.cells[at].text : "");
    }
    const std::size_t filled = filled_cells(row);
    if (filled == 0 || reads_as_note(row, filled) || ends_before_the_unit(from)) {
      table_.below.emplace_back(from.number, row_text(from));
      return;
    }
    if (is_total(row)) {
      table_.totals.push_back(std::move(row));
      return;
    }
    require_whole(from);
    if (blank(row.cells[unit_])) without_unit(row);
    mark_per_cent(from);
    (kept(row) ? table_.rows : table_.filtered).push_back(std::move(row));
  }

  // One cell alone, or two of a wide table where what stands for the code is words.
  bool reads_as_note(const TableRow& row, std::size_t filled) const {
    if (filled == 1) return table_.names.size() > 2;
    const std::string_view code = stripped(row.cells[unit_]);
    return filled == 2 && table_.names.size() > 4 && spec_.match == 0 &&
           code.find_first_of(" :") != std::string_view::npos;
  }

  // A row of a CSV that has no field for the code is a note, unless it begins as rows of the table do.
  bool ends_before_the_unit(const SheetRow& from) const {
    if (!file_.text || static_cast<std::int64_t>(from.cells.size()) >= table_.column[unit_] || table_.column[0] != 1)
      return false;
    return std::none_of(table_.rows.begin(), table_.rows.end(),
                        [&](const TableRow& row) { return row.cells.front() == from.cells.front().text; });
  }

  // By its code; where that is blank, by any of its cells.
  bool is_total(const TableRow& row) const {
    const std::string_view code = stripped(row.cells[unit_]);
    if (!code.empty()) return fits_any(spec_.totals, code);
    return std::any_of(row.cells.begin(), row.cells.end(),
                       [&](const std::string& cell) { return !blank(cell) && fits_any(spec_.totals, stripped(cell)); });
  }

  bool kept(const TableRow& row) const {
    return std::all_of(spec_.keep.begin(), spec_.keep.end(), [&](const auto& filter) {
      return fits_any(filter.second, stripped(row.cells[required_column(table_, filter.first, spec_)]));
    });
  }

  void require_whole(const SheetRow& from) const {
    const std::size_t width = header_.names.size();
    if (!file_.text || from.cells.size() == width) return;
    const bool rest_is_blank = from.cells.size() > width &&
                               std::all_of(from.cells.begin() + static_cast<std::ptrdiff_t>(width), from.cells.end(),
                                           [](const Cell& cell) { return cell.kind == Cell::Kind::empty; });
    if (rest_is_blank) return;
    throw Error(
        ErrorKind::data, "source.ragged_row",
        table_.place(from.number) + "the row has " + counted(static_cast<long long>(from.cells.size()), "field") +
            " and the header " + std::to_string(width) +
            (from.cells.size() < width ? "; it was cut short after '" + shortened(from.cells.back().text, 40) + "'"
                                       : "; a comma inside a value needs quotes around it"),
        {.file = file_.path, .row = from.number});
  }

  [[noreturn]] void without_unit(const TableRow& row) const {
    throw Error(ErrorKind::data, "source.no_unit",
                table_.place(row.number) + "the column '" + table_.names[unit_] + "' is empty in a row that begins '" +
                    shortened(first_text(row.cells), 40) +
                    "'; give the row its code, or name it under totals of [source " + spec_.name + "]",
                {.file = file_.path, .row = row.number, .column = table_.names[unit_]});
  }

  void mark_per_cent(const SheetRow& from) {
    for (std::size_t j = 0; j < table_.names.size(); ++j) {
      const auto at = static_cast<std::size_t>(table_.column[j] - 1);
      if (at < from.cells.size() && from.cells[at].percent) table_.shown_as_per_cent[j] = true;
    }
  }

  const SourceFile& file_;
  const Sheet& sheet_;
  const SheetHeader& header_;
  const SourceSpec& spec_;
  SourceTable table_;
  std::size_t unit_ = 0;
};

}  // namespace

std::size_t required_column(const SourceTable& table, const std::string& wanted, const SourceSpec& spec) {
  const std::string where = table.where() + ": ";
  if (const auto found = column_position(table.names, wanted, where)) return *found;
  const std::string near = nearest(wanted, table.names);
  throw Error(ErrorKind::data, "source.no_column",
              where + "[source " + spec.name + "] names the column '" + wanted + "', which is not there" +
                  (near.empty() ? "; its columns are " + shortened(joined(table.names, ", "), 300)
                                : "; did you mean '" + near + "'?"),
              {.file = table.file, .column = wanted});
}

SourceTable extract_table(const SourceFile& file, const Sheet& sheet, const SheetHeader& header,
                          const SourceSpec& spec) {
  return Extraction(file, sheet, header, spec).run();
}

}  // namespace headwater
