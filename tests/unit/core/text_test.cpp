#include "headwater/core/text.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace headwater {
namespace {

TEST(Split, KeepsWhatBracketsAndQuotesHold) {
  EXPECT_EQ(split("a, f(b, c), 'd, e'", ','), (std::vector<std::string>{"a", "f(b, c)", "'d, e'"}));
  EXPECT_TRUE(split("  ", ',').empty());
}

TEST(ParseNumber, TakesTheWholeTextOnly) {
  EXPECT_EQ(parse_number("1.5e3"), 1500.0);
  EXPECT_EQ(parse_number("+.5"), 0.5);
  EXPECT_EQ(parse_number("-0.25"), -0.25);
  for (const char* odd : {"", "1,5", "0x1F", "1d3", "inf", "nan", "1e309", "1 ", "--1", "-", "."})
    EXPECT_FALSE(parse_number(odd).has_value()) << odd;
}

TEST(NaturalLess, OrdersDigitRunsByValue) {
  EXPECT_TRUE(natural_less("t5", "t10"));
  EXPECT_FALSE(natural_less("t10", "t5"));
  EXPECT_TRUE(natural_less("007", "7") != natural_less("7", "007"));  // distinct codes stay distinct
  EXPECT_TRUE(natural_less("RAL", "RBN"));
  EXPECT_FALSE(natural_less("RAL", "RAL"));
}

TEST(Shortest, ReadsBackToTheSameDouble) {
  for (const double value : {0.1, 1.0 / 3, 6.02214076e23, -5e-324})
    EXPECT_EQ(std::strtod(shortest(value).c_str(), nullptr), value);
  EXPECT_EQ(shortest(std::nan("")), "NaN");
}

TEST(Thousands, GroupsByThree) {
  EXPECT_EQ(thousands(1234567), "1,234,567");
  EXPECT_EQ(thousands(-1000), "-1,000");
  EXPECT_EQ(thousands(999), "999");
}

TEST(DisplayWidth, CountsCells) {
  EXPECT_EQ(display_width("R²"), 2);
  EXPECT_EQ(display_width("e\xCC\x81"), 1);
  EXPECT_EQ(display_width("漢"), 2);
}

}  // namespace
}  // namespace headwater
