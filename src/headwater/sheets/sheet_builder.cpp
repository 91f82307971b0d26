#include "headwater/sheets/sheet_builder.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/panel/period.hpp"

namespace headwater {

std::string column_letters(std::int64_t column) {
  std::string letters;
  for (; column > 0; column = (column - 1) / 26)
    letters.insert(letters.begin(), static_cast<char>('A' + (column - 1) % 26));
  return letters;
}

void SheetBuilder::refuse(const std::string& why) const {
  throw Error(ErrorKind::data, "sheet.cells", file_ + " cannot be read: " + why + "; save the sheet as CSV",
              {.file = file_});
}

void SheetBuilder::sheet(std::string name) { workbook_.sheets.push_back({std::move(name), {}, {}}); }

void SheetBuilder::cell(std::int64_t row, std::int64_t column, Cell cell) {
  if (cell.kind == Cell::Kind::empty) return;
  if (workbook_.sheets.empty()) refuse("a cell stands outside of every sheet");
  if (row < 1 || row > kMostRow || column < 1 || column > kMostColumn)
    refuse("a cell stands in row " + std::to_string(row) + ", column " + std::to_string(column) +
           ", where no spreadsheet has one");
  std::vector<SheetRow>& rows = workbook_.sheets.back().rows;
  if (rows.empty() || rows.back().number != row) {
    if (!rows.empty() && rows.back().number > row)
      refuse("row " + std::to_string(row) + " stands below row " + std::to_string(rows.back().number));
    rows.push_back({row, {}});
  }
  std::vector<Cell>& cells = rows.back().cells;
  const auto at = static_cast<std::size_t>(column);
  if (cells.size() >= at) refuse("two cells stand in row " + std::to_string(row) + " at " + column_letters(column));
  cells_ += at - cells.size();
  if (cells_ > kMostCells) refuse("it has more than " + thousands(static_cast<long long>(kMostCells)) + " cells");
  cells.resize(at);
  cells.back() = std::move(cell);
}

void SheetBuilder::merge(const Merged& area) {
  if (!workbook_.sheets.empty()) workbook_.sheets.back().merged.push_back(area);
}

std::string excel_date_text(double serial, bool from_1904) {
  constexpr double kMostSerial = 2958466;  // 10000-01-01
  if (!(serial >= 0) || serial >= kMostSerial) return "";
  const double whole = std::floor(serial), seconds = std::round((serial - whole) * 86400);
  constexpr std::int64_t kDaysTo1904 = 1462;
  std::string text = to_text(excel_day(static_cast<std::int64_t>(whole) + (from_1904 ? kDaysTo1904 : 0)));
  if (seconds <= 0) return text;
  char time[40];
  const auto at = static_cast<int>(std::min(seconds, 86399.0));
  std::snprintf(time, sizeof time, "T%02d:%02d:%02d", at / 3600, at / 60 % 60, at % 60);
  return text + time;
}

}  // namespace headwater
