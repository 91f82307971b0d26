// Tables with something around them: what is read, and what is said about it.
#include <gtest/gtest.h>

#include "headwater/core/error.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

const ReadOptions kKeys{.unit = "unit", .time = "time"};

RawTable parse(const std::string& bytes, const ReadOptions& options = kKeys) {
  return parse_csv(bytes, "a.csv", ',', options);
}

Names messages(const RawTable& table) {
  Names all;
  for (const Note& note : table.ledger.notes) all.push_back(note.message);
  return all;
}

Names names(const RawTable& table) {
  Names all;
  for (const Column& column : table.columns) all.push_back(column.name);
  return all;
}

std::string refusal(const std::string& bytes, const ReadOptions& options = kKeys) {
  try {
    parse(bytes, options);
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST(CsvLayout, RowNamesInFront) {
  const RawTable table = parse(",unit,time,y\n0,a,2019,1\n1,a,2020,2\n");
  EXPECT_EQ(names(table), (Names{"unit", "time", "y"}));
  EXPECT_EQ(messages(table), (Names{"column 1 has no name, so it is taken as row names and left out; name it if it "
                                    "is data"}));
}

TEST(CsvLayout, ColumnsWithoutNameAndCells) {
  const RawTable table = parse("unit,time,y,,\na,2019,1,,\na,2020,2,,\n");
  EXPECT_EQ(names(table), (Names{"unit", "time", "y"}));
  EXPECT_EQ(messages(table), (Names{"without a name and without a cell, so left out: column 4, 5"}));
  EXPECT_EQ(refusal("unit,time,,y\na,2019,5,1\n"), "a.csv, row 1: column 3 has no name; give every column a name");
}

TEST(CsvLayout, TitlesAbove) {
  const RawTable table = parse("Beds by trust,,\nPublished May 2026,,\n,,\nunit,time,y\na,2019,1\n");
  EXPECT_EQ(table.source_rows, (std::vector<std::int64_t>{5}));
  EXPECT_EQ(messages(table),
            (Names{"the header stands in row 4; what stands above it ('Beds by trust') is no part of the "
                   "table"}));
  EXPECT_EQ(names(parse("Title:,Beds\nPeriod:,May\n\nunit,time,y\na,2019,1\n")), (Names{"unit", "time", "y"}));
  EXPECT_EQ(names(parse("Beds by trust,,\nunit,time,y\na,2019,1\n", {})), (Names{"unit", "time", "y"}));
  EXPECT_EQ(
      refusal("Title:,Beds\nPeriod:,May\n\ncode,time,y\na,2019,1\n"),
      "a.csv, row 4: the row has 3 fields and the header 2; a comma inside a value needs quotes around it; the header "
      "may stand in row 4: name the keys as it does, or delete what stands above it");
}

TEST(CsvLayout, TwoRowsOfHeaders) {
  const RawTable table = parse(",,Available,,Occupied\nunit,time,Total,Acute,Total\na,2019,5,4,3\n");
  EXPECT_EQ(names(table), (Names{"unit", "time", "Available: Total", "Available: Acute", "Occupied: Total"}));
  EXPECT_EQ(messages(table),
            (Names{"rows 1 and 2 are two rows of headers, whose names are joined: 'Occupied: Total'"}));
  EXPECT_EQ(refusal("unit,time,Total,Total\na,2019,5,4\n"),
            "a.csv, row 1: columns 3 and 4 are both named 'Total'; rename one");
}

TEST(CsvLayout, ALineThatNamesTheSeparator) {
  const RawTable commas = parse("sep=,\nunit,time,y\na,2019,1\n");
  EXPECT_EQ(commas.source_rows, (std::vector<std::int64_t>{3}));
  EXPECT_EQ(messages(commas), (Names{"row 1 names the separator, ',', and is no part of the table"}));
  EXPECT_EQ(names(parse("\xEF\xBB\xBFsep=;\r\nunit;time;y\r\na;2019;1\r\n")), (Names{"unit", "time", "y"}));
  EXPECT_EQ(names(parse("\"sep=\t\"\nunit\ttime\ty\na\t2019\t1\n")), (Names{"unit", "time", "y"}));
}

TEST(CsvLayout, NotesBelow) {
  for (const char* notes :
       {"Source: own,,\n", "\nNotes\n1. Estimates, provisional\n2. * suppressed, see above, below\n",
        ",,\nThese are management figures\n", "Note:,see above\n"}) {
    const RawTable table = parse("unit,time,y\na,2019,1\na,2020,2\n" + std::string(notes));
    EXPECT_EQ(table.source_rows, (std::vector<std::int64_t>{2, 3})) << notes;
  }
  EXPECT_EQ(
      messages(parse("unit,time,y\na,2019,1\nSource: own,,\n")),
      (Names{"the table ends before row 3 ('Source: own'); what stands from there on is taken as notes below it"}));
}

// A row that was cut short is no note, and neither is a note between rows.
TEST(CsvLayout, WhatIsNoNoteIsRefused) {
  EXPECT_EQ(refusal("unit,time,y\na,2019,1\nb\n"),
            "a.csv, row 3: the row has 1 field and the header 3; the first that is missing is 'time'");
  EXPECT_EQ(refusal("unit,time,y\nNorth Bristol Trust,2019,1\nNorth Bristol Trust,2020\n"),
            "a.csv, row 3: the row has 2 fields and the header 3; the first that is missing is 'y'");
  EXPECT_EQ(refusal("unit,time,y\na,2019,1\nSource: own figures\na,2020,1\n"),
            "a.csv, row 3: the row has 1 field and the header 3; the first that is missing is 'time'");
}

TEST(CsvLayout, RowsOfSeparators) {
  const RawTable table = parse("unit,time,y\na,2019,1\n,,\na,2020,2\n,,\n");
  EXPECT_EQ(table.source_rows, (std::vector<std::int64_t>{2, 4}));
  EXPECT_EQ(messages(table), (Names{"row 3 and 1 more row hold nothing but separators and are left out"}));
  EXPECT_EQ(messages(parse("unit,time,y\na,2019,1\n,,\n")),
            (Names{"row 3 holds nothing but separators and is left out"}));
}

TEST(CsvLayout, OtherEncodings) {
  const RawTable windows = parse("unit,time,cost (\xA3)\na,2019,1\n\x80,2020,2\n");
  EXPECT_EQ(windows.columns[2].name, "cost (\u00A3)");
  EXPECT_EQ(windows.columns[0].levels, (Names{"a", "\u20AC"}));
  EXPECT_EQ(messages(windows),
            (Names{"a.csv is not UTF-8 and was read as Windows-1252: row 1 has the first such letter"}));
  std::string little = "\xFF\xFE", big = "\xFE\xFF";
  for (const char c : std::string("unit,time,y\na,2019,1\n")) {
    little += {c, '\0'};
    big += {'\0', c};
  }
  for (const std::string& text : {little, big}) {
    EXPECT_EQ(names(parse(text)), (Names{"unit", "time", "y"}));
    EXPECT_EQ(messages(parse(text)), (Names{"a.csv is UTF-16 text and was read as that"}));
  }
  EXPECT_EQ(names(parse(std::string("\xFF\xFE"
                                    "x\0\x3D\xD8\x0F\xDE\n\0"
                                    "1\0\n\0",
                                    14),
                        {})),
            (Names{"x\U0001F60F"}));
}

}  // namespace
}  // namespace headwater
