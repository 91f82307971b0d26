#include <gtest/gtest.h>

#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/hdf5/tree_file.hpp"
#include "headwater/panel/readers.hpp"
#include "unit/hdf5/scratch_folder.hpp"

namespace headwater {
namespace {

constexpr const char* kCsv =
    "trust,quarter,cost/bed,share,type,empty\n"
    "007,2018-19 Q1,\"1,200\",5%,acute,\n"
    "007,2018-19 Q2,*,6%,~,\n"
    "RAL,2018-19 Q1,-,[x],,\n"
    "NAN,2018-19 Q1,0.1,7%,mental health,\n";

RawTable source() {
  RawTable table = parse_csv(kCsv, "trusts.csv", ',', {.unit = "trust", .time = "quarter"});
  table.ledger.sha256 = "abc";
  table.ledger.rows_kept = 4;
  table.ledger.rows_lost = {{"no unit", 2}};
  table.ledger.succession = {"RAL follows RAX"};
  return table;
}

TEST(Hdf5Panel, KeepsEverythingTheReaderSaw) {
  const ScratchFolder folder;
  const RawTable table = source();
  write_hdf5_panel(table, folder / "panel.h5");
  const RawTable back = read_hdf5_panel(folder / "panel.h5", {});
  EXPECT_EQ(back.source_rows, table.source_rows);
  ASSERT_EQ(back.columns.size(), table.columns.size());
  for (std::size_t j = 0; j < table.columns.size(); ++j) {
    const Column& a = table.columns[j];
    const Column& b = back.columns[j];
    EXPECT_EQ(b.name, a.name);
    EXPECT_EQ(b.type, a.type) << a.name;
    EXPECT_EQ(b.levels, a.levels) << a.name;
    EXPECT_EQ(b.codes, a.codes) << a.name;
    EXPECT_EQ(b.missing, a.missing) << a.name;
    EXPECT_EQ(b.why_text, a.why_text) << a.name;
    ASSERT_EQ(b.numbers.size(), a.numbers.size());
    for (Index i = 0; i < a.numbers.size(); ++i)
      EXPECT_TRUE(a.numbers(i) == b.numbers(i) || (std::isnan(a.numbers(i)) && std::isnan(b.numbers(i)))) << a.name;
  }
  EXPECT_EQ(back.columns[2].missing,
            (std::vector<Missing>{Missing::present, Missing::suppressed, Missing::dash, Missing::present}));
  EXPECT_EQ(back.ledger.rows_read, 4);
  EXPECT_EQ(back.ledger.rows_lost, table.ledger.rows_lost);
  EXPECT_EQ(back.ledger.succession, table.ledger.succession);
  EXPECT_EQ(back.ledger.file, folder / "panel.h5");
  EXPECT_EQ(back.ledger.sha256.size(), 64u);
  EXPECT_EQ(back.ledger.notes.back().message, (folder / "panel.h5") + " was converted from 'trusts.csv' (SHA-256 abc)");
}

TEST(Hdf5Panel, KeysAreText) {
  const ScratchFolder folder;
  const RawTable table = parse_csv("unit,year,y\n7,2013,1\n12,2013,2\n", "a.csv", ',', {});
  write_hdf5_panel(table, folder / "panel.h5");
  const RawTable back = read_hdf5_panel(folder / "panel.h5", {.unit = "unit", .time = "year"});
  EXPECT_EQ(back.columns[0].type, Column::Type::text);
  EXPECT_EQ(back.columns[0].levels, (Names{"7", "12"}));
  EXPECT_EQ(back.columns[1].levels, (Names{"2013"}));
  EXPECT_EQ(back.columns[2].type, Column::Type::number);
}

TEST(Hdf5Panel, RefusesCodesThatPointNowhere) {
  const ScratchFolder folder;
  const std::string path = folder / "panel.h5";
  RawTable table = source();
  table.columns[4].codes[0] = 9;
  write_hdf5_panel(table, path);
  try {
    read_hdf5_panel(path, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              path +
                  ": column 'type' is not as headwater writes it: level 9 of 3; make the file again with "
                  "`headwater convert`");
    EXPECT_EQ(error.place().column, "type");
  }
}

TEST(Hdf5Panel, RefusesAResultFile) {
  const ScratchFolder folder;
  const std::string path = folder / "result.h5";
  write_tree(Tree{}, path, {"headwater.result", 1, "result file", "run"});
  try {
    read_hdf5_panel(path, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), path + " holds 'headwater.result', not a panel file; make one with `headwater convert`");
  }
}

}  // namespace
}  // namespace headwater
