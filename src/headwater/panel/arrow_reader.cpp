#include <cerrno>
#include <filesystem>
#include <new>
#include <numeric>
#include <unordered_set>

#include "headwater/core/error.hpp"
#include "headwater/core/hash.hpp"
#include "headwater/core/text.hpp"
#include "headwater/panel/arrow_cells.hpp"
#include "headwater/panel/arrow_stream.hpp"
#include "headwater/panel/key_columns.hpp"
#include "headwater/panel/other_formats.hpp"

namespace headwater {
namespace {

using arrow_c::ArrowArray;
using arrow_c::ArrowArrayStream;
using arrow_c::ArrowSchema;
using arrow_c::Owned;

[[noreturn]] void data_error(const std::string& file, const std::string& code, const std::string& why) {
  throw Error(ErrorKind::data, "arrow." + code, file + " " + why, {.file = file});
}

// Want of memory is no fault of the file.
void require_memory(int outcome) {
  if (outcome == ENOMEM) throw std::bad_alloc();
}

void check_stream(ArrowArrayStream& stream, int outcome, const std::string& file) {
  if (outcome == 0) return;
  require_memory(outcome);
  const char* why = stream.get_last_error(&stream);
  data_error(file, "damaged", "cannot be read (" + std::string(why ? why : "no reason given") + "); write it again");
}

std::vector<ArrowCells> columns_of(const ArrowSchema& schema, const std::string& file) {
  if (std::string_view(schema.format) != "+s") data_error(file, "type", "is not a table of columns");
  std::vector<ArrowCells> columns;
  std::unordered_set<std::string> known, twice;
  for (std::int64_t j = 0; j < schema.n_children; ++j) {
    columns.emplace_back(*schema.children[j], file);
    const std::string& name = columns.back().name();
    if (name.empty())
      data_error(file, "empty_name", "has no name for column " + std::to_string(j + 1) + "; every column needs one");
    if (!known.insert(name).second) twice.insert(name);
  }
  for (ArrowCells& column : columns)
    if (twice.count(column.name()) > 0) column.refuse("is there twice or more; give every column a name of its own");
  return columns;
}

std::int64_t append_batch(std::vector<ArrowCells>& columns, const ArrowArray& batch, const std::string& file) {
  if (batch.n_children != static_cast<std::int64_t>(columns.size()))
    data_error(file, "damaged",
               "has a batch of " + std::to_string(batch.n_children) + " columns where " +
                   std::to_string(columns.size()) + " are declared; write it again");
  for (std::size_t j = 0; j < columns.size(); ++j) columns[j].append(*batch.children[j], batch.offset, batch.length);
  return batch.length;
}

}  // namespace

RawTable read_arrow_stream(ArrowArrayStream& stream, const std::string& file, const ReadOptions& options) {
  Owned<ArrowSchema> schema;
  check_stream(stream, stream.get_schema(&stream, &schema), file);
  std::vector<ArrowCells> columns = columns_of(schema, file);
  std::int64_t rows = 0;
  for (;;) {
    Owned<ArrowArray> batch;
    check_stream(stream, stream.get_next(&stream, &batch), file);
    if (!batch.release) break;
    rows += append_batch(columns, batch, file);
  }
  if (rows == 0) data_error(file, "no_rows", "has no rows; there is nothing to fit");
  RawTable table;
  table.ledger.file = file;
  table.ledger.rows_read = rows;
  table.source_rows.resize(static_cast<std::size_t>(rows));
  std::iota(table.source_rows.begin(), table.source_rows.end(), 1);
  for (ArrowCells& column : columns) {
    if (column.obstacle().empty()) {
      table.columns.push_back(
          column.finish(table.source_rows, must_be_text(options, column.name()), table.ledger.notes));
      continue;
    }
    table.ledger.unread.emplace_back(column.name(), column.obstacle());
    table.ledger.notes.push_back({"data.unread_column", column.obstacle() + ". The column is left out"});
  }
  if (table.columns.empty())
    throw Error(ErrorKind::data, "arrow.type", table.ledger.unread.front().second, {.file = file});
  return table;
}

RawTable read_arrow(const std::string& path, const ReadOptions& options) {
  std::error_code none;
  if (std::filesystem::is_directory(path, none))
    throw Error(ErrorKind::io, "io.cannot_read",
                "cannot read '" + path + "': it is a directory; give the path of a file", {.file = path});
  const std::string hash = sha256_of_file(path);
  require_arrow_signature(path);
  Owned<ArrowArrayStream> stream;
  char message[1024] = {};
  const int outcome = arrow_module(path)(path.c_str(), &stream, message, sizeof message);
  require_memory(outcome);
  if (outcome != 0)
    data_error(path, "damaged",
               "cannot be read as Parquet, Feather or Arrow (" + std::string(message) + "); write it again");
  RawTable table = read_arrow_stream(stream, path, options);
  table.ledger.sha256 = hash;
  return table;
}

}  // namespace headwater
