#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <set>

#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

using Suspicions = std::vector<DataLedger::Suspicion>;

Suspicions suspicions(const std::string& bytes) {
  RawTable table = parse_csv(bytes, "a.csv", ',', {.unit = "unit", .time = "time"});
  return with_quality_checks(
             Panel(std::move(table.columns), {"unit", "time"}, std::move(table.source_rows), std::move(table.ledger)))
      .ledger()
      .suspicions;
}

// Eight units over six years, beds and staff growing by 1 % with a wobble of a tenth of that.
std::string quiet_panel(const std::function<void(int unit, int year, double& beds, double& staff)>& change) {
  std::string text = "unit,time,beds,staff\n";
  for (int unit = 0; unit < 8; ++unit)
    for (int year = 0; year < 6; ++year) {
      double beds = (300 + 50 * unit) * (1 + 0.01 * year + 0.001 * ((unit * 7 + year * 3) % 5));
      double staff = (3000 + 400 * unit) * (1 + 0.01 * year + 0.001 * ((unit * 5 + year * 2) % 7));
      change(unit, year, beds, staff);
      text += "T" + std::to_string(unit) + "," + std::to_string(2010 + year) + "," + std::to_string(beds) + "," +
              std::to_string(staff) + "\n";
    }
  return text;
}

TEST(Quality, AQuietPanelHasNothingOdd) {
  EXPECT_TRUE(suspicions(quiet_panel([](int, int, double&, double&) {})).empty());
}

TEST(Quality, ATenfoldCellIsNamed) {
  const Suspicions found = suspicions(quiet_panel([](int unit, int year, double& beds, double&) {
    if (unit == 3 && year == 2)
      beds = 4590;
    else if (unit == 3 && (year == 1 || year == 3))
      beds = 460;
  }));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, "tenfold");
  EXPECT_EQ(found[0].message, "beds of T3 goes 460, 4590, 460 around 2012: a digit may have slipped");
}

TEST(Quality, ACellThatJumpsAndComesBackIsNamed) {
  const Suspicions found = suspicions(quiet_panel([](int unit, int year, double& beds, double&) {
    if (unit == 3 && year == 2) beds = 184;
  }));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, "jump");
  EXPECT_EQ(found[0].period, "2012");
}

TEST(Quality, SizesThatJumpTogetherAndStayAreAMerger) {
  const auto merged = [](int unit, int year, double& beds, double& staff) {
    if (unit == 3 && year >= 4) beds *= 1.6, staff *= 1.5;
  };
  const Suspicions found = suspicions(quiet_panel(merged));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, "merger");
  EXPECT_EQ(found[0].unit, "T3");
  EXPECT_EQ(found[0].period, "2014");
}

TEST(Quality, AShockToAllIsNotAMerger) {
  EXPECT_TRUE(suspicions(quiet_panel([](int, int year, double& beds, double& staff) {
                if (year >= 3) beds *= 0.6, staff *= 0.6;
              })).empty());
}

// Forty mergers do not push three slipped digits out of sight, and nothing is cut off.
TEST(Quality, TheSurestErrorsComeFirstAndAllAreKept) {
  std::string text = "unit,time,beds,staff\n";
  for (int unit = 0; unit < 60; ++unit)
    for (int year = 0; year < 8; ++year) {
      const double merged = unit < 40 && year >= 2 + unit % 5 ? 1.6 + 0.01 * unit : 1;
      double beds = (300 + 50 * unit) * merged * (1 + 0.001 * ((unit * 7 + year * 3) % 5));
      if (unit >= 57 && year == 4) beds *= 10;
      text += "T" + std::to_string(unit) + "," + std::to_string(2010 + year) + "," + std::to_string(beds) + "," +
              std::to_string((3000 + 400 * unit) * merged * (1 + 0.001 * ((unit * 5 + year * 2) % 7))) + "\n";
    }
  const Suspicions found = suspicions(text);
  ASSERT_EQ(found.size(), 43u);
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].kind, i < 3 ? "tenfold" : "merger") << i;
  EXPECT_EQ(found[3].unit, "T39");  // the largest jump
}

TEST(Quality, AnAnnualSeriesInQuartersIsSaidToBeOne) {
  std::string text = "unit,time,annual,quarterly\n";
  for (const char* unit : {"a", "b"})
    for (int q = 0; q < 16; ++q)
      text += std::string(unit) + "," + std::to_string(2018 + q / 4) + "-" + std::to_string(19 + q / 4) + " Q" +
              std::to_string(q % 4 + 1) + "," + std::to_string(q / 4) + "," + std::to_string(q * q % 7) + "\n";
  const Suspicions found = suspicions(text);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].message,
            "annual changes once a year in a financial quarter panel: it is an annual series repeated, and its repeats "
            "are not "
            "observations");
}

TEST(Quality, AShareAboveOneInAFewRowsIsNamed) {
  std::string text = "unit,time,agency_share\n";
  for (int year = 2000; year < 2020; ++year) text += "a," + std::to_string(year) + (year == 2007 ? ",7.5\n" : ",0.1\n");
  const Suspicions found = suspicions(text);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].message, "agency_share is above 1 in 1 of 20 rows, first for a in 2007; is it a share?");
}

std::string nhs(const std::string& file) {
  return std::string(HEADWATER_SOURCE_DIR "/../shared/reference/nhs/") + file;
}

std::set<std::string> mergers(const std::string& file) {
  std::set<std::string> found;
  const Panel panel = read_panel(nhs(file), {.unit = "org_code", .time = "fy_start"});
  for (const auto& suspicion : panel.ledger().suspicions)
    if (suspicion.kind == "merger") found.insert(suspicion.unit + " " + suspicion.period);
  return found;
}

TEST(Quality, RealMergersAreFound) {
  if (!std::filesystem::exists(nhs(""))) GTEST_SKIP() << "the NHS reference files are not on this machine";
  const std::set<std::string> core = mergers("nhs_core_2013_2016.csv");
  for (const char* merger : {"RAL 2014", "RAL 2015", "RDU 2015", "RQM 2015", "RJ2 2014"})
    EXPECT_EQ(core.count(merger), 1u) << merger;
  EXPECT_LE(core.size(), 8u);
  const std::set<std::string> longer = mergers("nhs_core_2012_2018.csv");
  for (const char* merger : {"RAL 2014", "RAL 2015", "RJZ 2013", "RDE 2018"})
    EXPECT_EQ(longer.count(merger), 1u) << merger;
  EXPECT_LE(longer.size(), 14u);
  const std::set<std::string> digital = mergers("nhs_digital_2018_2023.csv");
  for (const char* merger : {"RAJ 2020", "RM3 2021", "RYR 2021", "RBN 2023"})
    EXPECT_EQ(digital.count(merger), 1u) << merger;
  EXPECT_LE(digital.size(), 12u);
}

TEST(Quality, TheQuarterlyFileHasATotalRowASlippedDigitAndShareAboveOne) {
  if (!std::filesystem::exists(nhs(""))) GTEST_SKIP() << "the NHS reference files are not on this machine";
  const Panel panel = read_panel(nhs("nhs_trust_quarter_occupancy.csv"), {.unit = "org_code", .time = "period"});
  std::set<std::string> found;
  for (const auto& suspicion : panel.ledger().suspicions)
    found.insert(suspicion.kind + " " + suspicion.unit + " " + suspicion.column);
  EXPECT_EQ(found.count("total NAN "), 1u);
  EXPECT_EQ(found.count("tenfold RKE kh03_avail_ga_avg_beds"), 1u);
  EXPECT_EQ(found.count("share above one R1H canc_pct_not_treated_28_days"), 1u);
}

}  // namespace
}  // namespace headwater
