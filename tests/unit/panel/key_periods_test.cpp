// What a column of periods means as a whole.
#include <gtest/gtest.h>

#include "headwater/core/error.hpp"
#include "headwater/panel/key_values.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

// One unit in the given periods.
Panel panel_of(const Names& times) {
  std::string text = "unit,time,x\n";
  for (const std::string& time : times) text += "a," + time + ",1\n";
  RawTable table = parse_csv(text, "a.csv", ',', {.unit = "unit", .time = "time"});
  return Panel(std::move(table.columns), {"unit", "time"}, std::move(table.source_rows), std::move(table.ledger));
}

std::string note_of(const Names& times) {
  const Panel panel = panel_of(times);
  return panel.ledger().notes.empty() ? "" : panel.ledger().notes.front().message;
}

std::string refusal(const Names& times) {
  try {
    panel_of(times);
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST(KeyPeriods, CalendarsInWholeNumbers) {
  const struct {
    Names times, labels;
    std::string note;
  } cases[] = {{{"201911", "201912", "202001"},
                {"2019-11", "2019-12", "2020-01"},
                "the whole numbers in column 'time' are of the form yyyymm, so periods are months: 201911 is 2019-11; "
                "formulas see the numbers as they are written"},
               {{"20193", "20194", "20201"},
                {"2019Q3", "2019Q4", "2020Q1"},
                "the whole numbers in column 'time' are of the form yyyyq, so periods are quarters: 20193 is 2019Q3; "
                "formulas see the numbers as they are written"},
               {{"201819", "201920", "202021"},
                {"2018-19", "2019-20", "2020-21"},
                "the whole numbers in column 'time' are of the form 201920, so periods are financial years: 201819 is "
                "2018-19; formulas see the numbers as they are written"},
               {{"20191231", "20200101", "20200102"},
                {"2019-12-31", "2020-01-01", "2020-01-02"},
                "the whole numbers in column 'time' are of the form yyyymmdd, so periods are days: 20191231 is "
                "2019-12-31; formulas see the numbers as they are written"},
               {{"43800", "43831", "43862"},
                {"2019-12", "2020-01", "2020-02"},
                "the whole numbers in column 'time' are days as Excel counts them, so periods are months: 43800 is "
                "2019-12; formulas see the numbers as they are written"},
               {{"43585", "43677", "43769"},
                {"2019-04", "2019-07", "2019-10"},
                "the whole numbers in column 'time' are days as Excel counts them, so periods are months: 43585 is "
                "2019-04; formulas see the numbers as they are written"}};
  for (const auto& c : cases) {
    const Panel panel = panel_of(c.times);
    EXPECT_EQ(panel.times().labels, c.labels);
    EXPECT_EQ(panel.row_at(0, panel.periods()[1].ordinal - panel.time_step()), 0) << c.times[0];
    EXPECT_EQ(note_of(c.times), c.note);
  }
}

TEST(KeyPeriods, WholeNumbersThatAreNoCalendarStayNumbers) {
  for (const Names& times :
       {Names{"201911", "201912", "201913"}, Names{"20193", "20194", "20195"}, Names{"7", "8"},
        Names{"20190230", "20190301"}, Names{"43800", "43807", "43814"}, Names{"t201911", "t201912"}})
    EXPECT_EQ(panel_of(times).periods()[0].frequency, Frequency::integer) << times[0];
}

TEST(KeyPeriods, DatesThatAreOneDayOfEachMonthAreMonths) {
  EXPECT_EQ(panel_of({"20191031", "20191130", "20191231"}).times().labels, (Names{"2019-10", "2019-11", "2019-12"}));
  EXPECT_EQ(note_of({"2019-10-15", "2019-11-15"}),
            "every date in column 'time' is day 15 of a month, so periods are months: 2019-10-15 is 2019-10");
  EXPECT_EQ(panel_of({"31-Jan-19", "28-Feb-19"}).time_step(), 1);
  EXPECT_EQ(panel_of({"2019-10-15", "2019-11-16"}).periods()[0].frequency, Frequency::day);
}

TEST(KeyPeriods, ARowOfIntegersIsNoMixOfYears) {
  Names row;
  for (int t = 1; t <= 1100; ++t) row.push_back(std::to_string(t));
  EXPECT_EQ(panel_of(row).times().count, 1100);
  EXPECT_EQ(panel_of({"998", "999", "1000"}).times().labels, (Names{"998", "999", "1000"}));
  EXPECT_EQ(panel_of({"9999", "10000", "10001"}).time_step(), 1);
  EXPECT_EQ(refusal({"2010", "2011", "201"}),
            "a.csv, row 4: '201' is an integer and '2010' in row 2 a year; one column holds one kind of period");
  EXPECT_EQ(refusal({"2010", "2011", "20111"}),
            "a.csv, row 4: '20111' is an integer and '2010' in row 2 a year; one column holds one kind of period");
}

TEST(KeyPeriods, APeriodWrittenAnotherWayIsFound) {
  const Panel months = panel_of({"2019-10", "2019-11"});
  for (const char* text : {"2019-11", "201911", "Nov-19", "2019/20 M8", "2019-11-30", "20191101", "43770"})
    EXPECT_EQ(months.period_of(text), months.periods()[1]) << text;
  EXPECT_EQ(months.period_of("2019Q4"), std::nullopt);
  EXPECT_EQ(panel_of({"2011-12", "2012-13"}).period_of("FY2012/13")->ordinal, 2012);
  EXPECT_EQ(panel_of({"998", "999", "1000"}).period_of("1000")->ordinal, 1000);
}

}  // namespace
}  // namespace headwater
