#include "headwater/report/grid.hpp"

#include <cmath>

namespace headwater {

GridCell::GridCell(std::string words, double value) : text(std::move(words)) {
  if (std::isfinite(value)) number = value;
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
