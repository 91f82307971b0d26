// Pipe tables as GitHub, pandoc and Quarto read them.
#include "headwater/report/grid_book.hpp"

namespace headwater {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : one_line(text)) {
    if (std::string_view("\\`*_[]|~#$").find(c) != std::string_view::npos) out += '\\';
    out += without_markup(c);
  }
  return out;
}

// A paragraph must not begin as a list or a heading does.
std::string paragraph(std::string_view text) {
  const std::string words = escaped(text);
  const bool marker = !words.empty() && std::string_view("-+=").find(words.front()) != std::string_view::npos;
  return (marker ? "\\" : "") + words + "\n\n";
}

void add_grid(std::string& out, const Grid& grid) {
  out += "## " + escaped(grid.title) + "\n\n";
  for (const std::string& text : grid.lead) out += paragraph(text);
  for (const GridColumn& column : grid.columns) out += "| " + escaped(column.heading) + " ";
  out += "|\n";
  for (const GridColumn& column : grid.columns) out += column.align == TextTable::Align::left ? "|:---" : "|---:";
  out += "|\n";
  for (const GridRow& row : grid.rows) {
    for (std::size_t c = 0; c < grid.columns.size(); ++c) out += "| " + escaped(cell_at(row, c).text) + " ";
    out += "|\n";
  }
  out += "\n";
  for (const std::string& note : grid.notes) out += paragraph(note);
}

}  // namespace

std::string markdown_tables(const GridBook& book) {
  std::string out;
  for (const std::string& text : book.lead) out += paragraph(text);
  for (const Grid& grid : book.grids) add_grid(out, grid);
  out.pop_back();
  return out;
}

}  // namespace headwater
