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
    case '"': return "\\symbol{34}";
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

constexpr std::size_t kLongName = 34;      // characters; a longer first cell is broken into lines
constexpr std::size_t kLinesATable = 34;   // what a page of article holds beside a caption and notes
constexpr std::size_t kColumnsATable = 6;  // beside the first, where models or groups stand side by side

// Code may be broken after its punctuation; plain words break at their blanks.
std::string breakable(const std::string& text) {
  const std::string line = one_line(text);
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    out += latex_character(line[i]);
    const bool ends = i + 1 == line.size() || line[i + 1] == ' ';
    if (!ends && std::string_view("(,/_+:=|").find(line[i]) != std::string_view::npos) out += "\\allowbreak{}";
  }
  return out;
}

std::string first_cell(const GridCell& cell) {
  if (cell.text.size() <= kLongName) return latex_text(cell.text);
  return "\\parbox[t]{0.36\\linewidth}{\\raggedright\\hangindent=1em " + breakable(cell.text) + "\\strut}";
}

std::size_t lines_of(const GridRow& row) { return 1 + cell_at(row, 0).text.size() / kLongName; }

// With errors in brackets under the estimates columns are centred, as etable's are.
bool has_brackets(const Grid& grid) {
  return std::any_of(grid.rows.begin(), grid.rows.end(), [](const GridRow& row) { return !row.name.empty(); });
}

void add_row(std::string& out, const std::vector<std::string>& cells) {
  for (std::size_t c = 0; c < cells.size(); ++c) out += (c > 0 ? " & " : "") + cells[c];
  out += " \\\\\n";
}

// A table that is wider than the line is made smaller as a whole.
void add_tabular(std::string& out, const Grid& grid) {
  const char number = has_brackets(grid) ? 'c' : 'r';
  std::string columns;
  std::vector<std::string> cells;
  for (const GridColumn& column : grid.columns) {
    columns += column.align == Align::left ? 'l' : number;
    cells.push_back(latex_text(column.heading));
  }
  out += "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n\\begin{tabular}{" + columns +
         "}\n\\toprule\n";
  add_row(out, cells);
  out += "\\midrule\n";
  for (const GridRow& row : grid.rows) {
    if (row.rule) out += "\\midrule\n";
    for (std::size_t c = 0; c < cells.size(); ++c)
      cells[c] = c == 0 ? first_cell(cell_at(row, c)) : latex_cell(cell_at(row, c));
    add_row(out, cells);
  }
  out += "\\bottomrule\n\\end{tabular}}\n";
}

void add_table(std::string& out, const Grid& grid, const std::vector<std::string>& always, bool last) {
  out += "\n\\begin{table}[htbp]\n\\centering\n\\caption{" + breakable(grid.title) + "}\n";
  if (!grid.label.empty()) out += "\\label{" + grid.label + "}\n";
  add_tabular(out, grid);
  if (last) {
    out += "\n\\medskip\n\\begin{minipage}{\\linewidth}\\footnotesize\\emergencystretch=3em\n";
    for (const auto* texts : {&always, &grid.lead, &grid.notes})
      for (const std::string& text : *texts) out += breakable(text) + "\\par\n";
    out += "\\end{minipage}\n";
  }
  out += "\\end{table}\n";
}

// The first column with columns [from, to).
Grid columns_of(const Grid& grid, std::size_t from, std::size_t to) {
  Grid part = grid;
  const auto cut = [&](auto& items) {
    if (items.size() > to) items.erase(items.begin() + static_cast<std::ptrdiff_t>(to), items.end());
    const auto end = std::min(from, items.size());
    items.erase(items.begin() + 1, items.begin() + static_cast<std::ptrdiff_t>(end));
  };
  cut(part.columns);
  for (GridRow& row : part.rows)
    if (row.cells.size() > 1) cut(row.cells);
  return part;
}

// Tables that fit a page: rows that do not go on one are continued, an estimate never apart from what is under it.
std::vector<Grid> pages_of(const Grid& grid) {
  std::vector<Grid> pages(1, grid);
  pages.back().rows.clear();
  std::size_t lines = 0;
  for (const GridRow& row : grid.rows) {
    if (lines + lines_of(row) > kLinesATable && row.name.empty()) {
      pages.push_back(grid);
      pages.back().rows.clear();
      pages.back().title += " (continued)";
      pages.back().label.clear();
      lines = 0;
    }
    pages.back().rows.push_back(row);
    lines += lines_of(row);
  }
  return pages;
}

void add_latex_grid(std::string& out, const Grid& grid, const std::vector<std::string>& always) {
  std::vector<Grid> parts;
  const bool wide = has_brackets(grid) && grid.columns.size() > kColumnsATable + 1;
  for (std::size_t from = 1; wide && from < grid.columns.size(); from += kColumnsATable)
    for (Grid& page : pages_of(columns_of(grid, from, std::min(grid.columns.size(), from + kColumnsATable))))
      parts.push_back(std::move(page));
  if (!wide) parts = pages_of(grid);
  for (std::size_t i = 0; i < parts.size(); ++i) add_table(out, parts[i], always, i + 1 == parts.size());
}

}  // namespace

std::string latex_tables(const GridBook& book) {
  std::string out = "% \\usepackage{booktabs,graphicx} in the preamble.\n";
  for (const std::string& text : book.lead) out += "% " + one_line(text) + "\n";
  // A table travels without its page, so what must be said of all of them stands under each.
  const std::vector<std::string> always(book.lead.begin(), book.lead.end() - 1);
  for (const Grid& grid : book.grids) add_latex_grid(out, grid, always);
  return out;
}

}  // namespace headwater
