// The Arrow C data and stream interfaces (arrow.apache.org/docs/format/CDataInterface.html): a stable binary interface,
// so that nothing here needs Arrow's own headers or libraries.
#pragma once

#include <cstddef>
#include <cstdint>

namespace headwater::arrow_c {

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  std::int64_t flags;
  std::int64_t n_children;
  ArrowSchema** children;
  ArrowSchema* dictionary;
  void (*release)(ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  std::int64_t length;
  std::int64_t null_count;
  std::int64_t offset;
  std::int64_t n_buffers;
  std::int64_t n_children;
  const void** buffers;
  ArrowArray** children;
  ArrowArray* dictionary;
  void (*release)(ArrowArray*);
  void* private_data;
};

struct ArrowArrayStream {
  int (*get_schema)(ArrowArrayStream*, ArrowSchema* out);
  int (*get_next)(ArrowArrayStream*, ArrowArray* out);
  const char* (*get_last_error)(ArrowArrayStream*);
  void (*release)(ArrowArrayStream*);
  void* private_data;
};

// Releases what a producer has handed over.
template <class T>
struct Owned : T {
  Owned() : T{} {}
  ~Owned() {
    if (T::release) T::release(this);
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
};

// What the module headwater_arrow.so exports as `headwater_arrow_read`. Opens a Parquet, Feather or Arrow IPC file as a
// stream of record batches; returns 0, or an errno code with a sentence in `message`.
using ReadFunction = int (*)(const char* path, ArrowArrayStream* out, char* message, std::size_t message_size);

}  // namespace headwater::arrow_c
