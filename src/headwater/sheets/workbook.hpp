// A workbook as cells of text: what a sheet says, without formulas, styles or layout. Whoever reads it decides what is
// a header and what is a number.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headwater {

struct Cell {
  enum class Kind : std::uint8_t { empty, text, number, date, error };
  Kind kind = Kind::empty;
  bool percent = false;  // a number that the sheet shows as per cent: 0.044 is shown as 4.4%
  std::string text;      // a number in the fewest digits that read back to it; a date as 2025-04-30
};

struct SheetRow {
  std::int64_t number = 0;  // as the spreadsheet counts
  std::vector<Cell> cells;  // from the first column on; none that is empty stands at the end
};

// Counted from 1, both ends within.
struct Merged {
  std::int64_t first_row = 0, last_row = 0, first_column = 0, last_column = 0;
};

struct Sheet {
  std::string name;
  std::vector<SheetRow> rows;  // those that hold something, from top to bottom
  std::vector<Merged> merged;
};

struct Workbook {
  std::vector<Sheet> sheets;
};

constexpr std::uint64_t kMostInflated = std::uint64_t{1} << 30;  // bytes that one workbook may unpack to
constexpr std::size_t kMostCells = 5'000'000;                    // cells that hold something
constexpr std::int64_t kMostRow = 1'048'576, kMostColumn = 16'384;

constexpr std::string_view kWorkbookEndings[] = {".xlsx", ".xlsm", ".ods"};
bool is_workbook(const std::string& path);  // by its name

// Read in a process apart (hdf5/reading_child.hpp): an archive of a stranger may do harm to a library. Throws
// Error{data, "sheet.*"} naming the file.
Workbook read_workbook(const std::string& path, const std::string& bytes);
// The same in this process.
Workbook parse_workbook(const std::string& path, std::string_view bytes);

// The workbook as xlsx: texts and numbers, per cent shown as such, merged areas.
std::string xlsx_bytes(const Workbook& workbook);

std::string column_letters(std::int64_t column);  // 1 -> A, 28 -> AB

}  // namespace headwater
