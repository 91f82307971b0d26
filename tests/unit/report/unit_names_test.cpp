#include "headwater/report/unit_names.hpp"

#include <gtest/gtest.h>

#include "headwater/core/error.hpp"
#include "headwater/report/redaction.hpp"
#include "small_result.hpp"

namespace headwater {
namespace {

UnitNames names_of(const std::vector<std::string>& labels, const std::string& column = "trust") {
  Tree result = small_result(1);
  result.child("fits").children.front().attribute("unit", column);
  Tree& data = result.child("data");
  data.axis("unit_entry", std::vector<std::string>(labels.size(), "1"), "units");
  data.text("unit_label", "unit_entry", labels, "units");
  data.axis("small_group", {"1", "2"}, "small groups");
  data.text("small_group_column", "small_group", {"region", "band"}, "column");
  data.text("small_group_level", "small_group", {"LONELY", "3"}, "level");
  return UnitNames(result);
}

TEST(UnitNames, AreFoundAsWordsWhereverTheyStand) {
  const UnitNames units = names_of({"RAB", "St. Mary's", "=1+1", "RCD@2013"});
  for (const char* text : {"RAB has one row", "see (RAB)", "model.RAB", "x_RAB_y", "trustRAB", "factor(trust)RAB",
                           "trust::RAB:x", "outside the subset trust != \"RAB\"", "RAB@2014", "St. Mary's fell",
                           "model.St._Mary_s", "=1+1", "RCD became RAB", "RCD"})
    EXPECT_TRUE(units.stands_in(text)) << text;
  for (const char* text : {"RABBIT", "l(rab, 1)", "GRAB", "St Mary", "1+1 = 2", "trust + year", ""})
    EXPECT_FALSE(units.stands_in(text)) << text;
}

TEST(UnitNames, NumbersAndLettersNeedTheirColumn) {
  const UnitNames units = names_of({"1", "7", "203", "a"});
  for (const char* text : {"trust != 7", "trust %in% c(12, 7)", "trust::7", "factor(trust)7", "unit 7 has one row",
                           "row 5: unit '7' stands twice", "at = 7@2013", "trust == \"a\"", "trust is 1"})
    EXPECT_TRUE(units.stands_in(text)) << text;
  for (const char* text : {"y ~ l(x, 1) | trust", "G/(G-1) = 203/202", "K = 7 slopes + 1 trust (nested)", "a test",
                           "cluster(trust), profile fixest (203/202)", "log(x + 1)", "2013"})
    EXPECT_FALSE(units.stands_in(text)) << text;
}

TEST(UnitNames, LevelsOfSmallGroupsAreFoundBesideTheirColumn) {
  const UnitNames units = names_of({"RAB"});
  for (const char* text :
       {"regionLONELY", "region::LONELY", "region == \"LONELY\"", "rate: LONELY", "i(band)::3", "band %in% c(1, 3)"})
    EXPECT_TRUE(units.stands_in(text)) << text;
  for (const char* text : {"NORTH", "l(x, 3)", "region::NORTH", "band::4", "bandwidth 3"})
    EXPECT_FALSE(units.stands_in(text)) << text;
  EXPECT_TRUE(units.small_group("LONELY"));
  EXPECT_TRUE(units.of_small_group("model.LONELY"));
  EXPECT_FALSE(units.of_small_group("model.NORTH"));
}

TEST(UnitNames, WhatHasNoNameStandsNowhere) {
  Tree result = small_result(1);
  Tree& data = result.child("data");
  data.axis("small_group", {"1", "2", "3"}, "small groups");
  data.text("small_group_column", "small_group", {"", "region", ""}, "column");
  data.text("small_group_level", "small_group", {"LONELY", "", ""}, "level");
  const UnitNames units(result);
  for (const char* text : {"region == \"\"", "region", "LONELYHEARTS", "x", "", " region"}) {
    EXPECT_FALSE(units.stands_in(text)) << text;
    EXPECT_EQ(units.without_names(text), text);
  }
  EXPECT_FALSE(units.small_group(""));
}

TEST(UnitNames, AreTakenOutOfATextThatStays) {
  const UnitNames units = names_of({"RAB", "RCD", "12"});
  EXPECT_EQ(units.without_names("the test rests on 1 of 124 units (RAB carries 99 %)"),
            "the test rests on 1 of 124 units (one unit carries 99 %)");
  EXPECT_EQ(units.without_names("trust %in% c(\"RAB\", \"RCD\")"), "trust %in% c(\"one unit\", \"one unit\")");
  EXPECT_EQ(units.without_names("trust != 12"), "trust != one unit");
  EXPECT_EQ(units.without_names("nothing here"), "nothing here");
}

TEST(UnitNames, AnAxisOfUnitsIsToldByItsNameOrItsLabels) {
  const UnitNames units = names_of({"RAB", "RCD", "2013", "2014", "2015"});
  EXPECT_TRUE(units.labels({"group", std::vector<std::string>{"RAB", "other"}, ""}));
  EXPECT_TRUE(units.labels({"trust", std::vector<std::string>{"x"}, ""}));
  EXPECT_TRUE(units.labels({"cell", std::vector<std::string>{"1"}, ""}));
  EXPECT_TRUE(units.labels({"region", std::vector<std::string>{"NORTH", "LONELY"}, ""}));
  EXPECT_FALSE(units.labels({"period", std::vector<std::string>{"2012", "2013"}, ""}));
  EXPECT_FALSE(units.labels({"component", std::vector<std::string>{"capital", "residual"}, ""}));
}

TEST(Redaction, RewritesEveryTextAndNoNumber) {
  const UnitNames units = names_of({"RAB", "Q\"1\"\n"});
  const Redacted clean =
      redacted(R"({"a": "RAB", "RAB": [1.5, null, "RABBIT", "x \"RAB\" \\ y"], "b": "Q\"1\"\n"})", units);
  EXPECT_EQ(clean.json,
            R"({"a": "one unit", "one unit": [1.5, null, "RABBIT", "x \"one unit\" \\ y"], "b": "one unit"})");
  EXPECT_EQ(clean.texts, 4);
}

TEST(Redaction, TheAuthorsWordsAreRefused) {
  try {
    refuse_names({{"title", "What happened at RAB"}, {"measure", "y"}}, names_of({"RAB"}));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "report.names_unit");
    EXPECT_EQ(error.message(),
              "report.title names the unit 'RAB', and a report for publication names none; reword it, or write the "
              "report with --audience internal");
  }
}

}  // namespace
}  // namespace headwater
