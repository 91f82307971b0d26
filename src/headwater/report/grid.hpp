// A table before it is text, Markdown, LaTeX, CSV, HTML or a worksheet: headings, rows of typed cells, notes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "headwater/report/layout.hpp"

namespace headwater {

struct GridCell {
  std::string text;              // as printed: "0.250***", "(0.100)", "75.0 %", "not identified"
  std::optional<double> number;  // the value behind it, for formats that keep numbers; a share for "75.0 %"
  std::string mark = {};         // what must be read beside it: "rests on 1 of 124 units"

  GridCell(std::string words) : text(std::move(words)) {}
  GridCell(const char* words) : text(words) {}
  GridCell(std::string words, double value);  // no number unless it is finite
};

struct GridColumn {
  std::string heading;
  Align align;
};

struct GridRow {
  std::vector<GridCell> cells;  // the first names the row; trailing cells may be left out
  std::string name = {};        // names the row where its first cell is empty: "standard error of x"
  bool rule = false;            // a line across above it
};

struct Grid {
  std::string title;
  std::string label = {};         // by which LaTeX refers to it
  std::vector<std::string> lead;  // paragraphs above
  std::vector<GridColumn> columns;
  std::vector<GridRow> rows;
  std::vector<std::string> notes;  // paragraphs below

  void column(std::string heading, Align align) { columns.push_back({std::move(heading), align}); }
  // The cell with a symbol that a note explains; the same words share a symbol. Nothing without words.
  GridCell marked(GridCell cell, const std::string& words);

 private:
  std::vector<std::string> marks_;
};

struct GridBook {
  std::string title;
  std::vector<std::string> lead;  // "SIMULATED DATA ...", the data, the program
  std::vector<Grid> grids;
};

TextTable text_table(const Grid& grid);
// For formats that keep numbers: marks in a column of their own, when there are any.
Grid with_mark_column(const Grid& grid);
const GridCell& cell_at(const GridRow& row, std::size_t column);  // an empty cell past the end
const std::string& row_name(const GridRow& row);                  // never empty where the row has a name

}  // namespace headwater
