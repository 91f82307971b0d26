// The rows of one sheet that belong to its table, each cell as it is written, and what stands around them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "headwater/sources/header.hpp"
#include "headwater/sources/source_file.hpp"

namespace headwater {

struct TableRow {
  std::int64_t number = 0;
  std::vector<std::string> cells;  // one for each of SourceTable::names
};

struct SourceTable {
  std::string file, sheet, sha256;
  Names names;                          // columns that have a name
  std::vector<std::int64_t> column;     // of the sheet, from 1; 0 for a column that was made
  std::vector<bool> shown_as_per_cent;  // by column: numbers that the sheet shows as per cent
  std::vector<TableRow> rows;
  std::vector<TableRow> totals;                                    // rows set aside
  std::vector<TableRow> filtered;                                  // rows that `keep` leaves out
  std::vector<std::pair<std::int64_t, std::string>> above, below;  // row and text of what is no part of the table

  std::string where() const { return where_in(file, sheet); }
  std::string place(std::int64_t row) const { return place_in(file, sheet, row); }
};

// Throws Error{data, "source.*"} naming file, sheet, row and column: a row that was cut short, a row with values and no
// unit, a column that is declared and not there.
SourceTable extract_table(const SourceFile& file, const Sheet& sheet, const SheetHeader& header,
                          const SourceSpec& spec);

// Position of a column. Throws Error{data, "source.no_column"} naming the nearest.
std::size_t required_column(const SourceTable& table, const std::string& wanted, const SourceSpec& spec);

}  // namespace headwater
