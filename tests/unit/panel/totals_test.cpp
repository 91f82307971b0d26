// Rows that are totals of others: set aside where that is certain, named where it is likely.
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

const ReadOptions kKeys{.unit = "unit", .time = "time"};

Panel panel_of(const std::string& bytes, const ReadOptions& options = kKeys) {
  return make_panel(parse_csv(bytes, "a.csv", ',', options), options);
}

// Four trusts over three years, and what is added to each year.
std::string with_rows(const std::function<std::string(const std::string& year, int total)>& extra) {
  std::string text = "unit,time,beds,name\n";
  for (const char* year : {"2019", "2020", "2021"}) {
    int total = 0;
    for (int unit = 0; unit < 4; ++unit) {
      const int beds = 100 + 37 * unit + (year[3] - '0') * (unit + 3);
      total += beds;
      text += "R" + std::to_string(unit) + "A," + year + "," + std::to_string(beds) + ",Trust\n";
    }
    text += extra(year, total);
  }
  return text;
}

TEST(Totals, EnglandIsSetAsideByItsCode) {
  for (const char* code : {"ENG", "England", "E92000001", "england"}) {
    const Panel panel =
        panel_of(with_rows([&](const std::string& year, int) { return code + ("," + year) + ",7,x\n"; }));
    EXPECT_EQ(panel.units().count, 4) << code;
    EXPECT_EQ(panel.rows(), 12);
    ASSERT_EQ(panel.ledger().rows_lost.size(), 1u);
    EXPECT_EQ(panel.ledger().rows_lost[0],
              (std::pair<std::string, std::int64_t>{"the total '" + std::string(code) + "'", 3}));
    EXPECT_EQ(
        panel.ledger().notes[0].message,
        "'" + std::string(code) +
            "' is a total of the table and not one of its units: 3 rows set aside, the first in row 6; give it another "
            "name if it is a unit");
  }
}

TEST(Totals, ARowWithoutUnitKeyIsSetAsideByItsName) {
  const Panel panel = panel_of(with_rows([](const std::string& year, int) { return "," + year + ",7,England\n"; }));
  EXPECT_EQ(panel.rows(), 12);
  EXPECT_EQ(panel.ledger().rows_lost[0].first, "the total 'England'");
}

TEST(Totals, ATotalIsSetAsideWhereItIsTheSum) {
  const auto named = [](const char* code, int error) {
    return panel_of(with_rows([&](const std::string& year, int total) {
      return code + ("," + year + "," + std::to_string(total * error)) + ",x\n";
    }));
  };
  EXPECT_EQ(named("Total", 1).units().count, 4);
  EXPECT_EQ(named("Grand total", 1).units().count, 4);
  const Panel company = named("Total", 3);  // a company of this name
  EXPECT_EQ(company.units().count, 5);
  ASSERT_FALSE(company.ledger().suspicions.empty());
  EXPECT_EQ(company.ledger().suspicions[0].message,
            "unit 'Total' is called a total: it may be the total row of the table, not a unit; leave it out");
  const Panel unnamed = named("R9Z", 1);
  EXPECT_EQ(unnamed.units().count, 5);
  EXPECT_EQ(
      unnamed.ledger().suspicions[0].message,
      "unit 'R9Z' equals the sum of all other units: it is probably the total row of the table, not a unit; leave it "
      "out");
}

TEST(Totals, EnglandIsAUnitAmongNations) {
  std::string text = "unit,time,x\n";
  for (const char* nation : {"England", "Scotland", "Wales", "Northern Ireland"})
    for (const char* year : {"2019", "2020"}) text += std::string(nation) + "," + year + ",1\n";
  EXPECT_EQ(panel_of(text).units().count, 4);
}

TEST(Totals, RegionsAndShorterCodesAreNamed) {
  std::string text = "unit,time,rate\n";
  const auto add = [&](const std::string& code) { text += code + ",2019,0.1\n" + code + ",2020,0.2\n"; };
  for (int i = 0; i < 40; ++i) add("R" + std::to_string(10 + i));
  add("Y56");
  add("E40000003");
  add("L9");
  std::map<std::string, std::string> found;
  const Panel panel = panel_of(text);
  for (const auto& suspicion : panel.ledger().suspicions)
    if (suspicion.kind == "total") found[suspicion.unit] = suspicion.message;
  EXPECT_EQ(found.size(), 3u);
  EXPECT_EQ(
      found["Y56"],
      "unit 'Y56' has the code of a region, which other units have not: it may be a total of some of them; leave it "
      "out");
  EXPECT_EQ(found.count("E40000003"), 1u);
  EXPECT_EQ(found["L9"],
            "unit 'L9' has a shorter code than nearly all other units: it may be a region or a total; leave it out");
}

}  // namespace
}  // namespace headwater
