#include "headwater/panel/period.hpp"

#include <gtest/gtest.h>

namespace headwater {
namespace {

std::string read(const char* text) {
  const auto period = parse_period(text);
  return period ? std::string(name(period->frequency)) + " " + to_text(*period) : "none";
}

TEST(Period, ReadsEveryFormOfTheSources) {
  for (const char* text :
       {"2018-19 Q1", "2018/19 Q1", "2018/19Q1", "2018-19 Q1 (Jun-18)", "201819-Q1", "Q1 2018/19", "2018/2019 Q1"})
    EXPECT_EQ(read(text), "financial quarter 2018-19 Q1") << text;
  for (const char* text : {"2024Q1", "2024-Q1", "2024 q1", "Q1 2024"}) EXPECT_EQ(read(text), "quarter 2024Q1") << text;
  for (const char* text : {"2013-14", "2013/14", "2013/2014"}) EXPECT_EQ(read(text), "financial year 2013-14") << text;
  EXPECT_EQ(read("1999-00"), "financial year 1999-00");
  EXPECT_EQ(read("2013"), "year 2013");
  for (const char* text : {"2024-04", "Apr-2024", "April 2024", "2024M4", "2024/04", "MSitAE-APRIL-2024"})
    EXPECT_EQ(read(text), "month 2024-04") << text;
  for (const char* text : {"2024-04-30", "30/04/2024", "30-Apr-2024", "2024-04-30 00:00:00", "2024-04-30T09:30:00Z"})
    EXPECT_EQ(read(text), "day 2024-04-30") << text;
  for (const char* text : {"Apr-24", "April-24", "apr 24", "2024/25 M1", "2024-25 M01", "FY2024/25 M1"})
    EXPECT_EQ(read(text), "month 2024-04") << text;
  EXPECT_EQ(read("2025/26 M12"), "month 2026-03");
  EXPECT_EQ(read("Sept-98"), "month 1998-09");
  for (const char* text : {"31-Mar-18", "31 March 2018", "31/Mar/18"}) EXPECT_EQ(read(text), "day 2018-03-31") << text;
  for (const char* text : {"FY2019/20", "FY 2019-20", "fy2019/2020"})
    EXPECT_EQ(read(text), "financial year 2019-20") << text;
  EXPECT_EQ(read("FY2019/20 Q2"), "financial quarter 2019-20 Q2");
  for (const char* text : {"2018H1", "2018 h1", "2018-H1"}) EXPECT_EQ(read(text), "half-year 2018H1") << text;
  EXPECT_EQ(read("2018/19 H2"), "financial half-year 2018-19 H2");
  EXPECT_EQ(read("7"), "integer 7");
  EXPECT_EQ(read("t10"), "integer 10");
}

TEST(Period, RefusesWhatIsNone) {
  for (const char* text : {"",
                           "spring",
                           "2024Q5",
                           "2010-Q11",
                           "2010-H12",
                           "2010.q05",
                           "2010 h07",
                           "2010-11 Q12",
                           "2024-13",
                           "2018-20",
                           "2023-02-29",
                           "31/04/2024",
                           "04/30/2024",
                           "2024-04-30 soon",
                           "wave-2",
                           "2018H3",
                           "2025/26 M13",
                           "31/03/18",
                           "Jan-2",
                           "FY",
                           "1e3",
                           "2018-19 Q5",
                           "99999999999999999999",
                           "-9223372036854775808",
                           "NaN"})
    EXPECT_EQ(read(text), "none") << text;
}

TEST(Period, OrdinalsCountSteps) {
  EXPECT_EQ(parse_period("2019-20 Q1")->ordinal - parse_period("2018-19 Q4")->ordinal, 1);
  EXPECT_EQ(parse_period("2024Q1")->ordinal - parse_period("2023Q4")->ordinal, 1);
  EXPECT_EQ(parse_period("2024-01")->ordinal - parse_period("2023-12")->ordinal, 1);
  EXPECT_EQ(parse_period("2024-03-01")->ordinal - parse_period("2024-02-28")->ordinal, 2);
  EXPECT_EQ(parse_period("1970-01-01")->ordinal, 0);
}

TEST(Period, SeasonsCountFromTheStartOfTheYear) {
  EXPECT_EQ(season(*parse_period("2018-19 Q4")), 3);
  EXPECT_EQ(season(*parse_period("2024H2")), 1);
  EXPECT_EQ(season(*parse_period("2018-19 H1")), 0);
  EXPECT_EQ(season(*parse_period("2024-04")), 3);
  EXPECT_EQ(season(*parse_period("2024-12-31")), 11);
  EXPECT_EQ(season(*parse_period("2013-14")), std::nullopt);
}

TEST(Period, ExcelCountsDaysFrom1900WithADayThatNeverWas) {
  EXPECT_EQ(to_text(excel_day(1)), "1900-01-01");
  EXPECT_EQ(to_text(excel_day(59)), "1900-02-28");
  EXPECT_EQ(to_text(excel_day(61)), "1900-03-01");
  EXPECT_EQ(to_text(excel_day(43556)), "2019-04-01");
}

TEST(Period, EveryTextReadsBack) {
  for (const char* text : {"2018-19 Q1", "2024Q3", "2024H2", "2018-19 H1", "2013-14", "2013", "2024-04", "2024-02-29",
                           "-3", "7", "0999", "0042Q3", "0900H1", "0007-08", "0999-12"})
    EXPECT_EQ(to_text(*parse_period(text)), text);
}

}  // namespace
}  // namespace headwater
