// Names with odd characters: what is written reads back to itself, and nothing else is a name.
#include "headwater/core/quoting.hpp"

#include <gtest/gtest.h>

#include "headwater/core/error.hpp"
#include "headwater/core/method.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

const char* const kNames[] = {"plain",
                              "Org Code",
                              "Org-Code",
                              "a/b",
                              "2023 beds",
                              "a,b",
                              "a`b",
                              "a\\b",
                              "a\\`b",
                              "a\\",
                              "\"x\"",
                              "King's",
                              "(left",
                              "a[1]",
                              "a = b",
                              "a^b",
                              "x\\\\y",
                              "\xC3\xA9t\xC3\xA9",
                              ".5",
                              "a\xC2\xA0"
                              "b"};

TEST(QuotedName, ReadsBackToTheName) {
  for (const std::string name : kNames) EXPECT_EQ(unquoted(quoted_name(name)), name) << quoted_name(name);
}

TEST(QuotedName, LeavesPlainNamesAlone) {
  EXPECT_EQ(quoted_name("org_code.2"), "org_code.2");
  EXPECT_EQ(quoted_name("\xC3\xA9t\xC3\xA9"), "\xC3\xA9t\xC3\xA9");
  EXPECT_EQ(quoted_name("Org Code"), "`Org Code`");
  EXPECT_EQ(quoted_name("a`b"), "`a\\`b`");
  EXPECT_EQ(quoted_name("2023"), "`2023`");
  EXPECT_EQ(quoted_name(""), "``");
}

TEST(QuotedText, ReadsBackToTheText) {
  for (const std::string text : kNames) EXPECT_EQ(unquoted(quoted_text(text)), text) << quoted_text(text);
  EXPECT_EQ(quoted_text("say \"x\""), "'say \"x\"'");
  EXPECT_EQ(quoted_text("both ' and \""), "\"both ' and \\\"\"");
}

TEST(Unquoted, TakesOffOnePairAroundTheWhole) {
  EXPECT_EQ(unquoted("`a`^`b`"), "`a`^`b`");
  EXPECT_EQ(unquoted("'a'"), "a");
  EXPECT_EQ(unquoted("`a"), "`a");
  EXPECT_EQ(unquoted("`"), "`");
  EXPECT_EQ(unquoted("King's"), "King's");
}

TEST(ColumnList, HoldsNamesWithCommas) {
  const std::vector<std::string> names(std::begin(kNames), std::end(kNames));
  EXPECT_EQ(column_list(column_list(names)), names);
  EXPECT_EQ(column_list("Org Code, `a,b`, King's, x"), (std::vector<std::string>{"Org Code", "a,b", "King's", "x"}));
}

TEST(Split, AnApostropheInAWordOpensNoQuote) {
  EXPECT_EQ(split("King's, Guy's", ','), (std::vector<std::string>{"King's", "Guy's"}));
  EXPECT_EQ(split("a == 'x,y', b", ','), (std::vector<std::string>{"a == 'x,y'", "b"}));
  EXPECT_EQ(split("a, `b, c", ','), (std::vector<std::string>{"a", "`b", "c"})) << "nothing closes the quote";
}

TEST(MethodCalls, KeepNamesBetweenBackQuotesWhole) {
  const MethodCall call = parse_method_call("cluster(`Trust (code), a=b`, time, groups = own)");
  EXPECT_EQ(call.positional(), (std::vector<std::string>{"`Trust (code), a=b`", "time"}));
  EXPECT_EQ(call.get("groups"), "own");
}

}  // namespace
}  // namespace headwater
