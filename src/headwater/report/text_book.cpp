// The tables of a book in 80 columns.
#include "headwater/report/grid_book.hpp"

namespace headwater {

std::string text_tables(const GridBook& book) {
  std::string out;
  for (const std::string& text : book.lead) out += wrapped(text);
  for (const Grid& grid : book.grids) {
    out += heading(grid.title);
    for (const std::string& text : grid.lead) out += wrapped(text);
    out += "\n" + text_table(grid).text();
    for (const std::string& note : grid.notes) out += wrapped(note, 2);
  }
  return out;
}

}  // namespace headwater
