#include "headwater/report/payload.hpp"

#include <gtest/gtest.h>

#include "headwater/core/error.hpp"
#include "headwater/report/html.hpp"
#include "small_result.hpp"

namespace headwater {
namespace {

constexpr std::string_view kPage =
    "<html><!--headwater body--><script type=\"application/json\">{\"headwater\":\"payload\"}</script></html>";

Captions full_captions() {
  Captions captions;
  for (const CaptionKey& key : caption_keys())
    if (key.required) captions[key.name] = "the " + key.name;
  return captions;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Two trusts with rows, a mover, a suspicion, and a note and a decomposition that name one of them.
Tree result_with_units() {
  Tree result = small_result(1);
  Tree& fit = result.child("fits").children.front();
  fit.attribute("unit", std::string("trust"));
  Tree& rows = fit.child("rows");
  rows.axis("row", {"1", "2"}, "rows");
  rows.text("row_unit", "row", {"RAB", "RCD"}, "unit");
  rows.text("row_period", "row", {"2013", "2013"}, "period");
  rows.vector("outcome", "row", column({0.123456789, 2}), "outcome");
  rows.vector("residual", "row", column({0.987654321, -1}), "residual");
  Tree& movers = fit.child("movers");
  movers.axis("mover", {"1"}, "movers");
  movers.text("mover_term", "mover", {"share"}, "term");
  movers.text("mover_unit", "mover", {"RCD"}, "unit");
  movers.vector("mover_change", "mover", column({0.5}), "change");
  movers.vector("mover_change_in_se", "mover", column({0.125}), "change");
  for (LabelledArray& array : fit.arrays)
    if (array.name == "note_message") array.values = std::vector<std::string>{"RAB has one row in the sample"};
  Tree& own = result.child("decompositions").child("staff");
  own.children.push_back(small_decomposition());
  own.children.push_back(small_decomposition());
  own.children.back().attribute("call", std::string("contributions(at = RCD@2013)"));
  return result;
}

TEST(Captions, EveryMissingKeyIsNamedAndNothingIsMadeUp) {
  Captions captions = full_captions();
  EXPECT_NO_THROW(check_captions(captions));
  captions.erase("vintage");
  captions["assurer"] = "  ";
  try {
    check_captions(captions);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "report.missing_key");
    EXPECT_EQ(error.place().key, "report.vintage");
    EXPECT_EQ(error.message(),
              "a report needs vintage, assurer under [report] of the configuration, and nothing is made up; write them "
              "there and run again, or give --report.vintage TEXT");
  }
}

TEST(Captions, ANameOfAColumnIsAnEquation) {
  Captions captions = full_captions();
  captions["names"] = "fte = staff in post; dma = digital maturity score;";
  EXPECT_NO_THROW(check_captions(captions));
  for (const char* misread : {"fte", "= staff", "fte ="}) {
    captions["names"] = std::string("dma = digital maturity; ") + misread;
    try {
      check_captions(captions);
      ADD_FAILURE() << misread;
    } catch (const Error& error) {
      EXPECT_EQ(error.message(), "'" + std::string(misread) +
                                     "' under report.names does not call a column anything; write column = words");
    }
  }
}

TEST(Payload, InternalHasRowsAndNamesAndPublishHasNeither) {
  const Tree result = result_with_units();
  const std::string inside = report_payload(result, Audience::internal, full_captions());
  const std::string outside = report_payload(result, Audience::publish, full_captions());
  for (const char* part : {"RAB", "RCD", "0.123456789", "0.98765432", "\"mover_unit\"", "\"rows\""}) {
    EXPECT_TRUE(contains(inside, part)) << part;
    EXPECT_FALSE(contains(outside, part)) << part;
  }
  EXPECT_TRUE(contains(outside, "\"mover_change_in_se\": [0.125]"));
  EXPECT_TRUE(contains(outside, "\"left_out\": 2"));
  EXPECT_TRUE(contains(outside, "\"call\": \"change(from = 2013, to = 2016)\""));
}

TEST(Payload, ATermOfOneUnitIsLeftOutOfAPublishedReport) {
  Tree result = result_with_units();
  Tree& fit = result.child("fits").children.front();
  for (Axis& axis : fit.axes)
    if (axis.name == "term") axis.labels = std::vector<std::string>{"log(fte)", "factor(trust)RAB"};
  const std::string outside = report_payload(result, Audience::publish, full_captions());
  EXPECT_TRUE(contains(outside, "\"term\": [\"log(fte)\"]"));
  EXPECT_TRUE(contains(outside, "\"estimate\": [0.25]"));
  EXPECT_FALSE(contains(outside, "RAB"));
}

// Six units over two periods; x deviates by u + t and z by 2 - t from the reference.
Tree decomposition_with_cells() {
  Tree node = small_decomposition();
  node.attribute("fit", std::string("staff"));
  std::vector<std::string> cells, units, periods;
  Matrix deviation(12, 2), value(12, 2), error = Matrix::Constant(12, 2, std::nan(""));
  for (Index i = 0; i < 12; ++i) {
    const auto u = static_cast<double>(i / 2), t = static_cast<double>(i % 2);
    cells.push_back(std::to_string(i + 1));
    units.push_back("U" + std::to_string(i / 2));
    periods.push_back(i % 2 == 0 ? "2009" : "2010");
    deviation.row(i) << u + t, 2 - t;
    value.row(i) << 0.25 * (u + t) - 12.5 * (2 - t), u;
  }
  node.axis("cell", cells, "cells");
  node.axis("part", {"workforce", "residual"}, "parts");
  node.axis("coefficient", {"log(fte)", "share"}, "coefficients");
  node.text("cell_unit", "cell", units, "unit");
  node.text("cell_period", "cell", periods, "period");
  node.matrix("cell_estimate", "cell", "part", value, "parts");
  node.matrix("cell_std_error", "cell", "part", error, "errors");
  node.matrix("cell_deviation", "cell", "coefficient", deviation, "deviations");
  return node;
}

TEST(Payload, MeansOverTimeHaveTheErrorOfTheCoefficients) {
  Tree result = small_result(1);
  result.child("fits").children.front().text("driver", "term", {"workforce", "workforce"}, "driver");
  result.child("decompositions").child("staff").children.push_back(decomposition_with_cells());
  const std::string text = report_payload(result, Audience::publish, full_captions());
  EXPECT_TRUE(
      contains(text, "\"over_time\": {\"period\": [\"2009\", \"2010\"], \"part\": [\"workforce\", \"residual\"]"));
  EXPECT_TRUE(contains(text, "\"units\": [6, 6], \"reach\": 2.0095752371292"));  // t(49) at 0.975
  EXPECT_TRUE(contains(text, "\"mean\": [[-24.375, 2.5], [-11.625, 2.5]]"));
  // a = (2.5, 2) and (3.5, 1); V = [[0.01, 0.125], [0.125, 16]]: a'Va = 65.3125 and 16.9975.
  EXPECT_TRUE(contains(text, "\"std_error\": [[8.08161493762"));
  EXPECT_TRUE(contains(text, ", null], [4.122802444"));
  EXPECT_FALSE(contains(text, "\"cells\""));
  EXPECT_TRUE(contains(report_payload(result, Audience::internal, full_captions()),
                       "\"units\": [\"U0\", \"U1\", \"U2\", \"U3\", \"U4\", \"U5\"]"));
}

TEST(Payload, AGroupOfFewUnitsIsLeftOutOfAPublishedReport) {
  Tree result = small_result(1);
  Tree& own = result.child("decompositions").child("staff");
  for (const char* units : {"4", "5"}) {
    own.children.push_back(small_decomposition());
    own.children.back().attribute("choice.units", std::string(units));
  }
  const std::string outside = report_payload(result, Audience::publish, full_captions());
  EXPECT_FALSE(contains(outside, "\"units\": \"4\""));
  EXPECT_TRUE(contains(outside, "\"units\": \"5\""));
  EXPECT_TRUE(contains(report_payload(result, Audience::internal, full_captions()), "\"units\": \"4\""));
}

// A succession's reason, a subset and a note name units that no fit uses; a group and a fit are of few units.
TEST(Payload, WhatSlipsThroughIsTakenOutAtTheDoor) {
  Tree result = result_with_units();
  Tree& data = result.child("data");
  data.attribute("file", std::string("panel.csv"));
  data.axis("unit_entry", {"1", "2"}, "units");
  data.text("unit_label", "unit_entry", {"ROLD", "RAWAY"}, "units");
  data.axis("lost_reason", {"succession: ROLD left out"}, "reasons");
  data.integers("lost_rows", "lost_reason", {8}, "rows");
  data.axis("coverage", {"1", "2"}, "groups");
  data.text("coverage_column", "coverage", {"region", "region"}, "column");
  data.text("coverage_level", "coverage", {"north", "lonely"}, "level");
  for (const char* name : {"coverage_units", "coverage_rows", "coverage_used"})
    data.integers(name, "coverage", {7, 4}, name);
  Tree& fits = result.child("fits");
  for (Axis& axis : fits.children.front().axes)
    if (axis.name == "sample_reason") axis.labels = std::vector<std::string>{"outside the subset trust != \"RAWAY\""};
  fits.children.push_back(small_fit("staff.lonely"));
  fits.children.back().attribute("unit", std::string("trust"));
  fits.children.back().attribute("units", std::int64_t{4});
  result.child("decompositions").child("staff.lonely").children.push_back(small_decomposition());
  const std::string outside = report_payload(result, Audience::publish, full_captions());
  for (const char* part : {"ROLD", "RAWAY", "lonely", "RAB", "RCD"}) EXPECT_FALSE(contains(outside, part)) << part;
  EXPECT_TRUE(contains(outside, "\"lost_reason\": [\"succession: one unit left out\"]"));
  EXPECT_TRUE(contains(outside, "\"sample_reason\": [\"outside the subset trust != \\\"one unit\\\"\"]"));
  EXPECT_TRUE(contains(outside, "\"note_message\": [\"one unit has one row in the sample\"]"));
  EXPECT_TRUE(contains(outside, "\"coverage_level\": [\"north\"]"));
  const std::string inside = report_payload(result, Audience::internal, full_captions());
  for (const char* part : {"ROLD", "RAWAY", "lonely", "RAB", "RCD"}) EXPECT_TRUE(contains(inside, part)) << part;
}

TEST(Payload, ATestThatRestsOnFewUnitsCarriesItsMark) {
  Tree result = small_result(1);
  Tree& tests = result.child("fits").children.front().child("tests");
  tests.axis("test", {"1", "2"}, "tests");
  tests.text("hypothesis", "test", {"capital is zero", "workforce is zero"}, "in words");
  tests.vector("p_value", "test", column({0.0001, 0.02}), "p");
  tests.vector("effective_units", "test", column({1.02, 43}), "units");
  const std::string text = report_payload(result, Audience::publish, full_captions());
  EXPECT_TRUE(
      contains(text, "\"mark\": [\"rests on 1 of 50 units in effect: it tells nothing, whatever its p\", \"\"]"));
}

TEST(Html, WhatCouldEndTheScriptIsEscaped) {
  const std::string html =
      report_html(kPage, "{\"a\": \"</script><!-- & \xE2\x80\xA8\xE2\x80\xA9 \xE2\x80\xA6\"}", "<p>words</p>");
  EXPECT_EQ(html,
            "<html><p>words</p><script type=\"application/json\">{\"a\": \"\\u003c/script\\u003e\\u003c!-- \\u0026 "
            "\\u2028\\u2029 \xE2\x80\xA6\"}</script></html>");
}

TEST(Html, ABuildWithoutThePageSaysWhatToDo) {
  try {
    report_html("", "{}", "");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "report.no_page");
    EXPECT_EQ(error.message(),
              "this build has no report page: Node.js was not there when it was built; install Node.js and npm, run "
              "'npm ci' in src/web, configure and build again (./quickstart does all of it)");
  }
}

TEST(Html, APageWithoutItsPlaceIsRefused) { EXPECT_THROW(report_html("<html></html>", "{}", ""), Error); }

}  // namespace
}  // namespace headwater
