#include "headwater/sources/header.hpp"

#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

Names names_of(const SheetRow& row) {
  Names names;
  for (const Cell& cell : row.cells) names.push_back(plain_header(cell.text));
  return names;
}

bool holds_all(const Names& names, const Names& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& pattern) {
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return !name.empty() && fits(pattern, name); });
  });
}

// The last column that a section over `column` of `row` covers: where cells are merged those, else up to the next.
std::size_t section_end(const Sheet& sheet, const SheetRow& row, std::size_t column, std::size_t width) {
  for (const Merged& area : sheet.merged)
    if (area.first_row <= row.number && row.number <= area.last_row &&
        area.first_column == static_cast<std::int64_t>(column) + 1)
      return static_cast<std::size_t>(area.last_column);
  for (std::size_t next = column + 1; next < row.cells.size(); ++next)
    if (row.cells[next].kind != Cell::Kind::empty) return next;
  return width;
}

void put_sections(Names& names, const Sheet& sheet, const SheetRow& above) {
  const Names sections = names_of(above);
  for (std::size_t j = 0; j < sections.size(); ++j) {
    if (sections[j].empty()) continue;
    const std::size_t end = std::min(section_end(sheet, above, j, names.size()), names.size());
    for (std::size_t under = j; under < end; ++under)
      if (!names[under].empty()) names[under] = sections[j] + ": " + names[under];
  }
}

}  // namespace

std::string plain_header(std::string_view cell) {
  std::string line;
  for (const char c : stripped(cell)) {
    const bool blank = c == '\n' || c == '\r' || c == '\t' || c == ' ';
    if (blank && (line.empty() || line.back() == ' ')) continue;
    line += blank ? ' ' : c;
  }
  while (line.ends_with(']')) {
    const std::size_t note = lower(line).rfind("[note");
    if (note == std::string::npos) break;
    line = std::string(trimmed(line.substr(0, note)));
  }
  return line;
}

std::optional<SheetHeader> find_header(const Sheet& sheet, const SourceSpec& spec) {
  for (std::size_t at = 0; at < std::min(sheet.rows.size(), kHeaderRows); ++at) {
    SheetHeader header{names_of(sheet.rows[at]), at};
    if (!holds_all(header.names, spec.header)) continue;
    if (spec.header_rows == 2 && at > 0 && sheet.rows[at - 1].number + 1 == sheet.rows[at].number)
      put_sections(header.names, sheet, sheet.rows[at - 1]);
    return header;
  }
  return std::nullopt;
}

std::optional<std::size_t> column_position(const Names& names, const std::string& wanted, const std::string& where) {
  std::optional<std::size_t> found;
  for (std::size_t j = 0; j < names.size(); ++j) {
    if (names[j].empty() || !fits(wanted, names[j])) continue;
    if (found)
      throw Error(ErrorKind::data, "source.two_columns",
                  where + "columns " + column_letters(static_cast<std::int64_t>(*found) + 1) + " and " +
                      column_letters(static_cast<std::int64_t>(j) + 1) + " are both called '" + wanted +
                      "'; name the one that is meant, with header_rows = 2 where sections tell them apart",
                  {.column = wanted});
    found = j;
  }
  return found;
}

}  // namespace headwater
