#include <gtest/gtest.h>

#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

RawTable parse(const std::string& cells) { return parse_csv("x\n" + cells, "a.csv", ',', {}); }

Names labels_of(const std::string& cells) { return grouping(parse(cells).columns[0]).labels; }

// An identity never goes through a double that would merge it with another one.
TEST(Spelling, TextsOfOneNumberAreTwoGroups) {
  EXPECT_EQ(labels_of("01\n1\n2\n1\n"), (Names{"01", "1", "2"}));
  EXPECT_EQ(labels_of("1.10\n1.1\n1.2\n"), (Names{"1.1", "1.10", "1.2"}));
  EXPECT_EQ(labels_of("1E2\n100\n-5\n"), (Names{"-5", "1E2", "100"}));
  EXPECT_EQ(labels_of("9007199254740993\n9007199254740992\n"), (Names{"9007199254740992", "9007199254740993"}));
  EXPECT_EQ(labels_of("\"1,200\"\n1200\n"), (Names{"1,200", "1200"}));
  EXPECT_EQ(labels_of("-0\n0\n"), (Names{"-0", "0"}));
  EXPECT_EQ(labels_of("007.10\n7.10\n"), (Names{"007.10", "7.10"}));
  EXPECT_EQ(labels_of("0.10000000000000001\n0.1\n"), (Names{"0.1", "0.10000000000000001"}));
}

TEST(Spelling, OneTextEachNeedsNoTexts) {
  for (const char* cells : {"1\n2\n1\n", "1.10\n2.20\n1.10\n", "0.1\n1e-05\n2.5\n", "01\n02\n01\n",
                            "0.30000000000000004\n0.3\n", "12%\n5%\n", " 1\n1 \n1\n", "-0.00\n0.00\n1.25\n"}) {
    const RawTable table = parse(cells);
    EXPECT_TRUE(table.columns[0].codes.empty()) << cells;
  }
}

TEST(Spelling, ValuesAndMissingCellsStay) {
  const RawTable table = parse("01\n-\n1\n\n2\n");
  const Column& x = table.columns[0];
  EXPECT_EQ(x.codes, (std::vector<std::int32_t>{0, -1, 1, -1, 2}));
  EXPECT_EQ(x.numbers(2), 1);
  EXPECT_EQ(x.missing[1], Missing::dash);
  ASSERT_EQ(table.ledger.notes.size(), 1u);
  EXPECT_EQ(
      table.ledger.notes[0].message,
      "column 'x' holds texts that are one number ('01' in row 2, '1' in row 4): its groups are made by the text, so "
      "they stay apart");
}

TEST(Spelling, RowsTakenKeepTheirTexts) {
  const Column taken_rows = taken(parse("01\n1\n2\n").columns[0], {2, 0});
  EXPECT_EQ(taken_rows.codes, (std::vector<std::int32_t>{2, 0}));
  EXPECT_EQ(taken_rows.numbers(1), 1);
}

// What was meant as numbers is no factor by itself.
TEST(Spelling, TextThatMayBeNumbers) {
  for (const char* cells : {"#N/A\n#N/A\n7\n", "7 [q]\n8 [q]\n", "00:30\n01:00\n", "1 200\n3 400\n", "12 beds\n",
                            "x\ny\n-3\n", "\u22122 x\ny\n", "\xC2\xA3 5k\ny\n"})
    EXPECT_TRUE(may_be_numbers(parse(cells).columns[0])) << cells;
  for (const char* cells : {"North\nSouth\n", "Q1\nQ2\n", "A1\nB2\n", "x\n-\n"})
    EXPECT_FALSE(may_be_numbers(parse(cells).columns[0])) << cells;
  EXPECT_FALSE(may_be_numbers(parse("1\n2\n").columns[0]));
  EXPECT_FALSE(may_be_numbers(parse_csv("x\n16-24\n25-34\n", "a.csv", ',', {.text = {"x"}}).columns[0]));
}

}  // namespace
}  // namespace headwater
