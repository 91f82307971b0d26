#include "headwater/report/layout.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "headwater/core/text.hpp"

namespace headwater {
namespace {

void expect_no_line_beyond(int width, const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), width) << line;
}

TEST(Numbers, HaveTheDecimalsTheirErrorDeserves) {
  EXPECT_EQ(shown(0.123456, 0.0123), "0.1235");
  EXPECT_EQ(shown(1234.5678, 12.3), "1234.6");
  EXPECT_EQ(shown(-0.5, 0), "-0.5000");
  EXPECT_EQ(shown(std::nan(""), 1), "-");
  EXPECT_EQ(shown(1e-9), "1.000e-09");
  EXPECT_EQ(shown_p(0.0004), "<0.001");
  EXPECT_EQ(shown_p(0.0416), "0.042");
  EXPECT_EQ(shown_percent(0.1234), "12.3 %");
  EXPECT_EQ(shown_percent(0.0123), "1.23 %");
}

TEST(TextTable, AlignsOnTheDecimalPoint) {
  TextTable table;
  table.column("term", Align::left);
  table.column("estimate", Align::decimal);
  table.row({"x", "12.5"});
  table.row({"", "(0.125)"});
  table.row({"z", "not identified"});
  table.rule();
  table.row({"rows", "1,000"});
  EXPECT_EQ(table.text(),
            "term        estimate\n"
            "--------------------\n"
            "x            12.5\n"
            "             (0.125)\n"
            "z     not identified\n"
            "--------------------\n"
            "rows      1,000\n");
}

TEST(TextTable, ALongNameTakesItsOwnLine) {
  TextTable table;
  table.column("term", Align::left);
  table.column("estimate", Align::decimal);
  table.row({"a name that is longer than the table is wide", "1.5"});
  table.row({"x", "0.5"});
  EXPECT_EQ(table.text(30),
            "term                  estimate\n"
            "------------------------------\n"
            "a name that is longer than the\n"
            "    table is wide\n"
            "                           1.5\n"
            "x                          0.5\n");
}

TEST(TextTable, TooManyColumnsArePrintedInParts) {
  TextTable table;
  table.column("term", Align::left);
  for (int c = 0; c < 9; ++c) table.column("a long heading " + std::to_string(c), Align::decimal);
  table.row({"x", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
  const std::string text = table.text();
  expect_no_line_beyond(kPageWidth, text);
  for (int c = 0; c < 9; ++c) EXPECT_NE(text.find("heading " + std::to_string(c)), std::string::npos);
}

TEST(Wrapped, BreaksAtSpacesAndInsideWordsLongerThanALine) {
  EXPECT_EQ(wrapped("one two three", 2, 9), "one two\n  three\n");
  expect_no_line_beyond(20, wrapped("  " + std::string(90, 'x') + " é" + std::string(50, 'y'), 4, 20));
  EXPECT_EQ(wrapped(""), "\n");
}

TEST(Item, PutsTextsUnderEachOther) {
  EXPECT_EQ(item("run", "fits the models of a file", 8, 24), "  run   fits the models\n        of a file\n");
  EXPECT_EQ(item("decompose", "attributes", 8, 24), "  decompose\n        attributes\n");
  EXPECT_EQ(item("run", "", 8, 24), "  run\n");
}

}  // namespace
}  // namespace headwater
