#include "headwater/report/table_rows.hpp"

#include <algorithm>
#include <iterator>

#include "headwater/core/error.hpp"
#include "headwater/core/method.hpp"
#include "headwater/core/pattern.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

constexpr std::string_view kEffect = "effect: ";

// A term's row and those under it.
using Block = std::vector<GridRow>;

bool under_another(const GridRow& row) { return cell_at(row, 0).text.empty() && !row.name.empty(); }

std::string below_name(const std::string& label) {
  if (label == "rows" || label == "units" || label == "clusters") return label;
  if (label.rfind(kEffect, 0) == 0) return "effects";
  if (label == "outcome mean") return "outcome_mean";
  if (label == "R2 within") return "r2_within";
  return label == "R2 total" ? "r2" : "";
}

bool any_match(const Patterns& patterns, const std::string& term, const Words& words) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return matches(pattern, term) || matches(pattern, words.term(term));
  });
}

std::size_t place_in(const Patterns& order, const std::string& term, const Words& words) {
  for (std::size_t i = 0; i < order.size(); ++i)
    if (any_match({order[i]}, term, words)) return i;
  return order.size();
}

// The rows above the line: blocks of terms, and what stands before the first of them (outcomes, splits).
struct Parts {
  std::vector<GridRow> before;
  std::vector<Block> terms;
  std::vector<GridRow> below;
};

Parts parts_of(Grid& grid) {
  Parts parts;
  bool is_below = false;
  for (GridRow& row : grid.rows) {
    is_below |= row.rule;
    const std::string& label = cell_at(row, 0).text;
    if (is_below)
      parts.below.push_back(std::move(row));
    else if (under_another(row) && !parts.terms.empty())
      parts.terms.back().push_back(std::move(row));
    else if (parts.terms.empty() && (label == "outcome" || label == "split"))
      parts.before.push_back(std::move(row));
    else
      parts.terms.push_back({std::move(row)});
  }
  return parts;
}

const std::string& term_of(const Block& block) { return cell_at(block.front(), 0).text; }

// "yes" in the columns where a term of the group has an estimate.
GridRow group_row(const std::string& name, const std::vector<Block>& members, std::size_t columns) {
  GridRow row{{name}};
  for (std::size_t c = 1; c < columns; ++c) {
    const bool has = std::any_of(members.begin(), members.end(),
                                 [&](const Block& block) { return cell_at(block.front(), c).number.has_value(); });
    row.cells.emplace_back(has ? "yes" : "");
  }
  return row;
}

void take_groups(Parts& parts, const TableRows& wanted, const Words& words, std::size_t columns) {
  std::vector<GridRow> rows;
  for (const auto& group : wanted.groups) {
    std::vector<Block> members;
    const auto first = std::stable_partition(parts.terms.begin(), parts.terms.end(), [&](const Block& block) {
      return !any_match(group.second, term_of(block), words);
    });
    members.assign(std::make_move_iterator(first), std::make_move_iterator(parts.terms.end()));
    parts.terms.erase(first, parts.terms.end());
    if (!members.empty()) rows.push_back(group_row(group.first, members, columns));
  }
  parts.below.insert(parts.below.begin(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
}

}  // namespace

Patterns patterns_of(std::string_view text) { return entries_of(text, '|'); }

bool matches(std::string_view pattern, std::string_view text) {
  return fits_pattern(pattern, text, [](char a, char b) { return a == b; });
}

const std::vector<std::string>& below_names() {
  static const std::vector<std::string> names = {"rows",         "units",     "clusters", "effects",
                                                 "outcome_mean", "r2_within", "r2"};
  return names;
}

void check_patterns(const std::vector<Grid>& grids, const TableRows& wanted, const Words& words) {
  Patterns all = wanted.keep;
  for (const Patterns* more : {&wanted.drop, &wanted.order}) all.insert(all.end(), more->begin(), more->end());
  for (const auto& [name, patterns] : wanted.groups) all.insert(all.end(), patterns.begin(), patterns.end());
  std::vector<std::string> terms;
  for (const Grid& grid : grids)
    if (!grid.columns.empty() && grid.columns.front().heading == "term")
      for (const GridRow& row : grid.rows) terms.push_back(cell_at(row, 0).text);
  for (const std::string& pattern : all)
    if (std::none_of(terms.begin(), terms.end(), [&](const auto& term) { return any_match({pattern}, term, words); })) {
      const std::string near = nearest(pattern, terms);
      throw Error(ErrorKind::usage, "table.no_term",
                  "no term of the table is '" + pattern + "'; " +
                      (near.empty() ? "name terms as the formula does, with * for any text"
                                    : "did you mean '" + near + "'? (* stands for any text)"),
                  {.key = "keep"});
    }
}

void choose_below(Grid& grid, const TableRows& wanted) {
  if (wanted.below.empty()) return;
  const bool ruled = std::any_of(grid.rows.begin(), grid.rows.end(), [](const GridRow& row) { return row.rule; });
  std::vector<GridRow> rows;
  for (const std::string& name : wanted.below)
    for (const GridRow& row : grid.rows)
      if (below_name(cell_at(row, 0).text) == name) rows.push_back(row);
  for (GridRow& row : rows) row.rule = false;
  if (ruled && !rows.empty()) rows.front().rule = true;
  grid.rows = std::move(rows);
}

void choose_rows(Grid& grid, const TableRows& wanted, const Words& words) {
  Parts parts = parts_of(grid);
  const auto gone = [&](const Block& block) {
    const std::string& term = term_of(block);
    return (!wanted.keep.empty() && !any_match(wanted.keep, term, words)) || any_match(wanted.drop, term, words);
  };
  take_groups(parts, wanted, words, grid.columns.size());
  std::erase_if(parts.terms, gone);
  std::stable_sort(parts.terms.begin(), parts.terms.end(), [&](const Block& a, const Block& b) {
    return place_in(wanted.order, term_of(a), words) < place_in(wanted.order, term_of(b), words);
  });
  std::vector<GridRow> groups;
  while (!parts.below.empty() && below_name(cell_at(parts.below.front(), 0).text).empty()) {
    groups.push_back(std::move(parts.below.front()));
    parts.below.erase(parts.below.begin());
  }
  Grid figures;
  figures.rows = std::move(parts.below);
  choose_below(figures, wanted);
  grid.rows = std::move(parts.before);
  for (Block& block : parts.terms) std::move(block.begin(), block.end(), std::back_inserter(grid.rows));
  const std::size_t line = grid.rows.size();
  for (auto* rows : {&groups, &figures.rows}) std::move(rows->begin(), rows->end(), std::back_inserter(grid.rows));
  for (std::size_t i = line; i < grid.rows.size(); ++i) grid.rows[i].rule = i == line;
}

}  // namespace headwater
