// Opens a Parquet, Feather or Arrow IPC file as a stream of record batches in Arrow's C interface. No exception and no
// C++ type crosses the boundary.
#include <arrow/api.h>
#include <arrow/c/bridge.h>
#include <arrow/io/file.h>
#include <arrow/ipc/reader.h>
#include <parquet/arrow/reader.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>

namespace {

using Reader = std::shared_ptr<arrow::RecordBatchReader>;

constexpr std::size_t kMagicBytes = 8;

arrow::Result<std::string> magic_of(arrow::io::RandomAccessFile& file) {
  ARROW_ASSIGN_OR_RAISE(const auto bytes, file.ReadAt(0, kMagicBytes));
  return bytes->ToString();
}

arrow::Result<Reader> whole_table(std::shared_ptr<arrow::Table> table) {
  auto batches = std::make_shared<arrow::TableBatchReader>(std::move(table));
  return batches;
}

arrow::Result<Reader> open_parquet(std::shared_ptr<arrow::io::RandomAccessFile> file) {
  ARROW_ASSIGN_OR_RAISE(auto reader, parquet::arrow::OpenFile(std::move(file), arrow::default_memory_pool()));
  ARROW_ASSIGN_OR_RAISE(auto table, reader->ReadTable());
  return whole_table(std::move(table));
}

// Feather of version 2 is Arrow's IPC file.
arrow::Result<Reader> open_feather(const std::shared_ptr<arrow::io::RandomAccessFile>& file) {
  ARROW_ASSIGN_OR_RAISE(auto reader, arrow::ipc::RecordBatchFileReader::Open(file));
  ARROW_ASSIGN_OR_RAISE(auto table, reader->ToTable());
  return whole_table(std::move(table));
}

arrow::Result<Reader> open_stream(const std::shared_ptr<arrow::io::RandomAccessFile>& file) {
  ARROW_ASSIGN_OR_RAISE(auto reader, arrow::ipc::RecordBatchStreamReader::Open(file));
  return reader;
}

// By what the file is, not by what it is called.
arrow::Result<Reader> open_any(const char* path) {
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::io::RandomAccessFile> file, arrow::io::ReadableFile::Open(path));
  ARROW_ASSIGN_OR_RAISE(const std::string magic, magic_of(*file));
  if (magic.starts_with("PAR1")) return open_parquet(std::move(file));
  if (magic.starts_with("ARROW1")) return open_feather(file);
  if (magic.starts_with("FEA1")) return arrow::Status::Invalid("it is Feather of version 1, which is no longer read");
  return open_stream(file);
}

arrow::Status export_file(const char* path, ArrowArrayStream* out) {
  ARROW_ASSIGN_OR_RAISE(Reader reader, open_any(path));
  return arrow::ExportRecordBatchReader(std::move(reader), out);
}

void say(const std::string& text, char* message, std::size_t size) {
  if (size == 0) return;
  const std::size_t length = std::min(text.size(), size - 1);
  std::memcpy(message, text.data(), length);
  message[length] = '\0';
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int headwater_arrow_read(const char* path, ArrowArrayStream* out,
                                                                           char* message, std::size_t message_size) {
  try {
    const arrow::Status status = export_file(path, out);
    if (status.ok()) return 0;
    say(status.message(), message, message_size);
    if (status.IsOutOfMemory()) return ENOMEM;
  } catch (const std::bad_alloc&) {
    return ENOMEM;
  } catch (const std::exception& error) {
    say(error.what(), message, message_size);
  }
  return EIO;
}
