#include "headwater/report/grid.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "headwater/core/text.hpp"

namespace headwater {

GridCell::GridCell(std::string words, double value) : text(std::move(words)) {
  if (std::isfinite(value)) number = value;
}

GridCell Grid::marked(GridCell cell, const std::string& words) {
  if (words.empty()) return cell;
  static constexpr std::array<const char*, 4> kSymbols = {"†", "‡", "§", "¶"};
  const auto found = std::find(marks_.begin(), marks_.end(), words);
  const auto at = static_cast<std::size_t>(found - marks_.begin());
  const std::string symbol =
      at < kSymbols.size() ? kSymbols[at] : kSymbols[at % kSymbols.size()] + std::to_string(at / kSymbols.size() + 1);
  if (found == marks_.end()) {
    marks_.push_back(words);
    notes.push_back(symbol + " " + words + ".");
  }
  cell.text += symbol;
  cell.mark = words;
  return cell;
}

Grid with_mark_column(const Grid& grid) {
  Grid wider = grid;
  bool any = false;
  for (GridRow& row : wider.rows) {
    std::vector<std::string> marks;
    for (const GridCell& cell : row.cells)
      if (!cell.mark.empty() && std::find(marks.begin(), marks.end(), cell.mark) == marks.end())
        marks.push_back(cell.mark);
    if (marks.empty()) continue;
    any = true;
    row.cells.resize(grid.columns.size(), GridCell(""));
    row.cells.emplace_back(joined(marks, "; "));
  }
  if (any) wider.column("mark", Align::left);
  return wider;
}

TextTable text_table(const Grid& grid) {
  TextTable table;
  for (const GridColumn& column : grid.columns) table.column(column.heading, column.align);
  for (const GridRow& row : grid.rows) {
    if (row.rule) table.rule();
    std::vector<std::string> cells;
    for (const GridCell& cell : row.cells) cells.push_back(cell.text);
    table.row(std::move(cells));
  }
  return table;
}

const GridCell& cell_at(const GridRow& row, std::size_t column) {
  static const GridCell empty("");
  return column < row.cells.size() ? row.cells[column] : empty;
}

const std::string& row_name(const GridRow& row) {
  return row.cells.front().text.empty() ? row.name : row.cells.front().text;
}

}  // namespace headwater
