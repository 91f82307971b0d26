// The tables of a result as grids, and one writer for each format.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "headwater/core/labelled.hpp"
#include "headwater/report/grid.hpp"
#include "headwater/report/table_rows.hpp"
#include "headwater/report/term_text.hpp"

namespace headwater {

enum class TableWhat { coefficients, decompositions, all };

struct BookOptions {
  bool stars = false;
  TableWhat what = TableWhat::all;
  std::vector<std::string> fits = {};        // those named, side by side in this order; all of them when empty
  bool side_by_side = false;                 // all of them in one table, triplets too
  std::vector<std::string> statistics = {};  // of statistic_names()
  bool extras = true;                        // what a method adds beside its parts
  bool full_notes = false;                   // formulas, arithmetic, and how the effects were taken out
  TableRows rows = {};
  std::string caption = {}, label = {};  // of the first table of coefficients, instead of its title; LaTeX's \label
  std::string note = {};                 // of the author, under it
  std::string names = {};                // "column = words; ...", they win over those of the run
};

// The result with the fits named, in this order, and their decompositions. Throws Error{usage, "table.unknown_fit"}.
Tree with_fits(const Tree& result, const std::vector<std::string>& fits);
// The fits of several results as those of one, for tables. A name that is taken already has the label of its result
// before it: "north.model".
struct LabelledResult {
  std::string label;
  Tree result;
};
Tree together(std::vector<LabelledResult> results);
// "" unless the data are simulated.
std::string simulated_notice(const Tree& result);

GridBook grid_book(const Tree& result, const BookOptions& options);

// Text without control characters, line breaks as spaces.
std::string one_line(std::string_view text);
// The text as a paragraph's or a cell's of HTML.
std::string html_text(std::string_view text);
// The character as text of HTML, and so of Markdown: <, > and & by their names.
std::string without_markup(char c);

// What the author calls things, for tables: [report] names and those of the options.
Words words_of(const Tree& result, const BookOptions& options);
// Throws Error{usage, "table.unused_name"} for a name of the options that stands for nothing in the result.
void check_names_used(const Tree& result, const std::string& names);
// Every term, component, outcome and key by the name that it is given.
void rename(GridBook& book, const Words& words, const std::string& period);

std::string text_tables(const GridBook& book);
std::string markdown_tables(const GridBook& book);
std::string latex_tables(const GridBook& book);    // tables for \usepackage{booktabs,graphicx}
std::string html_tables(const GridBook& book);     // a page that pastes into a word processor
std::string html_of_tables(const GridBook& book);  // what stands in its body
// The bytes of a workbook. Throws Error{io, "module.absent" | "module.broken" | "table.workbook"}.
std::string xlsx_tables(const GridBook& book);

}  // namespace headwater
