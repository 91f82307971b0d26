// Plain tables: no script, no classes, alignment on the cells, because that is what word processors keep.
#include "headwater/report/grid_book.hpp"

namespace headwater {

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : one_line(text)) {
    if (c == '"')
      out += "&quot;";
    else
      out += without_markup(c);
  }
  return out;
}

namespace {

std::string html_paragraph(const std::string& text) { return "<p dir=\"auto\">" + html_text(text) + "</p>\n"; }

std::string alignment(const GridColumn& column) { return column.align == Align::left ? "" : " align=\"right\""; }

void add_row(std::string& out, const Grid& grid, const GridRow& row) {
  if (row.rule) out += "</tbody>\n<tbody>\n";
  const GridCell& first = cell_at(row, 0);
  out += "<tr><th scope=\"row\" dir=\"auto\" align=\"left\"";
  if (first.text.empty() && !row.name.empty()) out += " aria-label=\"" + html_text(row.name) + "\"";
  out += ">" + html_text(first.text) + "</th>";
  for (std::size_t c = 1; c < grid.columns.size(); ++c)
    out += "<td dir=\"auto\"" + alignment(grid.columns[c]) + ">" + html_text(cell_at(row, c).text) + "</td>";
  out += "</tr>\n";
}

void add_html_grid(std::string& out, const Grid& grid) {
  out += "<h2 dir=\"auto\">" + html_text(grid.title) + "</h2>\n";
  for (const std::string& text : grid.lead) out += html_paragraph(text);
  out += "<table border=\"1\" cellpadding=\"4\" cellspacing=\"0\">\n<caption dir=\"auto\">" + html_text(grid.title) +
         "</caption>\n<thead>\n<tr>";
  for (const GridColumn& column : grid.columns)
    out += "<th scope=\"col\" dir=\"auto\"" + alignment(column) + ">" + html_text(column.heading) + "</th>";
  out += "</tr>\n</thead>\n<tbody>\n";
  for (const GridRow& row : grid.rows) add_row(out, grid, row);
  out += "</tbody>\n</table>\n";
  for (const std::string& note : grid.notes) out += html_paragraph(note);
}

}  // namespace

std::string html_of_tables(const GridBook& book) {
  std::string out;
  for (const std::string& text : book.lead) out += html_paragraph(text);
  for (const Grid& grid : book.grids) add_html_grid(out, grid);
  return out;
}

std::string html_tables(const GridBook& book) {
  return "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">\n"
         "<title>" +
         html_text(book.title) + "</title>\n</head>\n<body>\n<h1>" + html_text(book.title) + "</h1>\n" +
         html_of_tables(book) + "</body>\n</html>\n";
}

}  // namespace headwater
