#include "headwater/report/tables.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "headwater/core/text.hpp"
#include "small_result.hpp"

namespace headwater {
namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

void expect_80_columns(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 80) << line;
}

TEST(TextReport, SaysFirstWhatCannotBeTold) {
  const std::string text = text_report(small_result(1), {});
  EXPECT_EQ(text.rfind("\nWhat can and cannot be told\n"
                       "===========================\n"
                       "Not identified in staff: dma.\n"
                       "staff: the regressors explain 20.0 % of the variance within the effects, which\n"
                       "  is 2.00 % of the total variance of the outcome.\n",
                       0),
            0u)
      << text;
}

TEST(TextReport, OneModelShowsIntervalsAndDetectableEffects) {
  const std::string text = coefficient_tables(small_result(1), {});
  EXPECT_EQ(text,
            "\n"
            "Staff\n"
            "=====\n"
            "term            estimate  std. error       p      low    high     MDE\n"
            "---------------------------------------------------------------------\n"
            "log(fte)           0.250       0.100   0.015    0.050   0.450   0.280\n"
            "share            -12.50        4.00   <0.001  -20.50   -4.50   11.20\n"
            "dma       not identified\n"
            "low, high: 95 % interval. MDE: smallest effect found with 80 % power; read a\n"
            "null beside it.\n"
            "\n"
            "rows           1,000\n"
            "units          50\n"
            "clusters       50\n"
            "effect: trust  yes\n"
            "outcome mean   3.250\n"
            "R2 within      0.2000\n"
            "R2 total       0.9200\n"
            "Outcome y. Estimator within. Errors: cluster(trust), profile fixest (G/(G-1) =\n"
            "50/49).\n"
            "Effects: trust 50; exact rank 50; normal equations hold to 1e-15.\n"
            "Not identified: dma (it is a combination of: trust).\n");
  EXPECT_TRUE(contains(coefficient_tables(small_result(1), {.stars = true}), "-12.50***"));
  expect_80_columns(text);
}

TEST(TextReport, ModelsSideBySideFitThePageWhateverTheirNames) {
  Tree result = small_result(3);
  for (Tree& fit : result.child("fits").children) fit.name = "a_model_with_a_name_of_fifty_characters_" + fit.name;
  const std::string text = text_report(result, {});
  expect_80_columns(text);
  EXPECT_TRUE(contains(text, "not identified"));
}

TEST(TextReport, SimulatedDataSaySo) {
  Tree result = small_result(1);
  result.attribute("simulated", std::int64_t{1});
  EXPECT_EQ(text_report(result, {}).rfind("SIMULATED DATA: no real trust is described here.\n", 0), 0u);
}

TEST(DecompositionTable, WhatIsNotEstimableIsNeverAZeroError) {
  Tree result = small_result(1);
  result.child("decompositions").child("staff").children.push_back(small_decomposition());
  const std::string text = decomposition_tables(result);
  EXPECT_EQ(text,
            "\n"
            "change (staff)\n"
            "==============\n"
            "What moved?\n"
            "\n"
            "component       estimate     std. error      low     high  per cent    share\n"
            "----------------------------------------------------------------------------\n"
            "workforce        0.03000        0.00500  0.02000  0.04000     3.060   75.0 %\n"
            "effects: trust   0.01000  not estimable                       1.020   25.0 %\n"
            "----------------------------------------------------------------------------\n"
            "total            0.04000        0.00600  0.02800  0.05200     4.080  100 %\n"
            "In log points. Uncertainty: given realised outcomes. Parts sum to the total,\n"
            "computed apart, to 1e-17.\n"
            "Choices: from = 2013, to = 2016.\n");
  expect_80_columns(text);
}

// Classes of one decomposition are not groups that have one each.
TEST(DecompositionTable, IsByGroupOnlyWhereEachGroupHasItsOwn) {
  Tree result = small_result(1);
  Tree one = small_decomposition();
  one.attribute("choice.by", std::string("type"));
  result.child("decompositions").child("staff").children.push_back(one);
  EXPECT_TRUE(contains(decomposition_tables(result), "change (staff)\n"));
  Tree& stored = result.child("decompositions").child("staff").children.back();
  stored.attribute("choice.group", std::string("acute"));
  EXPECT_TRUE(contains(decomposition_tables(result), "change by type (staff)\n"));
}

TEST(DecompositionTable, WithoutEffectsNothingIsSaidToLieWithinThem) {
  Tree result = small_result(1);
  Tree decomposition = small_decomposition();
  decomposition.scalar("explained_total", 0.5, "total");
  result.child("decompositions").child("staff").children.push_back(decomposition);
  EXPECT_TRUE(contains(decomposition_tables(result),
                       "Before any share: the drivers explain 50.0 % of the variance of the outcome.\n"));
  result.child("decompositions").child("staff").children.back().scalar("explained_within", 0.2, "within");
  EXPECT_TRUE(contains(decomposition_tables(result), "20.0 % of the variance within the effects"));
  Tree& fit = result.child("fits").children.front();
  for (Axis& axis : fit.axes)
    if (axis.name == "effect") axis.labels = Names{};
  EXPECT_FALSE(contains(coefficient_tables(result, {}), "R2 within"));
}

}  // namespace
}  // namespace headwater
