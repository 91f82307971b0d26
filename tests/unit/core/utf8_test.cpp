#include "headwater/core/utf8.hpp"

#include <gtest/gtest.h>

#include "headwater/core/json.hpp"

namespace headwater {
namespace {

TEST(Visible, LeavesWhatPeopleWrite) {
  for (const char* text : {"", "plain", "two\nlines\tand a tab", "Zo\u00eb, \u6771\u4eac, \U0001F600", "\u00a0\u2013"})
    EXPECT_EQ(visible(text), text);
}

TEST(Visible, SpellsOutWhatATerminalObeys) {
  EXPECT_EQ(visible("\x1b[31mred\x1b[0m"), "\\x1b[31mred\\x1b[0m");
  EXPECT_EQ(visible("\x1b]0;title\x07"), "\\x1b]0;title\\x07");
  EXPECT_EQ(visible("a\rb\bc\x7f"), "a\\x0db\\x08c\\x7f");
  EXPECT_EQ(visible("\u009b31m"), "\\x9b31m");
  EXPECT_EQ(visible("\u202egnp.exe"), "\\u202egnp.exe");
  EXPECT_EQ(visible("a\u2066b\u2069\u2028"), "a\\u2066b\\u2069\\u2028");
  EXPECT_EQ(visible(std::string_view("a\0b", 3)), "a\\x00b");
}

TEST(Visible, SpellsOutBytesThatAreNotUtf8) {
  EXPECT_EQ(visible("\x9b"
                    "2J"),
            "\\x9b2J");
  EXPECT_EQ(visible("\xc3"), "\\xc3");
  EXPECT_EQ(visible("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // half a surrogate pair
  EXPECT_EQ(visible("\xc0\x9b"), "\\xc0\\x9b");           // longer than need be
}

TEST(Visible, JsonSpellsThemItsOwnWay) {
  JsonWriter json;
  json.value(std::string_view("\x1b\u009b\x7f\u00e9\0", 7));
  EXPECT_EQ(json.text(), "\"\\u001b\\u009b\\u007f\u00e9\\u0000\"");
}

}  // namespace
}  // namespace headwater
