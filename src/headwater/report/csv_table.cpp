// Tables one below the other, an empty line between them; numbers with every digit, so errors have no brackets.
#include "headwater/core/text.hpp"
#include "headwater/report/grid_book.hpp"

namespace headwater {
namespace {

bool starred(const GridCell& cell) { return !cell.text.empty() && cell.text.back() == '*'; }

std::string csv_cell(const GridCell& cell) {
  if (cell.text.empty()) return "";
  if (!cell.number) return csv_text(cell.text);
  return starred(cell) ? csv_text(cell.text) : shortest(*cell.number);
}

void add_csv_grid(std::string& out, const Grid& grid) {
  out += csv_text(grid.title) + "\n";
  for (const std::string& text : grid.lead) out += csv_text(text) + "\n";
  for (std::size_t c = 0; c < grid.columns.size(); ++c) out += (c > 0 ? "," : "") + csv_text(grid.columns[c].heading);
  out += "\n";
  for (const GridRow& row : grid.rows) {
    out += csv_text(row_name(row));
    for (std::size_t c = 1; c < grid.columns.size(); ++c) out += "," + csv_cell(cell_at(row, c));
    out += "\n";
  }
  for (const std::string& note : grid.notes) out += csv_text(note) + "\n";
}

}  // namespace

std::string csv_text(std::string text) {
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) text.insert(0, "'");
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string csv_tables(const GridBook& book) {
  std::string out;
  for (const std::string& text : book.lead) out += csv_text(text) + "\n";
  for (const Grid& grid : book.grids) {
    out += "\n";
    add_csv_grid(out, grid);
  }
  return out;
}

}  // namespace headwater
