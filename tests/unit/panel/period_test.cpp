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
  EXPECT_EQ(read("7"), "integer 7");
  EXPECT_EQ(read("t10"), "integer 10");
}

TEST(Period, RefusesWhatIsNone) {
  for (const char* text :
       {"", "spring", "2024Q5", "2024-13", "2018-20", "2023-02-29", "31/04/2024", "04/30/2024", "2024-04-30 soon",
        "wave-2", "1e3", "2018-19 Q5", "99999999999999999999", "-9223372036854775808", "NaN"})
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
  EXPECT_EQ(season(*parse_period("2024-04")), 3);
  EXPECT_EQ(season(*parse_period("2024-12-31")), 11);
  EXPECT_EQ(season(*parse_period("2013-14")), std::nullopt);
}

TEST(Period, EveryTextReadsBack) {
  for (const char* text : {"2018-19 Q1", "2024Q3", "2013-14", "2013", "2024-04", "2024-02-29", "-3", "7"})
    EXPECT_EQ(to_text(*parse_period(text)), text);
}

}  // namespace
}  // namespace headwater
