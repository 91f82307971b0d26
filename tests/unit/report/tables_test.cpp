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
  EXPECT_EQ(text, "ONE");
  EXPECT_TRUE(contains(text, "dma       not identified")) << text;
  EXPECT_FALSE(contains(text, "*"));
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
  EXPECT_EQ(text, "TWO");
  EXPECT_TRUE(contains(text, "total"));
  expect_80_columns(text);
}

TEST(Csv, QuotesAndDefusesCells) {
  Tree result = small_result(1);
  Tree& fit = result.child("fits").children.front();
  for (Axis& axis : fit.axes)
    if (axis.name == "term") axis.labels = std::vector<std::string>{"=cmd(\"x\")", "share"};
  EXPECT_EQ(csv_coefficients(result),
            "fit,outcome,term,estimate,std_error,statistic,p_value,conf_low,conf_high,mde,df,status\n"
            "\"staff\",\"y\",\"'=cmd(\"\"x\"\")\",0.25,0.1,2.5,0.0145,0.05,0.45,0.28,49,\"converged\"\n"
            "\"staff\",\"y\",\"share\",-12.5,4,-3.125,3e-04,-20.5,-4.5,11.2,49,\"converged\"\n"
            "\"staff\",\"y\",\"dma\",,,,,,,,,\"not identified\"\n");
}

}  // namespace
}  // namespace headwater
