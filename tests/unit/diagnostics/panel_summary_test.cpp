// What `check` says of a panel, against counts and deviations worked out by hand.
#include "headwater/diagnostics/panel_summary.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

// A has 2001, 2002, 2004; B 2002 to 2004; C 2003 alone. The step is one year.
const char* const kCsv =
    "unit,year,x,kind,flag,none\n"
    "A,2001,1,p,0,\nA,2002,3,p,1,\nA,2004,5,p,1,\n"
    "B,2002,10,q,0,\nB,2003,,p,0,\nB,2004,14,q,0,\n"
    "C,2003,7,q,1,\n";

Tree summary(const std::string& unit = "unit", const std::string& time = "year") {
  RawTable table = parse_csv(kCsv, "panel.csv", ',', {.unit = unit, .time = time});
  return panel_summary(Panel(std::move(table.columns), {.unit = unit, .time = time}, std::move(table.source_rows),
                             std::move(table.ledger)));
}

TEST(PanelSummary, CountsRowsGapsEntriesAndExits) {
  const Tree tree = summary();
  EXPECT_EQ(number_attribute(tree, "units"), 3);
  EXPECT_EQ(number_attribute(tree, "periods"), 4);
  EXPECT_EQ(number_attribute(tree, "rows_per_unit_least"), 1);
  EXPECT_EQ(number_attribute(tree, "rows_per_unit_median"), 3);
  EXPECT_EQ(number_attribute(tree, "units_in_every_period"), 0);
  EXPECT_EQ(labels(tree, "gap_unit"), Names{"A"});
  EXPECT_EQ(texts(tree, "gap_periods"), Names{"2003"});
  EXPECT_EQ(labels(tree, "period"), (Names{"2001", "2002", "2003", "2004"}));
  EXPECT_EQ(integers(tree, "period_rows"), (std::vector<std::int64_t>{1, 2, 2, 2}));
  EXPECT_EQ(integers(tree, "period_entries"), (std::vector<std::int64_t>{0, 1, 1, 0}));
  EXPECT_EQ(integers(tree, "period_exits"), (std::vector<std::int64_t>{0, 0, 0, 1}));
}

TEST(PanelSummary, SplitsVariationBetweenAndWithin) {
  const Tree tree = summary();
  ASSERT_EQ(labels(tree, "column"), (Names{"unit", "year", "x", "kind", "flag", "none"}));
  // x: 1 3 5 | 10 14 | 7, mean 40/6; unit means 3, 12, 7; within 8 + 8 + 0.
  const double total = 1 + 9 + 25 + 100 + 196 + 49 - 40.0 * 40 / 6;
  EXPECT_NEAR(numbers(tree, "column_mean")[2], 40.0 / 6, 1e-14);
  EXPECT_NEAR(numbers(tree, "column_sd")[2], std::sqrt(total / 5), 1e-14);
  EXPECT_NEAR(numbers(tree, "column_sd_between")[2], std::sqrt((9 + 144 + 49 - 22.0 * 22 / 3) / 2), 1e-14);
  EXPECT_NEAR(numbers(tree, "column_sd_within")[2], std::sqrt(16.0 / 5), 1e-14);
  EXPECT_EQ(integers(tree, "column_missing"), (std::vector<std::int64_t>{0, 0, 1, 0, 0, 7}));
  EXPECT_EQ(texts(tree, "column_kind"), (Names{"unit key", "time key", "whole numbers", "text", "0 or 1", "empty"}));
  EXPECT_EQ(integers(tree, "column_switchers"), (std::vector<std::int64_t>{-1, -1, 3 - 1, 1, 1, -1}));
  EXPECT_EQ(texts(tree, "column_why")[3], "row 2 holds 'p', which is not a number");
}

TEST(PanelSummary, WithoutKeysCountsRowsAlone) {
  const Tree tree = summary("", "");
  EXPECT_EQ(number_attribute(tree, "units"), 0);
  EXPECT_EQ(number_attribute(tree, "periods"), 0);
  EXPECT_TRUE(labels(tree, "period").empty());
  EXPECT_TRUE(labels(tree, "gap_unit").empty());
  EXPECT_TRUE(std::isnan(numbers(tree, "column_sd_within")[2]));
}

}  // namespace
}  // namespace headwater
