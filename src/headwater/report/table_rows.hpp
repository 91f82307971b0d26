// Which rows of a table of coefficients stand where: kept, dropped, put in order, gathered under one name; and which
// figures stand below them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "headwater/report/grid.hpp"
#include "headwater/report/term_text.hpp"

namespace headwater {

using Patterns = std::vector<std::string>;  // of terms, as the formula or as the author calls them; * is any text

// "log(*) | l(x, 1)": patterns apart by |.
Patterns patterns_of(std::string_view text);
bool matches(std::string_view pattern, std::string_view text);

struct TableRows {
  Patterns keep, drop, order;
  std::vector<std::pair<std::string, Patterns>> groups;  // one row "yes" for the terms of each
  std::vector<std::string> below;                        // of below_names(), in this order; empty: all
};

// rows, units, clusters, effects, outcome_mean, r2_within, r2
const std::vector<std::string>& below_names();

// Of a grid whose first column is "term"; an estimate is never apart from what is under it. Throws Error{usage,
// "table.no_term"} for a pattern that no term of any grid matches.
void check_patterns(const std::vector<Grid>& grids, const TableRows& wanted, const Words& words);
void choose_rows(Grid& grid, const TableRows& wanted, const Words& words);
// Of the figures below, wherever they stand.
void choose_below(Grid& grid, const TableRows& wanted);

}  // namespace headwater
