// Where the table of a sheet begins: the row that holds the names the source declares.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "headwater/core/labelled.hpp"
#include "headwater/sheets/workbook.hpp"
#include "headwater/sources/source_spec.hpp"

namespace headwater {

struct SheetHeader {
  Names names;         // by column of the sheet, "" where it has none; "Available: Total" under two rows
  std::size_t at = 0;  // position of its last row among the rows of the sheet
};

constexpr std::size_t kHeaderRows = 200;  // in which it is looked for

// nullopt where none of these rows holds the names.
std::optional<SheetHeader> find_header(const Sheet& sheet, const SourceSpec& spec);

// A header's cell as one line, without blanks at its ends and without [note 1] behind it.
std::string plain_header(std::string_view cell);

// Column of a name or pattern that is one column alone; nullopt when there is none. Throws Error{data,
// "source.two_columns"} naming both.
std::optional<std::size_t> column_position(const Names& names, const std::string& wanted, const std::string& where);

}  // namespace headwater
