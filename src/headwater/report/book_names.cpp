// Tables in the author's words: terms, components, outcomes and keys by the names of [report] names.
#include <algorithm>

#include "headwater/report/grid_book.hpp"

namespace headwater {
namespace {

// "standard error of x" and the like name a row whose first cell is empty.
std::string row_in_words(const std::string& name, const Words& words, const std::string& period) {
  const std::size_t of = name.find(" of ");
  return of == std::string::npos ? name : name.substr(0, of + 4) + words.term(name.substr(of + 4), period);
}

void rename_grid(Grid& grid, const Words& words, const std::string& period) {
  const std::string first = grid.columns.empty() ? "" : grid.columns.front().heading;
  const bool terms = first == "term" || first == "component" || first == "item";
  for (GridColumn& column : grid.columns) column.heading = words.with_names(column.heading);
  for (GridRow& row : grid.rows) {
    GridCell& cell = row.cells.front();
    cell.text = terms ? words.term(cell.text, period) : words.with_names(cell.text);
    row.name = row_in_words(row.name, words, period);
  }
  for (auto* texts : {&grid.lead, &grid.notes})
    for (std::string& text : *texts) text = words.with_names(text);
  grid.title = words.with_names(grid.title);
}

}  // namespace

void rename(GridBook& book, const Words& words, const std::string& period) {
  for (Grid& grid : book.grids) rename_grid(grid, words, period);
}

}  // namespace headwater
