#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "headwater/core/error.hpp"
#include "headwater/panel/readers.hpp"
#include "unit/hdf5/scratch_folder.hpp"

namespace headwater {
namespace {

Panel panel_of(const std::string& bytes, const Panel::Keys& keys = {"unit", "time"}) {
  RawTable table = parse_csv(bytes, "a.csv", ',', {.unit = keys.unit, .time = keys.time});
  return Panel(std::move(table.columns), keys, std::move(table.source_rows), std::move(table.ledger));
}

std::string refusal(const std::string& bytes, const Panel::Keys& keys = {"unit", "time"}) {
  try {
    panel_of(bytes, keys);
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST(Panel, SortsByUnitAndTimeNeverByText) {
  const Panel panel = panel_of("unit,time,x\nT10,t10,1\nT10,t5,2\nT2,t10,3\nT2,t9,4\n");
  EXPECT_EQ(panel.units().labels, (Names{"T2", "T10"}));
  EXPECT_EQ(panel.times().labels, (Names{"5", "9", "10"}));
  EXPECT_EQ(std::vector<double>(panel.column("x").numbers.begin(), panel.column("x").numbers.end()),
            (std::vector<double>{4, 3, 2, 1}));
  EXPECT_EQ(panel.source_row(0), 5);
  EXPECT_EQ(panel.row_at(0, 10), 1);
  EXPECT_EQ(panel.row_at(0, 5), -1);
  EXPECT_EQ(panel.row_at(1, 5), 2);
}

TEST(Panel, TheStepIsTheGreatestCommonGap) {
  EXPECT_EQ(panel_of("unit,time,x\na,2010,1\na,2012,1\nb,2016,1\n").time_step(), 2);
  EXPECT_EQ(panel_of("unit,time,x\na,2010,1\nb,2010,1\n").time_step(), 1);
}

TEST(Panel, RefusesKeysThatAreMissingTwiceThereOrUnlike) {
  EXPECT_EQ(refusal("unit,time,x\na,2013,1\nb,2013,1\na,2013,2\n"),
            "a.csv, row 4: unit 'a' and period '2013' stand in row 2 already; a unit has one row a period, so remove "
            "one or add "
            "the keys that tell them apart");
  EXPECT_EQ(refusal("unit,time,x\na,2013,1\n,2014,1\n"),
            "a.csv, row 3: the unit key 'unit' is empty; every row needs one");
  EXPECT_EQ(refusal("unit,time,x\na,2013,1\n\xC2\xA0,2014,1\n"),
            "a.csv, row 3: the unit key 'unit' is empty; every row needs one");
  EXPECT_EQ(refusal("unit,time,x\na,2013,1\na,,1\n"),
            "a.csv, row 3: the time key 'time' is empty; every row needs one");
  EXPECT_EQ(refusal("unit,time,x\na,2013,1\na,spring,1\n"),
            "a.csv, row 3: 'spring' in column 'time' is not a period; write 2024Q1, 2024-25 Q1, 2024-25, 2024, "
            "2024-04, a date or a "
            "whole number");
  EXPECT_EQ(refusal("unit,time,x\na,2001,1\na,2001Q1,1\n"),
            "a.csv, row 3: '2001Q1' is a quarter and '2001' in row 2 a year; one column holds one kind of period");
  EXPECT_EQ(refusal("unit,time,x\na,t4,1\na,q5,1\n"),
            "a.csv, row 3: 'q5' counts something else than 't4' in row 2; one column holds one kind of period");
  EXPECT_EQ(refusal("unit,time,x\na,2001,1\n", {"unti", "time"}),
            "the unit key 'unti' is not a column of a.csv; did you mean 'unit'?");
}

TEST(Panel, RefusesUnitsThatLookAlike) {
  const auto message = [](const std::string& second, const std::string& first) {
    return "unit '" + second + "' differs from '" + first + "' in row ";
  };
  for (const auto& [first, second] : std::vector<std::pair<std::string, std::string>>{{"RAL", "RAL "},
                                                                                      {"RAL", "ral"},
                                                                                      {"RAL", "RAL\xC2\xA0"},
                                                                                      {"St Ann", "St  Ann"},
                                                                                      {"Ren\u00E9", "Rene\u0301"},
                                                                                      {"RAL", "\u200BRAL"}}) {
    const std::string text = refusal("unit,time,x\n" + first + ",2013,1\n" + second + ",2014,1\n");
    EXPECT_TRUE(text.find(message(second, first)) != std::string::npos ||
                text.find(message(first, second)) != std::string::npos)
        << text;
  }
  EXPECT_EQ(refusal("unit,time,x\nRAL,2013,1\nral,2014,1\n"),
            "a.csv, row 3: unit 'ral' differs from 'RAL' in row 2 only in case, blanks or Unicode form; write them "
            "alike if they are "
            "one unit, or rename one");
  for (const char* second : {"Rene", "R 11", "7"})
    EXPECT_EQ(refusal(std::string("unit,time,x\nRen\u00E9,2013,1\nR 1 1,2013,1\n007,2013,1\n") + second + ",2014,1\n"),
              "no error");
}

TEST(Panel, DatesAtMonthEndsAreMonths) {
  const Panel panel = panel_of("unit,time,x\na,2024-03-31,1\na,2024-06-30,2\na,2024-12-31,3\n");
  EXPECT_EQ(panel.times().labels, (Names{"2024-03", "2024-06", "2024-12"}));
  EXPECT_EQ(panel.time_step(), 3);
  ASSERT_EQ(panel.ledger().notes.size(), 1u);
  EXPECT_EQ(panel.ledger().notes[0].message,
            "every date in column 'time' is the last day of a month, so periods are months: 2024-03-31 is 2024-03");
  EXPECT_EQ(panel_of("unit,time,x\na,2024-03-31,1\na,2024-06-29,2\n").times().labels,
            (Names{"2024-03-31", "2024-06-29"}));
}

TEST(Panel, MonthsThatLookLikeFinancialYearsAreMonths) {
  const Panel panel = panel_of("unit,time,x\na,2011-12,1\na,2011-11,2\na,2012-01,3\n");
  EXPECT_EQ(panel.times().labels, (Names{"2011-11", "2011-12", "2012-01"}));
}

TEST(Panel, WithoutKeysEachRowIsAUnitAndWithAUnitAloneRowsMayRepeat) {
  const Panel rows = panel_of("x\n3\n1\n", {"", ""});
  EXPECT_EQ(rows.units().count, 2);
  EXPECT_EQ(rows.column("x").numbers(0), 3);
  const Panel clusters = panel_of("unit,x\nb,1\na,2\nb,3\n", {"unit", ""});
  EXPECT_EQ(clusters.units().code, (std::vector<std::int32_t>{0, 1, 1}));
  EXPECT_EQ(clusters.times().count, 1);
}

TEST(Panel, CountsMissingCellsByColumnAndReason) {
  const Panel panel = panel_of("unit,time,x\na,2013,*\na,2014,\nb,2013,*\nb,2014,5\n");
  ASSERT_EQ(panel.ledger().missing.size(), 1u);
  EXPECT_EQ(panel.ledger().missing[0].column, "x");
  EXPECT_EQ(panel.ledger().missing[0].counts,
            (std::vector<std::pair<Missing, std::int64_t>>{{Missing::empty, 1}, {Missing::suppressed, 2}}));
  const Tree tree = describe(panel.ledger());
  EXPECT_NE(tree.find_array("missing_cells"), nullptr);
}

TEST(Panel, NamesTheNearestColumn) {
  const Panel panel = panel_of("unit,time,beds\na,2013,1\n");
  try {
    panel.column("bed");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "there is no column 'bed' in a.csv; did you mean 'beds'?");
  }
}

TEST(Panel, ListsAtMostTwentyColumns) {
  std::string header = "unit,time", row = "a,2013", list = "unit, time";
  for (int j = 1; j <= 25; ++j) {
    header += ",x" + std::to_string(j);
    row += ",1";
    if (j <= 18) list += ", x" + std::to_string(j);
  }
  EXPECT_EQ(refusal(header + "\n" + row + "\n", {"hospital_code", "time"}),
            "the unit key 'hospital_code' is not a column of a.csv; its columns are " + list + " and 7 more");
}

struct RealFile {
  const char* name;
  const char* time;
  Index rows;
  std::size_t columns;
  std::int32_t units, periods;
};

TEST(Panel, RealFilesHaveTheCountsOfTheirCatalogue) {
  const std::string folder = HEADWATER_SOURCE_DIR "/../shared/reference/nhs/";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "the NHS reference files are not on this machine";
  for (const RealFile& file : {RealFile{"nhs_trust_quarter_occupancy", "period", 5464, 28, 214, 28},
                               RealFile{"nhs_acute_trust_year_long", "fy_start", 2291, 106, 167, 15},
                               RealFile{"nhs_core_2013_2016", "fy_start", 496, 35, 124, 4},
                               RealFile{"nhs_core_2012_2018", "fy_start", 910, 27, 130, 7},
                               RealFile{"nhs_digital_2018_2023", "fy_start", 708, 18, 118, 6},
                               RealFile{"nhs_eric_trust_year", "fy_start", 1190, 54, 255, 5}}) {
    const Panel panel =
        read_panel(folder + file.name + ".csv", {.unit = "org_code", .time = file.time, .check_quality = false});
    EXPECT_EQ(panel.rows(), file.rows) << file.name;
    EXPECT_EQ(panel.columns().size(), file.columns) << file.name;
    EXPECT_EQ(panel.units().count, file.units) << file.name;
    EXPECT_EQ(panel.times().count, file.periods) << file.name;
    EXPECT_EQ(panel.time_step(), 1) << file.name;
    EXPECT_EQ(panel.ledger().rows_read, file.rows) << file.name;
  }
}

}  // namespace
}  // namespace headwater
