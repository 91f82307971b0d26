// Arrow arrays made by hand, so that the reader is tested without Arrow's libraries.
#include "headwater/panel/arrow_stream.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <limits>

#include "headwater/core/error.hpp"
#include "unit/hdf5/scratch_folder.hpp"

namespace headwater {
namespace {

using arrow_c::ArrowArray;
using arrow_c::ArrowArrayStream;
using arrow_c::ArrowSchema;

// A table whose buffers live as long as it does; the structs it hands out own nothing.
class HandMade {
 public:
  template <class T>
  ArrowArray& add(const char* name, const char* format, std::vector<T> values, std::vector<bool> valid = {}) {
    ArrowArray& array = add_array(name, format, static_cast<std::int64_t>(values.size()));
    push(array, bitmap(valid));
    push(array, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)});
    return array;
  }

  ArrowArray& add_bits(const char* name, const std::vector<bool>& values) {
    ArrowArray& array = add_array(name, "b", static_cast<std::int64_t>(values.size()));
    push(array, "");
    push(array, bitmap(values));
    return array;
  }

  ArrowArray& add_texts(const char* name, const std::vector<std::string>& values, std::vector<bool> valid = {}) {
    std::vector<std::int32_t> offsets{0};
    std::string bytes;
    for (const std::string& value : values) {
      bytes += value;
      offsets.push_back(static_cast<std::int32_t>(bytes.size()));
    }
    ArrowArray& array = add(name, "u", offsets, valid);
    array.length = rows_ = static_cast<std::int64_t>(values.size());
    push(array, bytes);
    return array;
  }

  // The last column added becomes the dictionary of the column before it.
  void last_is_dictionary(bool ordered = false) {
    schemas_[schemas_.size() - 2].flags = ordered ? 1 : 0;
    arrays_[arrays_.size() - 2].dictionary = &arrays_.back();
    schemas_[schemas_.size() - 2].dictionary = &schemas_.back();
    hidden_ = 1;
  }

  RawTable read(const ReadOptions& options = {}) {
    array_pointers_.clear();
    schema_pointers_.clear();
    batches_left_ = batches_;
    for (std::size_t j = 0; j + hidden_ < arrays_.size(); ++j) {
      array_pointers_.push_back(&arrays_[j]);
      schema_pointers_.push_back(&schemas_[j]);
    }
    stream_ = {};
    stream_.private_data = this;
    stream_.get_schema = [](ArrowArrayStream* self, ArrowSchema* out) {
      auto& made = *static_cast<HandMade*>(self->private_data);
      *out = {};
      out->format = "+s";
      out->n_children = static_cast<std::int64_t>(made.schema_pointers_.size());
      out->children = made.schema_pointers_.data();
      return 0;
    };
    stream_.get_next = [](ArrowArrayStream* self, ArrowArray* out) {
      auto& made = *static_cast<HandMade*>(self->private_data);
      *out = {};
      if (made.batches_left_-- == 0) return 0;
      out->length = made.rows_;
      out->n_children = static_cast<std::int64_t>(made.array_pointers_.size());
      out->children = made.array_pointers_.data();
      out->release = [](ArrowArray* array) { array->release = nullptr; };
      return 0;
    };
    stream_.get_last_error = [](ArrowArrayStream*) { return "no reason"; };
    return read_arrow_stream(stream_, "data.parquet", options);
  }

  void rows(std::int64_t count) { rows_ = count; }
  void batches(int count) { batches_ = count; }

 private:
  static std::string bitmap(const std::vector<bool>& bits) {
    std::string bytes((bits.size() + 7) / 8, '\0');
    for (std::size_t i = 0; i < bits.size(); ++i)
      if (bits[i]) bytes[i / 8] = static_cast<char>(bytes[i / 8] | 1 << i % 8);
    return bytes;
  }

  ArrowArray& add_array(const char* name, const char* format, std::int64_t length) {
    schemas_.emplace_back();
    schemas_.back().name = name;
    schemas_.back().format = format;
    arrays_.emplace_back();
    arrays_.back().length = length;
    arrays_.back().null_count = -1;
    pointers_.emplace_back();
    pointers_.back().reserve(8);
    arrays_.back().buffers = pointers_.back().data();
    rows_ = length;
    return arrays_.back();
  }

  void push(ArrowArray& array, std::string bytes) {
    buffers_.push_back(std::move(bytes));
    pointers_.back().push_back(buffers_.back().empty() ? nullptr : buffers_.back().data());
    array.n_buffers = static_cast<std::int64_t>(pointers_.back().size());
  }

  std::deque<std::string> buffers_;
  std::deque<std::vector<const void*>> pointers_;
  std::deque<ArrowArray> arrays_;
  std::deque<ArrowSchema> schemas_;
  std::vector<ArrowArray*> array_pointers_;
  std::vector<ArrowSchema*> schema_pointers_;
  std::size_t hidden_ = 0;
  ArrowArrayStream stream_{};
  std::int64_t rows_ = 0;
  int batches_ = 1, batches_left_ = 1;
};

std::vector<double> numbers_of(const Column& column) {
  return {column.numbers.data(), column.numbers.data() + column.numbers.size()};
}

Names texts_of(const Column& column) {
  Names cells;
  for (const std::int32_t code : column.codes)
    cells.push_back(code < 0 ? "" : column.levels[static_cast<std::size_t>(code)]);
  return cells;
}

std::string message_of(HandMade& made, const char* code) {
  try {
    made.read();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    return error.message();
  }
  return "no error";
}

TEST(ArrowStream, Numbers) {
  HandMade made;
  made.add<std::int8_t>("a", "c", {-1, 2, 3}, {true, false, true});
  made.add<std::uint64_t>("b", "L", {1, 2, 3});
  made.add<float>("c", "f", {0.5f, 1, 2});
  made.add<double>("d", "g", {0.1, std::numeric_limits<double>::quiet_NaN(), 2});
  made.add_bits("e", {true, false, true});
  const std::int64_t decimals[] = {12345, 0, -7, -1, 1, 0};
  made.add<std::int64_t>("f", "d:10,2", {decimals, decimals + 6}).length = 3;
  made.rows(3);
  const RawTable table = made.read();
  EXPECT_EQ(table.columns[0].numbers(0), -1);
  EXPECT_TRUE(std::isnan(table.columns[0].numbers(1)));
  EXPECT_EQ(table.columns[0].missing, (std::vector<Missing>{Missing::present, Missing::empty, Missing::present}));
  EXPECT_EQ(numbers_of(table.columns[1]), (std::vector<double>{1, 2, 3}));
  EXPECT_TRUE(table.columns[1].missing.empty());
  EXPECT_EQ(numbers_of(table.columns[2]), (std::vector<double>{0.5, 1, 2}));
  EXPECT_EQ(table.columns[3].missing[1], Missing::not_available);
  EXPECT_EQ(numbers_of(table.columns[4]), (std::vector<double>{1, 0, 1}));
  EXPECT_EQ(numbers_of(table.columns[5]), (std::vector<double>{123.45, -0.07, 0.01}));
  EXPECT_EQ(table.source_rows, (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(table.ledger.rows_read, 3);
}

TEST(ArrowStream, OffsetsAndBatches) {
  HandMade made;
  ArrowArray& array = made.add<std::int32_t>("a", "i", {9, 1, 2}, {true, true, false});
  array.offset = 1;
  array.length = 2;
  made.rows(2);
  made.batches(2);
  const RawTable table = made.read();
  EXPECT_EQ(table.columns[0].numbers(0), 1);
  EXPECT_TRUE(std::isnan(table.columns[0].numbers(1)));
  EXPECT_EQ(table.columns[0].numbers(2), 1);
  EXPECT_EQ(table.source_rows.size(), 4u);
}

// Text is typed as the cells of a CSV file are; keys and categories stay text.
TEST(ArrowStream, Texts) {
  HandMade made;
  made.add_texts("unit", {"007", "7", "NAN"});
  made.add_texts("cost", {"1,200", "*", "-5"});
  made.add_texts("type", {"acute", "", "acute"}, {true, false, true});
  const RawTable table = made.read({.unit = "unit"});
  EXPECT_EQ(texts_of(table.columns[0]), (Names{"007", "7", "NAN"}));
  EXPECT_EQ(table.columns[1].numbers(0), 1200);
  EXPECT_EQ(table.columns[1].missing[1], Missing::suppressed);
  EXPECT_EQ(texts_of(table.columns[2]), (Names{"acute", "", "acute"}));
  EXPECT_EQ(table.columns[2].missing[1], Missing::empty);
}

TEST(ArrowStream, Categories) {
  HandMade made;
  made.add<std::int8_t>("type", "c", {1, 0, 1}, {true, true, false});
  made.add_texts("", {"12", "9"});
  made.last_is_dictionary();
  made.rows(3);
  const RawTable table = made.read();
  EXPECT_EQ(table.columns[0].type, Column::Type::text);
  EXPECT_EQ(texts_of(table.columns[0]), (Names{"9", "12", ""}));
}

TEST(ArrowStream, ACategoryThatIsNotThere) {
  HandMade made;
  made.add<std::int8_t>("type", "c", {5});
  made.add_texts("", {"a", "b"});
  made.last_is_dictionary();
  made.rows(1);
  EXPECT_EQ(message_of(made, "arrow.damaged"),
            "data.parquet: column 'type' refers to category 5 of 2; the file is damaged, write it again");
}

TEST(ArrowStream, DatesAndTimes) {
  HandMade made;
  made.add<std::int32_t>("date", "tdD", {0, 19814});
  made.add<std::int64_t>("stamp", "tsn:UTC", {-86'400'000'000'000, 1'500'000'000});
  const RawTable table = made.read();
  EXPECT_EQ(texts_of(table.columns[0]), (Names{"1970-01-01", "2024-04-01"}));
  EXPECT_EQ(texts_of(table.columns[1]), (Names{"1969-12-31", "1970-01-01T00:00:01"}));
}

TEST(ArrowStream, NumericKeysBecomeText) {
  HandMade made;
  made.add<std::int64_t>("year", "l", {2013, 2014});
  const RawTable table = made.read({.time = "year"});
  EXPECT_EQ(texts_of(table.columns[0]), (Names{"2013", "2014"}));
}

TEST(ArrowStream, RefusesTypesThatAreNoColumn) {
  HandMade lists;
  lists.add<std::int32_t>("tags", "+l", {0, 1});
  EXPECT_EQ(
      message_of(lists, "arrow.type"),
      "data.parquet: column 'tags' is of a type (Arrow format '+l') that is neither number, text, category nor date; "
      "turn it into one or leave it out");
  HandMade zoned;
  zoned.add<std::int64_t>("when", "tsn:Europe/London", {0});
  EXPECT_EQ(
      message_of(zoned, "arrow.type"),
      "data.parquet: column 'when' holds times in the zone 'Europe/London', where the day depends on the zone; turn "
      "them into dates");
}

TEST(ArrowStream, RefusesInfinity) {
  HandMade made;
  made.add<double>("y", "g", {1, std::numeric_limits<double>::infinity()});
  EXPECT_EQ(message_of(made, "arrow.type"),
            "data.parquet: column 'y' is infinite in row 2, which no estimate survives; make it null or correct it");
}

// A column nobody asks for cannot refuse a file; one that is asked for says why it has no values.
TEST(ArrowStream, ColumnsThatCannotBeHeldAreLeftOut) {
  HandMade made;
  made.add<std::int32_t>("tags", "+l", {0, 1});
  made.add<double>("y", "g", {1, std::numeric_limits<double>::infinity()});
  const std::int64_t wide[] = {1, 0, 1, 1};
  made.add<std::int64_t>("wide", "d:38,2", {wide, wide + 4}).length = 2;
  made.add<double>("x", "g", {1, 2});
  made.rows(2);
  const RawTable table = made.read();
  ASSERT_EQ(table.columns.size(), 1u);
  EXPECT_EQ(table.columns[0].name, "x");
  const std::string why =
      "data.parquet: column 'tags' is of a type (Arrow format '+l') that is neither number, text, category nor date; "
      "turn it into one or leave it out";
  ASSERT_EQ(table.ledger.unread.size(), 3u);
  EXPECT_EQ(table.ledger.unread[0], (std::pair<std::string, std::string>{"tags", why}));
  EXPECT_EQ(table.ledger.unread[2].second,
            "data.parquet: column 'wide' has a decimal in row 2 with more digits than a 64-bit number holds; turn the "
            "column into floats");
  EXPECT_EQ(table.ledger.notes[0].message, why + ". The column is left out");
  const Panel panel(table.columns, {}, table.source_rows, table.ledger);
  try {
    panel.column("tags");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "data.unread_column");
    EXPECT_EQ(error.message(), why);
  }
  HandMade key;
  key.add<std::int32_t>("unit", "+l", {0, 1});
  key.add<double>("x", "g", {1, 2});
  key.rows(2);
  EXPECT_THROW(make_panel(key.read({.unit = "unit"}), {.unit = "unit"}), Error);
}

TEST(ArrowStream, HalfFloatsAreNumbers) {
  HandMade made;
  made.add<std::uint16_t>("h", "e", {0x3C00, 0xC100, 0x0001, 0x7BFF, 0x7E00, 0x8000});
  const RawTable table = made.read();
  const Vector& h = table.columns[0].numbers;
  EXPECT_EQ(h(0), 1);
  EXPECT_EQ(h(1), -2.5);
  EXPECT_EQ(h(2), std::ldexp(1, -24));
  EXPECT_EQ(h(3), 65504);
  EXPECT_EQ(table.columns[0].missing[4], Missing::not_available);
  EXPECT_EQ(h(5), 0);
}

TEST(ArrowStream, OrderedCategoriesKeepTheOrderOfTheFile) {
  HandMade made;
  made.add<std::int8_t>("stage", "c", {1, 0, 2, 1}, {true, true, true, false});
  made.add_texts("", {"low", "high", "medium", "never"});
  made.last_is_dictionary(true);
  made.rows(4);
  const RawTable table = made.read();
  EXPECT_EQ(table.columns[0].levels, (Names{"low", "high", "medium"}));
  EXPECT_EQ(texts_of(table.columns[0]), (Names{"high", "low", "medium", ""}));
}

TEST(ArrowStream, IntegersBeyondADoubleStayApartAsGroupsAndKeys) {
  constexpr std::uint64_t kBig = 18446744073709551609u;
  HandMade made;
  made.add<std::uint64_t>("id", "L", {kBig, kBig + 1, kBig + 1, 5}, {true, true, true, false});
  made.add<std::int64_t>("site", "l", {9007199254740993, 9007199254740992, -9007199254740993, 1});
  const std::int64_t digits[] = {9007199254740993, 0, 9007199254740992, 0, 9007199254740992, 0, 1, 0};
  made.add<std::int64_t>("code", "d:20,0", {digits, digits + 8}).length = 4;
  made.add<double>("x", "g", {1, 2, 3, 4});
  made.rows(4);
  const RawTable table = made.read();
  EXPECT_EQ(grouping(table.columns[0]).code, (std::vector<std::int32_t>{0, 1, 1, -1}));
  EXPECT_EQ(grouping(table.columns[0]).labels, (Names{"18446744073709551609", "18446744073709551610"}));
  EXPECT_EQ(grouping(table.columns[1]).labels,
            (Names{"-9007199254740993", "1", "9007199254740992", "9007199254740993"}));
  EXPECT_EQ(grouping(table.columns[2]).labels, (Names{"1", "9007199254740992", "9007199254740993"}));
  const RawTable keyed = made.read({.unit = "id", .text = {"code"}});
  EXPECT_EQ(texts_of(keyed.columns[0]),
            (Names{"18446744073709551609", "18446744073709551610", "18446744073709551610", ""}));
  EXPECT_EQ(texts_of(keyed.columns[2]), (Names{"9007199254740993", "9007199254740992", "9007199254740992", "1"}));
}

TEST(ArrowStream, LeavesOutWhatIsThereTwiceAndRefusesEmptyNames) {
  HandMade twice;
  for (const char* name : {"y", "x", "y"}) twice.add<double>(name, "g", {1});
  twice.rows(1);
  const RawTable table = twice.read();
  ASSERT_EQ(table.columns.size(), 1U);
  EXPECT_EQ(table.columns[0].name, "x");
  ASSERT_EQ(table.ledger.unread.size(), 2U);
  EXPECT_EQ(table.ledger.unread[0].second,
            "data.parquet: column 'y' is there twice or more; give every column a name of its own");
  HandMade unnamed;
  unnamed.add<double>("", "g", {1});
  EXPECT_EQ(message_of(unnamed, "arrow.empty_name"), "data.parquet has no name for column 1; every column needs one");
}

TEST(ArrowStream, RefusesNoRows) {
  HandMade made;
  made.add<double>("y", "g", {});
  EXPECT_EQ(message_of(made, "arrow.no_rows"), "data.parquet has no rows; there is nothing to fit");
}

TEST(ArrowModule, SaysWhereItLookedAndWhatToDo) {
  const ScratchFolder folder;
  put_bytes(folder / "data.parquet", "PAR1");
  ::setenv("HEADWATER_MODULES", folder.path().c_str(), 1);
  try {
    arrow_module("data.parquet");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "panel.no_arrow_module");
    const std::string& text = error.message();
    const std::string start =
        "reading 'data.parquet' needs the module headwater_arrow.so, which is not in " + folder.path().string();
    EXPECT_EQ(text.substr(0, start.size()), start);
    EXPECT_EQ(
        text.substr(text.find("; build")),
        "; build headwater with -DHEADWATER_PYARROW=PYTHON, a Python that has pyarrow, or name the module's folder in "
        "HEADWATER_MODULES, or save the data as CSV");
  }
  ::unsetenv("HEADWATER_MODULES");
}

}  // namespace
}  // namespace headwater
