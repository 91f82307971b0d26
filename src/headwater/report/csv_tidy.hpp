// Result tree -> CSV that programs read: one header, one row a number's bearer, no prose; one table a file.
#pragma once

#include <string>
#include <vector>

#include "headwater/core/labelled.hpp"
#include "headwater/report/grid_book.hpp"

namespace headwater {

struct CsvTable {
  std::string name;  // "coefficients", "decompositions", "gelbach-quantities"
  std::string text;
};

// One row a coefficient of every fit.
std::string csv_coefficients(const Tree& result);
// One row a component of every decomposition, its total last.
std::string csv_decompositions(const Tree& result);
// What the result is asked about first of all: its decompositions, or where there are none its coefficients.
std::string csv_answer(const Tree& result);

// Every table there is: coefficients, tests, decompositions, bootstraps, and what methods add. What the author calls a
// term or component stands in a column of its own.
std::vector<CsvTable> csv_tables(const Tree& result, TableWhat what, const Words& words = {});

// A quoted cell. One that a spreadsheet would take for a formula is kept as text by a leading apostrophe.
std::string csv_text(std::string text);

}  // namespace headwater
