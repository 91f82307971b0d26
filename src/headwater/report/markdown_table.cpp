// Pipe tables as GitHub, pandoc and Quarto read them.
#include "headwater/report/grid_book.hpp"

namespace headwater {
namespace {

std::string markdown_text(std::string_view text) {
  std::string out;
  for (const char c : one_line(text)) {
    if (std::string_view("\\`*_[]|~#$").find(c) != std::string_view::npos) out += '\\';
    out += without_markup(c);
  }
  return out;
}

// A paragraph must not begin as a list or a heading does.
std::string markdown_paragraph(std::string_view text) {
  const std::string words = markdown_text(text);
  const bool marker = !words.empty() && std::string_view("-+=").find(words.front()) != std::string_view::npos;
  return (marker ? "\\" : "") + words + "\n\n";
}

void add_markdown_grid(std::string& out, const Grid& grid) {
  out += "## " + markdown_text(grid.title) + "\n\n";
  for (const std::string& text : grid.lead) out += markdown_paragraph(text);
  for (const GridColumn& column : grid.columns) out += "| " + markdown_text(column.heading) + " ";
  out += "|\n";
  for (const GridColumn& column : grid.columns) out += column.align == Align::left ? "|:---" : "|---:";
  out += "|\n";
  for (const GridRow& row : grid.rows) {
    for (std::size_t c = 0; c < grid.columns.size(); ++c) out += "| " + markdown_text(cell_at(row, c).text) + " ";
    out += "|\n";
  }
  out += "\n";
  for (const std::string& note : grid.notes) out += markdown_paragraph(note);
}

}  // namespace

std::string markdown_tables(const GridBook& book) {
  std::string out;
  for (const std::string& text : book.lead) out += markdown_paragraph(text);
  for (const Grid& grid : book.grids) add_markdown_grid(out, grid);
  out.pop_back();
  return out;
}

}  // namespace headwater
