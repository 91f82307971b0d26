#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "headwater/core/error.hpp"
#include "headwater/panel/readers.hpp"
#include "unit/hdf5/scratch_folder.hpp"

namespace headwater {
namespace {

// OLD ends in 2012 and NEW starts in 2013; ACQ is there from 2010 on, TAKEN until 2011, LATE until 2013.
constexpr const char* kPanel =
    "unit,time,x\nOLD,2011,1\nOLD,2012,2\nNEW,2013,3\nACQ,2010,4\nACQ,2011,5\nACQ,2012,6\nACQ,2013,7\nACQ,2014,8\n"
    "TAKEN,2010,9\nTAKEN,2011,10\nLATE,2013,11\n";

Panel with_table(const std::string& table) {
  const ScratchFolder folder;
  put_bytes(folder / "panel.csv", kPanel);
  put_bytes(folder / "succession.csv", table);
  return read_panel(folder / "panel.csv",
                    {.unit = "unit", .time = "time", .succession = folder / "succession.csv", .check_quality = false});
}

std::string refusal(const std::string& table) {
  try {
    with_table(table);
  } catch (const Error& error) {
    const std::string message = error.message();
    return message.substr(message.find("succession.csv"));
  }
  return "no error";
}

TEST(Succession, LinksSeriesThatFollowOneAnother) {
  const Panel panel = with_table("old_code,new_code,date\nOLD,NEW,2013-04-01\n");
  EXPECT_EQ(panel.units().labels, (Names{"ACQ", "LATE", "NEW", "TAKEN"}));
  EXPECT_EQ(panel.row_at(2, 2011), panel.row_at(2, 2013) - 2);
  EXPECT_EQ(panel.ledger().succession, (Names{"OLD became NEW (2013-04-01): 2 rows linked to one series"}));
}

TEST(Succession, LinksChainsInAnyOrderOfTheTable) {
  const Panel panel = with_table("old_code,new_code\nMID,NEW\nOLD,MID\n");
  EXPECT_EQ(panel.units().labels, (Names{"ACQ", "LATE", "NEW", "TAKEN"}));
}

TEST(Succession, BreaksTheAcquirerAtEveryTakeover) {
  const Panel panel = with_table("old_code,new_code,policy\nTAKEN,ACQ,link\nLATE,ACQ,break\n");
  EXPECT_EQ(panel.units().labels, (Names{"ACQ", "ACQ@2012", "ACQ@2014", "LATE", "NEW", "OLD", "TAKEN"}));
  EXPECT_EQ(panel.rows(), 11);
  EXPECT_EQ(panel.ledger().succession,
            (Names{"TAKEN became ACQ: both have rows in 2010, so the series cannot be linked; ACQ is broken instead",
                   "LATE taken over by ACQ: 1 row from 2014 on as a series of their own, ACQ@2014",
                   "TAKEN taken over by ACQ: 2 rows from 2012 on as a series of their own, ACQ@2012"}));
  EXPECT_EQ(panel.ledger().continued_by,
            (std::vector<std::pair<std::string, std::string>>{
                {"ACQ", "ACQ@2012"}, {"TAKEN", "ACQ@2012"}, {"ACQ@2012", "ACQ@2014"}, {"LATE", "ACQ@2014"}}));
}

TEST(Succession, DropsThePredecessor) {
  const Panel panel = with_table("old_code,new_code,policy\nTAKEN,ACQ,drop\n");
  EXPECT_EQ(panel.rows(), 9);
  EXPECT_EQ(panel.ledger().rows_read, 11);
  EXPECT_EQ(panel.ledger().rows_kept, 9);
  EXPECT_EQ(panel.ledger().rows_lost,
            (std::vector<std::pair<std::string, std::int64_t>>{{"left out by the succession table (policy drop)", 2}}));
  EXPECT_EQ(panel.ledger().succession, (Names{"TAKEN became ACQ: 2 rows left out (policy drop)"}));
  EXPECT_EQ(panel.source_row(0), 5);
}

TEST(Succession, CodesThatAreNumbersStayText) {
  EXPECT_EQ(with_table("Old_Code,New_Code\n007,7\n").ledger().succession,
            (Names{"no code of the succession table occurs in the data: nothing was linked or broken"}));
}

TEST(Succession, ACodeThatBecameItselfIsTold) {
  EXPECT_EQ(with_table("old_code,new_code\nOLD,OLD\n").ledger().succession,
            (Names{"1 line says of a code that it became itself, OLD in row 2: nothing was linked or broken there"}));
  EXPECT_EQ(
      with_table("old_code,new_code,policy\nOLD,NEW,link\nXXX,XXX,link\nNEW,NEW,drop\nACQ,ACQ,break\n")
          .ledger()
          .succession,
      (Names{"2 lines say of a code that it became itself, the first NEW in row 4: nothing was linked or broken there",
             "OLD became NEW: 2 rows linked to one series"}));
  EXPECT_EQ(with_table("old_code,new_code\nOLD,OLD\nOLD,NEW\n").units().count, 4)
      << "a line that changes nothing is no other successor";
  EXPECT_EQ(with_table("old_code,new_code\nXXX,XXX\n").ledger().succession,
            (Names{"no code of the succession table occurs in the data: nothing was linked or broken"}));
}

TEST(Succession, ADateThatIsNoneIsRefused) {
  EXPECT_EQ(refusal("old_code,new_code,date\nOLD,NEW,soon\n"),
            "succession.csv, row 2: 'soon' is no date; write one such as 2013-04-01, or leave it empty");
  EXPECT_EQ(refusal("old_code,new_code,date\nOLD,NEW,2013-04-01\nTAKEN,ACQ,n.k.\n"),
            "succession.csv, row 3: 'n.k.' is no date; write one such as 2013-04-01, or leave it empty");
  EXPECT_EQ(with_table("old_code,new_code,period\nOLD,NEW,2013-14 Q1\n").ledger().succession,
            (Names{"OLD became NEW (2013-14 Q1): 2 rows linked to one series"}));
}

TEST(Succession, RefusesTablesItCannotRead) {
  EXPECT_EQ(refusal("a,b\nOLD,NEW\n"),
            "succession.csv, row 1: a succession table needs the columns old_code and new_code, and may have date and "
            "policy (link, "
            "break or drop)");
  EXPECT_EQ(refusal("old_code,new_code\nOLD,\n"), "succession.csv, row 2: old_code and new_code must both be given");
  EXPECT_EQ(refusal("old_code,new_code,policy\nOLD,NEW,merge\n"),
            "succession.csv, row 2: policy 'merge' is not known; write link, break or drop");
}

TEST(Succession, RealCodesBreakTheAcquirers) {
  const std::string folder = HEADWATER_SOURCE_DIR "/../shared/reference/nhs/";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "the NHS reference files are not on this machine";
  const Panel panel = read_panel(
      folder + "nhs_trust_quarter_occupancy.csv",
      {.unit = "org_code", .time = "period", .succession = folder + "nhs_org_code_lookup.csv", .check_quality = false});
  EXPECT_EQ(panel.rows(), 5464);
  EXPECT_EQ(panel.units().count, 216);
  EXPECT_EQ(panel.ledger().succession.back(),
            "RGQ taken over by RDE: 27 rows from 2018-19 Q2 on as a series of their own, RDE@2018-19 Q2");
}

TEST(Succession, ACodeHasOneSuccessor) {
  EXPECT_EQ(
      refusal("old_code,new_code\nOLD,NEW\nOLD,ACQ\n"),
      "succession.csv, row 3: 'OLD' became 'ACQ' here and 'NEW' in row 2; a code has one successor, so keep one of the "
      "lines");
  EXPECT_EQ(
      refusal("old_code,new_code,policy\nOLD,NEW,link\nOLD,NEW,drop\n"),
      "succession.csv, row 3: 'OLD' became 'NEW' with policy drop here and 'NEW' with policy link in row 2; a code has "
      "one successor, so keep one of the lines");
  EXPECT_EQ(
      refusal("old_code,new_code\nOLD,MID\nMID,NEW\nMID,ACQ\n"),
      "succession.csv, row 4: 'MID' became 'ACQ' here and 'NEW' in row 3; a code has one successor, so keep one of the "
      "lines");
  EXPECT_EQ(with_table("old_code,new_code\nOLD,NEW\nOLD,NEW\n").units().labels, (Names{"ACQ", "LATE", "NEW", "TAKEN"}));
  EXPECT_EQ(with_table("old_code,new_code\nOLD,NEW\nXXX,Y\nXXX,Z\n").units().labels,
            (Names{"ACQ", "LATE", "NEW", "TAKEN"}));
}

TEST(Succession, CirclesAreRefused) {
  EXPECT_EQ(
      refusal("old_code,new_code\nNEW,OLD\nOLD,NEW\n"),
      "succession.csv, row 2: the successions go round in a circle: NEW became OLD became NEW (rows 2, 3); delete one "
      "of them");
  EXPECT_EQ(refusal("old_code,new_code\nOLD,A\nA,B\nB,C\nC,A\nC2,NEW\n"),
            "succession.csv, row 3: the successions go round in a circle: A became B became C became A (rows 3, 4, 5); "
            "delete one of them");
  EXPECT_EQ(with_table("old_code,new_code\nX,Y\nY,X\nOLD,NEW\n").units().count, 4);
}

TEST(Succession, CodesInAnotherSpellingAreNamed) {
  EXPECT_EQ(refusal("old_code,new_code\nold,NEW\n"),
            "succession.csv, row 2: 'old' is in no row of the data, which have 'OLD'; write the code as the data do");
  EXPECT_EQ(refusal("old_code,new_code\nOLD,New\n"),
            "succession.csv, row 2: 'New' is in no row of the data, which have 'NEW'; write the code as the data do");
  EXPECT_EQ(with_table("old_code,new_code\nOLD,mid\nmid,NEW\n").units().count, 4);
}

// Each code has one row, so that a chain moves every row once.
TEST(Succession, ALongChainCostsWhatItsRowsWarrant) {
  constexpr int kCodes = 20'000;
  std::string panel = "unit,time,x\n", table = "old_code,new_code\n";
  for (int i = 0; i < kCodes; ++i) {
    panel += "C" + std::to_string(i) + "," + std::to_string(10'000 + i) + ",1\n";
    if (i > 0) table += "C" + std::to_string(kCodes - 1 - i) + ",C" + std::to_string(kCodes - i) + "\n";
  }
  const ScratchFolder folder;
  put_bytes(folder / "panel.csv", panel);
  put_bytes(folder / "succession.csv", table);
  const auto begin = std::chrono::steady_clock::now();
  const Panel linked =
      read_panel(folder / "panel.csv",
                 {.unit = "unit", .time = "time", .succession = folder / "succession.csv", .check_quality = false});
  EXPECT_EQ(linked.units().count, 1);
  EXPECT_EQ(linked.ledger().succession.back(), "C19998 became C19999: 19,999 rows linked to one series");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

}  // namespace
}  // namespace headwater
