// Tables for \usepackage{booktabs}; text is UTF-8, as LaTeX has read it since 2018.
#include <algorithm>

#include "headwater/report/grid_book.hpp"

namespace headwater {
namespace {

std::string latex_character(char c) {
  switch (c) {
    case '\\': return "\\textbackslash{}";
    case '~': return "\\textasciitilde{}";
    case '^': return "\\textasciicircum{}";
    case '<': return "\\textless{}";
    case '>': return "\\textgreater{}";
    case '|': return "\\textbar{}";
    case '"': return "\\textquotedbl{}";
    case '[':  // after \\ it would open an argument
      return "{[}";
    case ']': return "{]}";
    case '*':  // after \\ it would be part of the command
      return "{*}";
    default:
      return std::string_view("{}$&#%_").find(c) == std::string_view::npos ? std::string(1, c) : std::string("\\") + c;
  }
}

std::string latex_text(std::string_view text) {
  std::string out;
  for (const char c : one_line(text)) out += latex_character(c);
  return out;
}

std::string latex_cell(const GridCell& cell) {
  const std::string text = latex_text(cell.text);
  return cell.number && !text.empty() && text.front() == '-' ? "$-$" + text.substr(1) : text;
}

// With errors in brackets under the estimates columns are centred, as etable's are.
bool has_brackets(const Grid& grid) {
  return std::any_of(grid.rows.begin(), grid.rows.end(), [](const GridRow& row) { return !row.name.empty(); });
}

void add_row(std::string& out, const std::vector<std::string>& cells) {
  for (std::size_t c = 0; c < cells.size(); ++c) out += (c > 0 ? " & " : "") + cells[c];
  out += " \\\\\n";
}

void add_tabular(std::string& out, const Grid& grid) {
  const char number = has_brackets(grid) ? 'c' : 'r';
  std::string columns;
  std::vector<std::string> cells;
  for (const GridColumn& column : grid.columns) {
    columns += column.align == Align::left ? 'l' : number;
    cells.push_back(latex_text(column.heading));
  }
  out += "\\begin{tabular}{" + columns + "}\n\\toprule\n";
  add_row(out, cells);
  out += "\\midrule\n";
  for (const GridRow& row : grid.rows) {
    if (row.rule) out += "\\midrule\n";
    for (std::size_t c = 0; c < cells.size(); ++c) cells[c] = latex_cell(cell_at(row, c));
    add_row(out, cells);
  }
  out += "\\bottomrule\n\\end{tabular}\n";
}

void add_latex_grid(std::string& out, const Grid& grid, const std::vector<std::string>& always) {
  out += "\n\\begin{table}[htbp]\n\\centering\n\\caption{" + latex_text(grid.title) + "}\n";
  add_tabular(out, grid);
  out += "\n\\medskip\n\\begin{minipage}{\\linewidth}\\footnotesize\n";
  for (const auto* texts : {&always, &grid.lead, &grid.notes})
    for (const std::string& text : *texts) out += latex_text(text) + "\\par\n";
  out += "\\end{minipage}\n\\end{table}\n";
}

}  // namespace

std::string latex_tables(const GridBook& book) {
  std::string out = "% \\usepackage{booktabs} in the preamble.\n";
  for (const std::string& text : book.lead) out += "% " + one_line(text) + "\n";
  // A table travels without its page, so what must be said of all of them stands under each.
  const std::vector<std::string> always(book.lead.begin(), book.lead.end() - 1);
  for (const Grid& grid : book.grids) add_latex_grid(out, grid, always);
  return out;
}

}  // namespace headwater
