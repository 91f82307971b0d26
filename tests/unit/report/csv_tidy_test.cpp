// CSV for programs: one header, one row a component or coefficient, one table a text.
#include "headwater/report/csv_tidy.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "small_result.hpp"

namespace headwater {
namespace {

Tree decomposed() {
  Tree result = small_result(1);
  result.child("decompositions").child("staff").children.push_back(small_decomposition());
  return result;
}

Tree& first_decomposition(Tree& result) { return result.child("decompositions").child("staff").children.front(); }

std::vector<std::string> names(const std::vector<CsvTable>& tables) {
  std::vector<std::string> names;
  for (const CsvTable& table : tables) names.push_back(table.name);
  return names;
}

const std::string& text_of(const std::vector<CsvTable>& tables, const std::string& name) {
  return std::find_if(tables.begin(), tables.end(), [&](const CsvTable& t) { return t.name == name; })->text;
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

TEST(Csv, AFailedFitIsARow) {
  Tree result = small_result(2);
  Tree& fit = result.child("fits").children.back();
  fit.attribute("error_message", std::string("no slope is left"));
  const std::string text = csv_coefficients(result);
  EXPECT_EQ(text.substr(text.rfind('\n', text.size() - 2) + 1), "\"staff.2\",\"y\",,,,,,,,,,\"failed\"\n");
}

TEST(Csv, ComponentsAreRowsAndTheTotalIsTheLast) {
  EXPECT_EQ(csv_decompositions(decomposed()),
            "fit,decomposition,component,estimate,std_error,conf_low,conf_high,share,estimable,unit\n"
            "\"staff\",\"1_change\",\"workforce\",0.03,0.005,0.02,0.04,0.75,1,\"log points\"\n"
            "\"staff\",\"1_change\",\"effects: trust\",0.01,,,,0.25,0,\"log points\"\n"
            "\"staff\",\"1_change\",\"total\",0.04,0.006,0.028,0.052,1,1,\"log points\"\n");
}

TEST(Csv, WhatIsNotIdentifiedIsARowWithoutNumbers) {
  Tree result = decomposed();
  for (Axis& axis : first_decomposition(result).axes)
    if (axis.name == "unidentified") axis.labels = Names{"digital"};
  EXPECT_NE(csv_decompositions(result).find("\"1_change\",\"digital\",,,,,,0,\"log points\"\n"), std::string::npos);
}

TEST(Csv, TheAnswerIsTheDecompositionsWhereThereAreSome) {
  EXPECT_EQ(csv_answer(decomposed()), csv_decompositions(decomposed()));
  EXPECT_EQ(csv_answer(small_result(1)), csv_coefficients(small_result(1)));
}

TEST(Csv, SimulatedDataSaySoInAColumn) {
  Tree result = decomposed();
  result.attribute("simulated", std::int64_t{1});
  for (const CsvTable& table : csv_tables(result, TableWhat::all)) {
    EXPECT_EQ(table.text.substr(0, table.text.find('\n')).rfind(",data"), table.text.find('\n') - 5);
    EXPECT_EQ(table.text.substr(table.text.size() - 18), ",\"SIMULATED DATA\"\n");
  }
}

TEST(Csv, WhatAMethodAddsIsATableOfItsOwn) {
  Tree result = decomposed();
  Tree& node = first_decomposition(result);
  node.attribute("quantities", std::string("coefficient_short"));
  node.scalar("coefficient_short", 0.125, "coefficient in the short regression", "outcome");
  node.attribute("tables", std::string("strength, complete"));
  node.axis("strength", {"as x", "=cmd()"}, "benchmarks");
  node.vector("strength_bound", "strength", column({0.5, std::nan("")}), "bound");
  node.axis("player", {"a", "b"}, "players");
  node.axis("player_2", {"a", "b"}, "players");
  Matrix complete(2, 2);
  complete << 0, 1, 0.25, 0;
  node.matrix("complete", "player", "player_2", complete, "dominance");
  const std::vector<CsvTable> tables = csv_tables(result, TableWhat::decompositions);
  EXPECT_EQ(names(tables),
            (std::vector<std::string>{"decompositions", "quantities", "change-strength", "change-complete"}));
  EXPECT_EQ(text_of(tables, "quantities"),
            "fit,decomposition,quantity,value,unit,description\n"
            "\"staff\",\"1_change\",\"coefficient_short\",0.125,\"outcome\",\"coefficient in the short regression\"\n");
  EXPECT_EQ(text_of(tables, "change-strength"),
            "fit,decomposition,strength,bound\n"
            "\"staff\",\"1_change\",\"as x\",0.5\n\"staff\",\"1_change\",\"'=cmd()\",\n");
  EXPECT_EQ(text_of(tables, "change-complete"),
            "fit,decomposition,player,a,b\n"
            "\"staff\",\"1_change\",\"a\",0,1\n\"staff\",\"1_change\",\"b\",0.25,0\n");
  EXPECT_EQ(names(csv_tables(small_result(1), TableWhat::all)), (std::vector<std::string>{"coefficients", "fits"}));
}

}  // namespace
}  // namespace headwater
