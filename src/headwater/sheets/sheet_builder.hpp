// Cells of a sheet as they come, row after row. What stands outside the sizes of a spreadsheet is refused, and so are
// more cells than a table needs.
#pragma once

#include <string>

#include "headwater/sheets/workbook.hpp"

namespace headwater {

class SheetBuilder {
 public:
  explicit SheetBuilder(std::string file) : file_(std::move(file)) {}

  void sheet(std::string name);
  // Places must come in order within a sheet: rows from the top, cells from the left. Throws Error{data,
  // "sheet.cells"}.
  void cell(std::int64_t row, std::int64_t column, Cell cell);
  void merge(const Merged& area);
  Workbook finished() { return std::move(workbook_); }

 private:
  [[noreturn]] void refuse(const std::string& why) const;

  std::string file_;
  Workbook workbook_;
  std::size_t cells_ = 0;
};

// Excel's count of days as 2025-04-30; a time of day stands behind it where there is one. 1904: the calendar of old
// Macintoshes. "" beyond the year 9999.
std::string excel_date_text(double serial, bool from_1904);

}  // namespace headwater
