// A published file as sheets of cells, whatever its format.
#pragma once

#include <string>

#include "headwater/core/notes.hpp"
#include "headwater/sheets/workbook.hpp"
#include "headwater/sources/source_spec.hpp"

namespace headwater {

struct SourceFile {
  std::string path, sha256;
  Workbook workbook;  // of a CSV one sheet without a name, in which every row has all its fields
  bool text = false;  // CSV: a row with a field too few is one that was cut short
  Notes notes;
};

// xlsx, ods, or CSV in UTF-8, UTF-16 or Windows-1252. Throws Error{io | data}.
SourceFile read_source_file(const std::string& path);
// The same with the first rows of a text alone, enough to tell by the header what is published.
SourceFile read_source_head(const std::string& path);

// Files that a path or pattern stands for, in natural order. Throws Error{io, "source.no_file"} when there is none.
Names files_of(const SourceSpec& spec);

// "FILE, sheet 'S'" and "FILE, sheet 'S', row 12: " for messages; without the sheet for a CSV.
std::string where_in(const std::string& file, const std::string& sheet);
std::string place_in(const std::string& file, const std::string& sheet, std::int64_t row);

}  // namespace headwater
