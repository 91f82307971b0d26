#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <thread>

#include "headwater/core/error.hpp"
#include "headwater/panel/readers.hpp"
#include "unit/hdf5/scratch_folder.hpp"

namespace headwater {
namespace {

RawTable parse(const std::string& bytes, const ReadOptions& options = {}) {
  return parse_csv(bytes, "a.csv", ',', options);
}

std::string message_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

std::string refusal(const std::string& bytes) {
  return message_of([&] { parse(bytes); });
}

const Column& column(const RawTable& table, const std::string& name) {
  for (const Column& c : table.columns)
    if (c.name == name) return c;
  throw std::out_of_range(name);
}

TEST(Csv, ReadsQuotesByteOrderMarkAndEveryLineEnd) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const RawTable table = parse("\xEF\xBB\xBFname,x" + end + "\"a,\"\"b\"\"" + end + "c\",1" + end + "d,2");
    ASSERT_EQ(table.source_rows, (std::vector<std::int64_t>{2, 4})) << end.size();
    EXPECT_EQ(column(table, "name").levels, (Names{"a,\"b\"" + end + "c", "d"}));
    EXPECT_EQ(column(table, "x").numbers(1), 2);
  }
}

TEST(Csv, SkipsEmptyLines) {
  const RawTable table = parse("a,b\n\n1,2\n\n3,4\n\n");
  EXPECT_EQ(table.source_rows, (std::vector<std::int64_t>{3, 5}));
}

TEST(Csv, RefusesBrokenFilesWithRowAndColumn) {
  EXPECT_EQ(refusal(""), "a.csv is empty; it needs a header line and rows");
  EXPECT_EQ(refusal("\xEF\xBB\xBF"), "a.csv is empty; it needs a header line and rows");
  EXPECT_EQ(refusal("sep=,\n"), "a.csv is empty; it needs a header line and rows");
  EXPECT_EQ(refusal("\xFF\xFE"), "a.csv is empty; it needs a header line and rows");
  EXPECT_EQ(refusal("a,b\n"), "a.csv has a header and no rows; there is nothing to fit");
  EXPECT_EQ(refusal("a,,c\n1,2,3\n"), "a.csv, row 1: column 2 has no name; give every column a name");
  EXPECT_EQ(refusal("a,b,a\n1,2,3\n"), "a.csv, row 1: columns 1 and 3 are both named 'a'; rename one");
  EXPECT_EQ(refusal("a;b\n1;2\n"),
            "a.csv, row 1: the header has ';' and no ',': save the file with commas, or as .tsv with tabs");
  EXPECT_EQ(refusal("a\tb\n1\t2\n"),
            "a.csv, row 1: the header has tabs and no ',': name the file .tsv, or save it with commas");
  EXPECT_EQ(refusal("a,b\n1,2\n3,\"4\n5,6\n"),
            "a.csv, row 3: the quote that opens field 2 is never closed; close it or double it");
  EXPECT_EQ(refusal("a,b\n1,\"2\"3\n"),
            "a.csv, row 2: field 2 goes on after its closing quote; double the quotes inside it");
  EXPECT_EQ(refusal(std::string("a\0,\0", 4)),
            "a.csv is UTF-16 text without a byte order mark, which is not read; save it as UTF-8");
  EXPECT_EQ(refusal("\xFF\xFE"
                    "a"),
            "a.csv is UTF-16 text and damaged: it has an odd number of bytes; save it again");
  EXPECT_EQ(refusal(std::string("\xFF\xFE\x3D\xD8"
                                "a\0",
                                6)),
            "a.csv is UTF-16 text and damaged: half a letter stands at byte 3; save it again");
  EXPECT_EQ(refusal("a,b\n\xC3\xA9,\xE9\n"),
            "a.csv, row 2: column 2: a byte is not UTF-8, although row 2 has letters in UTF-8; save the file as UTF-8");
  EXPECT_EQ(refusal("a,b\r\"1\r,2\",\xC0\x81\r"),
            "a.csv, row 3: column 2: a byte is neither UTF-8 nor Windows-1252; save the file as UTF-8");
  EXPECT_EQ(refusal(std::string("a,b\n1,2\n3,") + '\0' + "\n"),
            "a.csv, row 3: column 2: there is a NUL byte, so this is not plain text; save it as UTF-8 CSV");
}

TEST(Csv, RefusesRaggedRowsByRowAndColumn) {
  EXPECT_EQ(refusal("a,b\n1,2\n3\n"),
            "a.csv, row 3: the row has 1 field and the header 2; the first that is missing is 'b'");
  EXPECT_EQ(refusal("a,b\n1,2\n3,4,5\n"),
            "a.csv, row 3: the row has 3 fields and the header 2; a comma inside a value needs quotes around it");
  try {
    parse("a,b\n1,2\n3\n");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::data);
    EXPECT_EQ(error.place().row, 3);
    EXPECT_EQ(error.place().column, "b");
  }
}

TEST(Csv, RefusesWhatIsNoFile) {
  const ScratchFolder folder;
  const std::string pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto reading = [](const std::string& path) { return message_of([&] { read_file(path); }); };
  EXPECT_EQ(reading(folder.path().string()),
            "cannot read '" + folder.path().string() + "': it is a directory; give the path of a file");
  EXPECT_EQ(reading(pipe),
            "cannot read '" + pipe + "': it is not a regular file (a pipe or a device); save it to a file first");
  EXPECT_EQ(reading("/dev/zero"),
            "cannot read '/dev/zero': it is not a regular file (a pipe or a device); save it to a file first");
  EXPECT_EQ(reading(folder / "none.csv"), "cannot read '" + (folder / "none.csv") +
                                              "': No such file or directory; check the path and its permissions");
  EXPECT_EQ(message_of([] { read_panel("", {}); }),
            "no data file is named; give one under [data] file or as the first argument");
}

TEST(Csv, RefusesAFileThatChangesWhileItIsRead) {
  const ScratchFolder folder;
  const std::string path = folder / "growing.csv";
  put_bytes(path, "");
  std::filesystem::resize_file(path, 32u << 20);
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    std::ofstream file(path, std::ios::app | std::ios::binary);
    while (!stop) file << "1,2" << std::endl;
  });
  std::string message = "no error";
  for (int attempt = 0; attempt < 50 && message == "no error"; ++attempt)
    message = message_of([&] { read_file(path); });
  stop = true;
  writer.join();
  EXPECT_EQ(message,
            "cannot read '" + path +
                "': it changed while it was read; wait until the other program has written it, then run again");
}

TEST(Csv, ReadsTabsByExtension) {
  const ScratchFolder folder;
  put_bytes(folder / "a.tsv", "a\tb\n\"1,5\"\t2\n");
  const RawTable table = read_csv(folder / "a.tsv", {});
  EXPECT_EQ(table.columns.size(), 2u);
  EXPECT_EQ(table.ledger.sha256.size(), 64u);
}

TEST(Csv, KeepsTheReasonOfEveryMissingCell) {
  const RawTable table = parse("x,y\n1,a\n,a\nNA,a\n-,a\n*,a\n[c],a\n~,a\n[x],a\n:,a\n[z],a\nNot Applicable,a\n<5,a\n");
  const Column& x = column(table, "x");
  ASSERT_EQ(x.type, Column::Type::number);
  EXPECT_EQ(x.missing, (std::vector<Missing>{Missing::present, Missing::empty, Missing::not_available, Missing::dash,
                                             Missing::suppressed, Missing::suppressed, Missing::rounded,
                                             Missing::unavailable, Missing::unavailable, Missing::not_applicable,
                                             Missing::not_applicable, Missing::low_count}));
  for (Index i = 1; i < x.size(); ++i) EXPECT_TRUE(std::isnan(x.numbers(i))) << i;
}

TEST(Csv, AColumnOfMarksOnlyIsNumericWithoutValues) {
  const RawTable table = parse("x,y\n*,1\n-,2\n");
  const Column& x = column(table, "x");
  EXPECT_EQ(x.type, Column::Type::number);
  EXPECT_EQ(x.missing, (std::vector<Missing>{Missing::suppressed, Missing::dash}));
  ASSERT_EQ(table.ledger.notes.size(), 1u);
  EXPECT_EQ(table.ledger.notes[0].message, "column 'x' has no value in any row");
}

TEST(Csv, TextKeepsMarksThatMayBeCodes) {
  const RawTable table = parse("t,n\nNAN,1\n-,1\n*,1\n[c],1\nNA,1\n,1\nacute,1\n");
  const Column& t = column(table, "t");
  ASSERT_EQ(t.type, Column::Type::text);
  EXPECT_EQ(t.missing, (std::vector<Missing>{Missing::present, Missing::present, Missing::present, Missing::suppressed,
                                             Missing::not_available, Missing::empty, Missing::present}));
}

TEST(Csv, KeysAndNamedColumnsStayText) {
  const RawTable table =
      parse("unit,year,site\n007,2013,08\n7,2014,NA\nNAN,2015,\n", {.unit = "unit", .time = "year", .text = {"site"}});
  EXPECT_EQ(column(table, "unit").levels.size(), 3u);
  EXPECT_TRUE(column(table, "unit").missing.empty());
  EXPECT_EQ(column(table, "year").type, Column::Type::text);
  EXPECT_EQ(column(table, "site").levels, (Names{"08", "NA"}));
  EXPECT_EQ(column(table, "site").missing[2], Missing::empty);
}

TEST(Csv, ReadsDecoratedNumbers) {
  const RawTable table = parse(
      "x\n\"1,234\"\n\xC2\xA3"
      "1.5\n\"(1,234)\"\n-\xC2\xA3"
      "2\n 7 \n\"1,234,567.5\"\n\u22127.5\n");
  const Column& x = column(table, "x");
  ASSERT_EQ(x.type, Column::Type::number) << x.why_text;
  const double expected[] = {1234, 1.5, -1234, -2, 7, 1234567.5, -7.5};
  for (Index i = 0; i < x.size(); ++i) EXPECT_EQ(x.numbers(i), expected[i]);
}

TEST(Csv, PercentagesAreFractionsAndSaidSo) {
  const RawTable all = parse("x\n12%\n3.5%\n");
  EXPECT_DOUBLE_EQ(column(all, "x").numbers(0), 0.12);
  ASSERT_EQ(all.ledger.notes.size(), 1u);
  EXPECT_EQ(all.ledger.notes[0].message, "column 'x' is written in per cent and kept as fractions: 12% is 0.12");
  const RawTable some = parse("x\n12%\n3.5\n");
  ASSERT_EQ(some.ledger.notes.size(), 1u);
  EXPECT_EQ(some.ledger.notes[0].message,
            "column 'x' has 1 cell with % and 1 without; cells with % were divided by 100, check the units");
}

TEST(Csv, OddNumbersMakeTextAndSayWhere) {
  const std::pair<std::string, std::string> cells[] = {
      {"1e309", "is too large or too small for a number of double precision"},
      {"-2.5E-400", "is too large or too small for a number of double precision"},
      {"0x1F", "looks hexadecimal; write it as a decimal number"},
      {"1d3", "has Fortran's exponent d; write e"},
      {"1,23", "has a decimal comma; write a point"},
      {"1.234,5", "has a decimal comma; write a point"},
      {"inf", "is infinite"},
      {"-Infinity", "is infinite"},
      {"--1", "is not a number"},
      {"1 2", "has a blank between its digits"},
      {"1 200", "has a blank between its digits"},
      {"1\u202F200", "has a blank between its digits"},
      {"12 beds", "is not a number"},
      {"7 [q]", "ends in a mark; keep the mark in a column of its own"},
      {"4.2% [note 3]", "ends in a mark; keep the mark in a column of its own"},
      {"08:30", "is a time of day; write hours or minutes as one number"},
      {"12:00:05", "is a time of day; write hours or minutes as one number"},
      {"#N/A", "is an error of a spreadsheet; leave the cell empty"},
      {"#DIV/0!", "is an error of a spreadsheet; leave the cell empty"},
      {"1,23,4", "is not a number"},
      {"e5", "is not a number"},
      {"deed", "is not a number"}};
  for (const auto& [odd, why] : cells) {
    const RawTable table = parse("x,y\n1,1\n2,1\n\"" + odd + "\",1\n");
    const Column& x = column(table, "x");
    ASSERT_EQ(x.type, Column::Type::text) << odd;
    EXPECT_EQ(x.why_text, "row 4 holds '" + odd + "', which " + why);
    ASSERT_EQ(table.ledger.notes.size(), 1u);
    EXPECT_EQ(table.ledger.notes[0].message,
              "column 'x' is read as text: 1 of its cells are not numbers, the first in row 4 ('" + odd + "')");
  }
}

TEST(Csv, FilesOfOtherKindsSayWhatTheyAre) {
  const std::pair<std::string, std::string> files[] = {
      {std::string("\x1F\x8B\x08\x00", 4), "gzip-compressed; unpack it first (gunzip)"},
      {std::string("PK\x03\x04\x00\x00", 6),
       "a zip archive or a spreadsheet (xlsx, ods); unpack it, or save the sheet as UTF-8 CSV"},
      {"%PDF-1.4", "a PDF; save the table as UTF-8 CSV"},
      {"<html><body>404</body></html>", "a web page, perhaps the error page of a download; fetch the CSV itself"}};
  for (const auto& [bytes, what] : files) {
    try {
      parse(bytes);
      FAIL() << what;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "csv.other_format");
      EXPECT_EQ(error.message(), "a.csv is " + what);
    }
  }
}

TEST(Csv, WholeNumbersBeyondADoubleAreNoted) {
  const RawTable table = parse("x\n9007199254740993\n1\n");
  ASSERT_EQ(table.ledger.notes.size(), 1u);
  EXPECT_EQ(table.ledger.notes[0].message,
            "column 'x' holds 1 whole numbers of 2^53 or more, which a double cannot tell apart; name it under text if "
            "it is an "
            "identifier (first number in row 2)");
}

TEST(Csv, AFiveMegabyteFieldIsRead) {
  const RawTable table = parse("t,x\n" + std::string(5'000'000, 'z') + ",1\n");
  EXPECT_EQ(column(table, "t").levels[0].size(), 5'000'000u);
}

TEST(Csv, MoreThanAMillionColumnsAreRefused) {
  EXPECT_EQ(refusal(std::string(1'000'001, ',')), "a.csv, row 1: more than 1,000,000 fields; check the separator");
}

// Every mutation of a good file is read or refused with a row; nothing else may happen.
TEST(Csv, MutatedBytesAreReadOrRefused) {
  const std::string good =
      "\xEF\xBB\xBF"
      "unit,period,x,note\n007,2018-19 Q1,\"1,234\",\"a \"\"b\"\"\nc\"\nRAL,2018-19 Q2,*,\xC2\xA3\nNAN,2018-19 "
      "Q3,5%,\n";
  const std::string bytes_to_put = std::string("\",;\n\r\t\xFF\xC2\x80") + '\0' + "-%(9";
  std::mt19937 random(20261124);
  std::size_t refused = 0, read = 0;
  for (int trial = 0; trial < 20'000; ++trial) {
    std::string bytes = good;
    for (int k = 0; k < 1 + trial % 4; ++k) {
      const std::size_t at = random() % bytes.size();
      switch (random() % 3) {
        case 0: bytes[at] = bytes_to_put[random() % bytes_to_put.size()]; break;
        case 1: bytes.erase(at, 1 + random() % 8); break;
        default: bytes.insert(at, 1, bytes_to_put[random() % bytes_to_put.size()]);
      }
      if (bytes.empty()) bytes = ",";
    }
    try {
      RawTable table = parse(bytes, {.unit = "unit", .time = "period"});
      for (const Column& c : table.columns) ASSERT_EQ(static_cast<std::size_t>(c.size()), table.source_rows.size());
      const Panel panel = with_quality_checks(
          Panel(std::move(table.columns), {"unit", "period"}, std::move(table.source_rows), std::move(table.ledger)));
      ASSERT_GT(panel.rows(), 0);
      ++read;
    } catch (const Error& error) {
      ASSERT_FALSE(error.message().empty());
      ++refused;
    }
  }
  EXPECT_GT(refused, 1000u);
  EXPECT_GT(read, 1000u);
}

// Official statistics set letters beside numbers: the number is read, and what stood beside it is told.
TEST(Csv, MarksBesideNumbersAreKeptInTheLedger) {
  const RawTable table = parse("unit,x\na,4.2% [p]\nb,5.0%\nc,1.5%[r]\nd,[x]\ne,7% [p]\nf,\u22123%\u00A0[e]\ng,\n");
  const Column& x = table.columns[1];
  ASSERT_EQ(x.type, Column::Type::number);
  EXPECT_DOUBLE_EQ(x.numbers(0), 0.042);
  EXPECT_DOUBLE_EQ(x.numbers(2), 0.015);
  EXPECT_DOUBLE_EQ(x.numbers(5), -0.03);
  EXPECT_EQ(x.missing[3], Missing::unavailable);
  Names marks;
  for (const Note& note : table.ledger.notes)
    if (note.code == "data.value_marks") marks.push_back(note.message);
  EXPECT_EQ(
      marks,
      (Names{"column 'x' has the mark [e] (estimated) beside 1 number, in row 7; the numbers are read as they stand",
             "column 'x' has the mark [p] (provisional) beside 2 numbers, the first in row 2; the numbers are read "
             "as they stand",
             "column 'x' has the mark [r] (revised) beside 1 number, in row 4; the numbers are read as they stand"}));
}

// A mark that nobody knows, one beside a text and one beside nothing make no number.
TEST(Csv, OtherMarksAreNoNumbers) {
  for (const char* cell : {"4.2 [q]", "4.2 [pr]", "4.2 [p] [r]", "high [p]", "4.2 p", "[4.2]"})
    EXPECT_EQ(parse("unit,x\na,1\nb," + std::string(cell) + "\n").columns[1].type, Column::Type::text) << cell;
  const RawTable kept = parse("unit,code\na,7 [p]\nb,8 [p]\n", {.text = {"code"}});
  EXPECT_EQ(kept.columns[1].levels, (Names{"7 [p]", "8 [p]"})) << "what is to stay text keeps all of it";
}

}  // namespace
}  // namespace headwater
