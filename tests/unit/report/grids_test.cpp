#include "headwater/report/grids.hpp"

#include <gtest/gtest.h>

#include "headwater/core/error.hpp"
#include "headwater/report/grid_book.hpp"
#include "small_result.hpp"

namespace headwater {
namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Tree decomposed() {
  Tree result = small_result(1);
  result.child("decompositions").child("staff").children.push_back(small_decomposition());
  return result;
}

Tree with_terms(const std::vector<std::string>& terms) {
  Tree result = small_result(1);
  for (Axis& axis : result.child("fits").children.front().axes)
    if (axis.name == "term") axis.labels = terms;
  return result;
}

TEST(Grids, ModelsStandSideBySideWithErrorsUnderEstimates) {
  const Tree result = small_result(2);
  const auto& fits = result.find_child("fits")->children;
  const Grid grid = models_grid({&fits[0], &fits[1]}, {.stars = true});
  ASSERT_EQ(grid.columns.size(), 3u);
  EXPECT_EQ(grid.columns[2].heading, "staff.2");
  EXPECT_EQ(grid.rows[2].cells[1].text, "-12.50***");
  EXPECT_EQ(grid.rows[2].cells[1].number, -12.5);
  EXPECT_EQ(grid.rows[3].cells[1].text, "(4.00)");
  EXPECT_EQ(grid.rows[3].cells[1].number, 4.0);
  EXPECT_EQ(row_name(grid.rows[3]), "standard error of share");
  EXPECT_EQ(grid.rows[4].cells[2].text, "not identified");
  EXPECT_FALSE(grid.rows[4].cells[2].number);
  EXPECT_TRUE(grid.rows[5].rule);
  EXPECT_EQ(grid.rows[5].cells[1].text, "1,000");
  EXPECT_EQ(grid.rows[5].cells[1].number, 1000.0);
}

// A coefficient that one cluster carries, and one without a standard error.
TEST(Grids, MarksStandAtTheEstimateWhereModelsStandSideBySide) {
  Tree fit = small_fit("staff");
  fit.text("not_estimable", "term", {"", "the scores of every cluster sum to zero"}, "why");
  fit.vector("carriers", "term", column({1.04, std::nan("")}), "carriers");
  fit.integers("carriers_all", "term", {50, 50}, "all");
  fit.text("carriers_of", "term", {"clusters", "clusters"}, "of");
  fit.integers("few_carriers", "term", {1, 0}, "few");
  const Grid grid = models_grid({&fit, &fit}, {});
  EXPECT_EQ(grid.rows[0].cells[1].text, "0.250†");
  EXPECT_EQ(grid.rows[0].cells[1].number, 0.25);
  EXPECT_EQ(grid.rows[3].cells[1].text, "not estimable");
  EXPECT_FALSE(grid.rows[3].cells[1].number);
  ASSERT_EQ(grid.notes.size(), 2u);
  EXPECT_EQ(grid.notes[0], "† rests on 1 of 50 clusters in effect: its error is far too small.");
  EXPECT_EQ(grid.notes[1], "‡ not estimable: the scores of every cluster sum to zero.");
  const Grid wider = with_mark_column(grid);
  EXPECT_EQ(wider.columns.back().heading, "mark");
  EXPECT_EQ(wider.rows[0].cells.back().text, "rests on 1 of 50 clusters in effect: its error is far too small");
}

TEST(Grids, WhatIsNotEstimableHasNoNumber) {
  const Grid grid = parts_grid(small_decomposition());
  EXPECT_EQ(grid.rows[1].cells[2].text, "not estimable");
  EXPECT_FALSE(grid.rows[1].cells[2].number);
  EXPECT_EQ(grid.rows[0].cells[6].text, "75.0 %");
  EXPECT_EQ(grid.rows[0].cells[6].number, 0.75);
}

TEST(GridBook, HoldsWhatIsAskedFor) {
  const Tree result = decomposed();
  EXPECT_EQ(grid_book(result, {}).grids.size(), 3u);
  EXPECT_EQ(grid_book(result, {.what = TableWhat::coefficients}).grids.size(), 2u);
  EXPECT_EQ(grid_book(result, {.what = TableWhat::decompositions}).grids.front().title, "change (staff)");
}

TEST(GridBook, TakesFitsInTheOrderAskedForAndNamesTheNearestOfAWrongOne) {
  const GridBook book = grid_book(small_result(3), {.fits = {"staff.3", "staff"}});
  EXPECT_EQ(book.grids.front().columns[1].heading, "staff.3");
  EXPECT_EQ(book.grids.front().columns[2].heading, "staff");
  try {
    grid_book(small_result(3), {.fits = {"staf"}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "the result has no fit 'staf'; did you mean 'staff'?");
  }
}

TEST(GridBook, SimulatedDataSaySoInEveryFormat) {
  Tree result = decomposed();
  result.attribute("simulated", std::int64_t{1});
  const GridBook book = grid_book(result, {});
  for (const auto& text : {markdown_tables(book), latex_tables(book), html_tables(book)})
    EXPECT_TRUE(contains(text, "SIMULATED DATA: no real trust is described here.")) << text;
}

TEST(MarkdownTables, AreWholeTables) {
  const std::string text = markdown_tables(grid_book(small_result(1), {}));
  EXPECT_TRUE(contains(text,
                       "| term | estimate | std. error | p | low | high | MDE |\n"
                       "|:---|---:|---:|---:|---:|---:|---:|\n"
                       "| log(fte) | 0.250 | 0.100 | 0.015 | 0.050 | 0.450 | 0.280 |\n"
                       "| share | -12.50 | 4.00 | &lt;0.001 | -20.50 | -4.50 | 11.20 |\n"
                       "| dma | not identified |  |  |  |  |  |\n"))
      << text;
}

TEST(LatexTables, AreWholeTables) {
  const std::string text = latex_tables(grid_book(decomposed(), {.what = TableWhat::decompositions}));
  EXPECT_TRUE(contains(text,
                       "\\begin{tabular}{lrrrrrr}\n"
                       "\\toprule\n"
                       "component & estimate & std. error & low & high & per cent & share \\\\\n"
                       "\\midrule\n"
                       "workforce & 0.03000 & 0.00500 & 0.02000 & 0.04000 & 3.060 & 75.0 \\% \\\\\n"
                       "effects: trust & 0.01000 & not estimable &  &  & 1.020 & 25.0 \\% \\\\\n"
                       "\\midrule\n"
                       "total & 0.04000 & 0.00600 & 0.02800 & 0.05200 & 4.080 & 100 \\% \\\\\n"
                       "\\bottomrule\n"))
      << text;
}

TEST(HtmlTables, HaveScopesAndRunNothing) {
  const std::string text = html_tables(grid_book(with_terms({"<script>alert(1)</script>", "a\"b&c"}), {}));
  EXPECT_TRUE(contains(text, "<th scope=\"col\" dir=\"auto\">term</th>"));
  EXPECT_TRUE(contains(text, ">&lt;script&gt;alert(1)&lt;/script&gt;</th>"));
  EXPECT_TRUE(contains(text, ">a&quot;b&amp;c</th>"));
  EXPECT_FALSE(contains(text, "<script"));
}

TEST(LatexTables, EscapeEveryCharacterWithAMeaning) {
  const std::string text = latex_tables(grid_book(with_terms({"[a_b & 5%]\\input{x}", "*#$^~"}), {}));
  EXPECT_TRUE(contains(text, "\n{[}a\\_b \\& 5\\%{]}\\textbackslash{}input\\{x\\} & 0.250 & ")) << text;
  EXPECT_TRUE(contains(text, "\n{*}\\#\\$\\textasciicircum{}\\textasciitilde{} & $-$12.50 & ")) << text;
}

}  // namespace
}  // namespace headwater
