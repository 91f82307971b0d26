#include <algorithm>
#include <utility>

#include "headwater/core/error.hpp"
#include "headwater/core/labelled.hpp"
#include "headwater/core/text.hpp"
#include "headwater/hdf5/reading_child.hpp"
#include "headwater/sheets/formats.hpp"

namespace headwater {
namespace {

// A workbook as a tree, which is how processes hand things over: a child for each sheet with the places, kinds and
// texts of its cells.
Tree as_tree(const Workbook& workbook) {
  Tree tree;
  for (std::size_t s = 0; s < workbook.sheets.size(); ++s) {
    const Sheet& sheet = workbook.sheets[s];
    std::vector<std::int64_t> rows, columns, kinds, merged;
    std::vector<std::string> cells;
    for (const SheetRow& row : sheet.rows)
      for (std::size_t j = 0; j < row.cells.size(); ++j) {
        const Cell& cell = row.cells[j];
        if (cell.kind == Cell::Kind::empty) continue;
        rows.push_back(row.number);
        columns.push_back(static_cast<std::int64_t>(j));
        kinds.push_back(static_cast<std::int64_t>(cell.kind) * 2 + (cell.percent ? 1 : 0));
        cells.push_back(cell.text);
      }
    for (const Merged& area : sheet.merged)
      merged.insert(merged.end(), {area.first_row, area.last_row, area.first_column, area.last_column});
    Tree& child = tree.child(std::to_string(s));
    child.attribute("name", sheet.name);
    child.integers("row", "cell", std::move(rows), "");
    child.integers("column", "cell", std::move(columns), "");
    child.integers("kind", "cell", std::move(kinds), "");
    child.text("text", "cell", std::move(cells), "");
    child.integers("merged", "corner", std::move(merged), "");
  }
  return tree;
}

Sheet sheet_of(const Tree& tree) {
  Sheet sheet;
  sheet.name = text_attribute(tree, "name");
  const auto &rows = integers(tree, "row"), &columns = integers(tree, "column"), &kinds = integers(tree, "kind");
  const auto& cells = texts(tree, "text");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (sheet.rows.empty() || sheet.rows.back().number != rows[i]) sheet.rows.push_back({rows[i], {}});
    std::vector<Cell>& row = sheet.rows.back().cells;
    row.resize(static_cast<std::size_t>(columns[i]) + 1);
    row.back() = {static_cast<Cell::Kind>(kinds[i] / 2), kinds[i] % 2 == 1, cells[i]};
  }
  const auto& merged = integers(tree, "merged");
  for (std::size_t i = 0; i + 3 < merged.size(); i += 4)
    sheet.merged.push_back({merged[i], merged[i + 1], merged[i + 2], merged[i + 3]});
  return sheet;
}

constexpr std::string_view kOldOffice = "\xD0\xCF\x11\xE0";  // compound files: .xls, and what has a password

}  // namespace

bool is_workbook(const std::string& path) {
  const std::string name = lower(path);
  return std::any_of(std::begin(kWorkbookEndings), std::end(kWorkbookEndings),
                     [&](std::string_view ending) { return name.ends_with(ending) && name.size() > ending.size(); });
}

Workbook parse_workbook(const std::string& path, std::string_view bytes) {
  if (bytes.starts_with(kOldOffice))
    throw Error(ErrorKind::data, "sheet.old_office",
                path + " is a workbook of Excel 97 (.xls) or protected by a password; save it as .xlsx without one",
                {.file = path});
  ZipArchive archive(path, bytes);
  return archive.holds("content.xml") ? read_ods(archive) : read_xlsx(archive);
}

Workbook read_workbook(const std::string& path, const std::string& bytes) {
  const Tree tree = hdf5::read_apart(path, bytes.size(), {"a spreadsheet", "sheet"},
                                     [&] { return as_tree(parse_workbook(path, bytes)); });
  Workbook workbook;
  for (const Tree& child : tree.children) workbook.sheets.push_back(sheet_of(child));
  return workbook;
}

}  // namespace headwater
