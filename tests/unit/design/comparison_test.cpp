// Comparisons of periods, texts and what is missing, against answers written out by hand.
#include "headwater/design/comparison.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

const char* const kYears =
    "unit,time,y,type,start\n"
    "1,2019/20,1,acute,2020/21\n"
    "1,2020/21,2,acute,2020/21\n"
    "1,2021/22,3,,2020/21\n"
    "2,2019/20,4,mental,\n"
    "2,2020/21,5,mental,\n"
    "2,2021/22,6,acute,\n";

Panel panel_of(const std::string& csv) {
  RawTable table = parse_csv(csv, "panel.csv", ',', {.unit = "unit", .time = "time"});
  return Panel(std::move(table.columns), {.unit = "unit", .time = "time"}, std::move(table.source_rows),
               std::move(table.ledger));
}

// '1', '0' or '?' a row.
std::string answers(const std::string& text, const Panel& panel = panel_of(kYears)) {
  std::string result;
  for (const double value : evaluate(panel, *parse_expression(text)))
    result += std::isnan(value) ? '?' : value != 0 ? '1' : '0';
  return result;
}

std::string message_of(const std::string& text, const Panel& panel = panel_of(kYears)) {
  try {
    evaluate(panel, *parse_expression(text));
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST(Periods, CompareByTimeInAnySpelling) {
  EXPECT_EQ(answers("time >= '2020/21'"), "011011");
  EXPECT_EQ(answers("time >= '2020-21'"), "011011");
  EXPECT_EQ(answers("time == '2020-2021'"), "010010");
  EXPECT_EQ(answers("time != '2020-21'"), "101101");
  EXPECT_EQ(answers("time < '2020/21'"), "100100");
  EXPECT_EQ(answers("'2020/21' < time"), "001001");
  EXPECT_EQ(answers("time <= '2030/31'"), "111111") << "a period need not occur";
  EXPECT_EQ(answers("time >= start"), "011???") << "two columns of periods";
}

TEST(Periods, OfEveryFrequencyHaveAnOrder) {
  const Panel quarters = panel_of("unit,time,y\na,2021-22 Q4,1\na,2022-23 Q1,2\na,2021-22 Q2,3\n");
  EXPECT_EQ(answers("time >= 'Q4 2021/22'", quarters), "011") << "rows are in time order";
  const Panel months = panel_of("unit,time,y\na,2019-12,1\na,2020-01,2\na,2020-02,3\n");
  EXPECT_EQ(answers("time > 'Dec-2019'", months), "011");
  EXPECT_EQ(answers("time >= '2020-01-01'", months), "011");
  const Panel digits = panel_of("unit,time,y\na,201911,1\na,201912,2\na,202001,3\n");
  EXPECT_EQ(answers("time >= 201912", digits), "011");
  EXPECT_EQ(answers("202001 > time", digits), "110");
  EXPECT_EQ(answers("time >= '2019-12'", digits), "011");
  const Vector trend = evaluate(digits, *parse_expression("time"));
  EXPECT_EQ(trend(2) - trend(0), 2) << "from December to January is one step";
  const Panel days = panel_of("unit,time,y\na,2019-12-31,1\na,2020-01-31,2\n");
  EXPECT_EQ(answers("time == '31/01/2020'", days), "01") << "month ends are months";
  const Panel years = panel_of("unit,time,y\na,2019,1\na,2020,2\n");
  EXPECT_EQ(answers("time >= '2020'", years), "01");
  EXPECT_EQ(answers("time >= 2020", years), "01");
}

TEST(Periods, SayHowTheyAreWritten) {
  EXPECT_EQ(message_of("time >= '2020'"),
            "time >= \"2020\": \"2020\" is no period of 'time', which holds periods such as 2019-20; write it like "
            "them");
  EXPECT_EQ(message_of("time >= 2020"),
            "time >= 2020: 2020 is no period of 'time', which holds periods such as 2019-20; write it like them");
  EXPECT_EQ(message_of("time == 'late'"),
            "time == \"late\": \"late\" is no period of 'time', which holds periods such as 2019-20; write it like "
            "them");
}

TEST(Periods, CountInStepsOfTheirFrequency) {
  const Vector trend = evaluate(panel_of(kYears), *parse_expression("time"));
  EXPECT_EQ(trend(1) - trend(0), 1);
  EXPECT_EQ(trend(0), 2019);
}

TEST(Texts, AreEqualOrNot) {
  EXPECT_EQ(answers("type == 'acute'"), "11?001");
  EXPECT_EQ(answers("type != 'acute'"), "00?110");
  EXPECT_EQ(answers("'acute' == type"), "11?001");
  EXPECT_EQ(answers("type == type"), "11?111");
  EXPECT_EQ(answers("is.na(type)"), "001000");
  EXPECT_EQ(answers("unit == '1'"), "111000") << "a key of digits is text";
}

TEST(Texts, SayWhatToWrite) {
  EXPECT_EQ(message_of("type == acute"),
            "there is no column 'acute' in panel.csv; where it is a value of 'type', put "
            "quotes round acute: type == \"acute\"");
  EXPECT_EQ(message_of("acute != type"),
            "there is no column 'acute' in panel.csv; where it is a value of 'type', put "
            "quotes round acute: type != \"acute\"");
  EXPECT_EQ(message_of("unit == 1"), "unit == 1: 'unit' is a key, which is kept as text; write unit == \"1\"");
  EXPECT_EQ(message_of("type > 'acute'"),
            "type > \"acute\" asks for an order, which the texts of 'type' do not have; compare them with == or !=");
  EXPECT_EQ(message_of("type == 5"), "type == 5: 'type' holds text; write type == \"5\"");
  EXPECT_EQ(message_of("y == type"), "y == type: 'type' holds text; compare it with a text");
  EXPECT_EQ(message_of("'a' == 'b'"), "\"a\" == \"b\" compares two texts and no column");
  EXPECT_EQ(message_of("log(y) == 'b'"), "log(y) == \"b\" compares a number with a text");
}

TEST(Logic, HasThreeTruthValuesAsInR) {
  const Panel panel = panel_of("unit,time,a,b\nx,1,1,\nx,2,0,\nx,3,,\nx,4,,1\nx,5,,0\nx,6,1,0\n");
  EXPECT_EQ(answers("a == 1 | b == 1", panel), "1??1?1");
  EXPECT_EQ(answers("a == 1 & b == 1", panel), "?0??00");
  EXPECT_EQ(answers("!(a == 1)", panel), "01???0");
}

}  // namespace
}  // namespace headwater
