// What a table keeps, drops, orders and gathers, and what it says of a request that cannot be met.
#include "headwater/report/table_rows.hpp"

#include <gtest/gtest.h>

#include "headwater/core/error.hpp"
#include "headwater/report/book_options.hpp"
#include "small_result.hpp"

namespace headwater {
namespace {

using Given = std::map<std::string, std::string>;

Tree two_fits() {
  Tree result = small_result(2);
  for (Tree& fit : result.child("fits").children) fit.attribute("unit", std::string("trust"));
  return result;
}

Names first_cells(const Grid& grid) {
  Names cells;
  for (const GridRow& row : grid.rows) cells.push_back(cell_at(row, 0).text);
  return cells;
}

Grid table(const Given& given) {
  Given coefficients = given;
  coefficients["what"] = "coefficients";
  return grid_book(two_fits(), book_options(coefficients)).grids.front();
}

std::string refusal(const Given& given) {
  try {
    table(given);
  } catch (const Error& error) {
    return error.code() + ": " + error.message();
  }
  return "";
}

const Names kBelow = {"rows", "units", "clusters", "effect: trust", "outcome mean", "R2 within", "R2 total"};

Names with_below(Names terms) {
  terms.insert(terms.end(), kBelow.begin(), kBelow.end());
  return terms;
}

TEST(TableRows, PatternsAreTextWithStars) {
  EXPECT_TRUE(matches("log(*)", "log(fte)"));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("l(*, 1)", "l(a, 1, 1)"));
  EXPECT_FALSE(matches("log(*)", "log(fte) + 1"));
  EXPECT_FALSE(matches("log", "log(fte)"));
  EXPECT_EQ(patterns_of("log(x + 1) | l(z, 1) |"), (Patterns{"log(x + 1)", "l(z, 1)"}));
}

TEST(TableRows, EverythingStandsWithoutARequest) {
  EXPECT_EQ(first_cells(table({})), with_below({"log(fte)", "", "share", "", "dma"}));
}

TEST(TableRows, KeptDroppedAndInOrder) {
  EXPECT_EQ(first_cells(table({{"keep", "share"}})), with_below({"share", ""}));
  EXPECT_EQ(first_cells(table({{"drop", "log(*) | dma"}})), with_below({"share", ""}));
  EXPECT_EQ(first_cells(table({{"order", "dma | share"}})), with_below({"dma", "share", "", "log(fte)", ""}));
  EXPECT_EQ(first_cells(table({{"names", "fte = staff"}, {"keep", "staff (log)"}})), with_below({"staff (log)", ""}));
}

TEST(TableRows, AGroupIsOneRowOfYes) {
  const Grid grid = table({{"group", "Staffing = log(fte) | share; Digital = dma"}});
  Names expected = {"Staffing", "Digital"};
  expected.insert(expected.end(), kBelow.begin(), kBelow.end());
  EXPECT_EQ(first_cells(grid), expected);
  EXPECT_EQ(cell_at(grid.rows[0], 1).text, "yes");
  EXPECT_EQ(cell_at(grid.rows[1], 1).text, "");  // it is not identified
  EXPECT_TRUE(grid.rows[0].rule && !grid.rows[2].rule);
}

TEST(TableRows, FiguresBelowByChoice) {
  const Grid grid = table({{"below", "r2,rows"}});
  EXPECT_EQ(first_cells(grid), (Names{"log(fte)", "", "share", "", "dma", "R2 total", "rows"}));
  EXPECT_TRUE(grid.rows[5].rule);
  EXPECT_FALSE(grid.rows[6].rule);
}

TEST(TableRows, CaptionLabelAndNote) {
  const GridBook book = grid_book(
      two_fits(), book_options({{"caption", "Staff & output"}, {"label", "tab:main"}, {"note", "Our note."}}));
  EXPECT_EQ(book.grids.front().title, "Staff & output");
  EXPECT_EQ(book.grids.front().notes.back(), "Our note.");
  EXPECT_NE(latex_tables(book).find("\\caption{Staff \\& output}\n\\label{tab:main}\n"), std::string::npos);
}

TEST(TableRows, RequestsThatCannotBeMet) {
  EXPECT_EQ(refusal({{"keep", "shar"}}),
            "table.no_term: no term of the table is 'shar'; did you mean 'share'? (* stands for any text)");
  EXPECT_EQ(
      refusal({{"drop", "quite_another"}}),
      "table.no_term: no term of the table is 'quite_another'; name terms as the formula does, with * for any text");
  EXPECT_EQ(refusal({{"below", "aic"}}),
            "usage.below: --below has 'aic'; they are rows, units, clusters, effects, outcome_mean, r2_within, r2");
  EXPECT_EQ(refusal({{"group", "Staff"}}), "usage.group: --group has 'Staff'; write NAME = term | term");
  EXPECT_EQ(refusal({{"label", "a}b"}}), "usage.label: --label is 'a}b'; it has letters, digits and : - _ . alone");
  EXPECT_EQ(refusal({{"kep", "share"}}), "usage.unknown_option: a table has no option 'kep'; did you mean 'keep'?");
}

TEST(Together, FitsOfSeveralResultsStandSideBySide) {
  Tree other = two_fits();
  other.attribute("simulated", std::int64_t{1});
  other.child("data").attribute("file", std::string("/home/x/b.csv"));
  Tree one = two_fits();
  one.child("data").attribute("file", std::string("a.csv"));
  const Tree all = together({{"first", one}, {"second", other}});
  Names names;
  for (const Tree& fit : all.find_child("fits")->children) names.push_back(fit.name);
  EXPECT_EQ(names, (Names{"staff", "staff.2", "second.staff", "second.staff.2"}));
  const GridBook book = grid_book(all, {.what = TableWhat::coefficients, .side_by_side = true});
  EXPECT_EQ(book.grids.front().columns.size(), 5U);
  EXPECT_EQ(book.lead, (Names{"SIMULATED DATA: no real trust is described here.", "Data: a.csv, b.csv.",
                              "Made by Headwater 0.1.0."}));
}

}  // namespace
}  // namespace headwater
