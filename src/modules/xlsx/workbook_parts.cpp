#include "modules/xlsx/workbook_parts.hpp"

#include <xlsxwriter.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <new>
#include <string>

namespace {

struct Kept {
  int asked = 0;
  bool lost = false;
};
thread_local Kept kept;

struct Part {
  std::string bytes;
  std::size_t at = 0;
};

ssize_t read_part(void* cookie, char* to, std::size_t size) {
  Part& part = *static_cast<Part*>(cookie);
  const std::size_t count = part.at < part.bytes.size() ? std::min(size, part.bytes.size() - part.at) : 0;
  std::memcpy(to, part.bytes.data() + part.at, count);
  part.at += count;
  return static_cast<ssize_t>(count);
}

ssize_t write_part(void* cookie, const char* from, std::size_t size) {
  Part& part = *static_cast<Part*>(cookie);
  try {
    if (part.bytes.size() < part.at + size) part.bytes.resize(part.at + size);
  } catch (const std::bad_alloc&) {
    kept.lost = true;
    return 0;
  }
  std::memcpy(part.bytes.data() + part.at, from, size);
  part.at += size;
  return static_cast<ssize_t>(size);
}

int seek_part(void* cookie, off64_t* offset, int whence) {
  Part& part = *static_cast<Part*>(cookie);
  const auto size = static_cast<off64_t>(part.bytes.size()), at = static_cast<off64_t>(part.at);
  const off64_t to = *offset + (whence == SEEK_CUR ? at : whence == SEEK_END ? size : 0);
  if (to < 0) return -1;
  part.at = static_cast<std::size_t>(to);
  *offset = to;
  return 0;
}

int close_part(void* cookie) {
  delete static_cast<Part*>(cookie);
  return 0;
}

}  // namespace

// Takes the place of the library's own function of this name: a module's symbols come before those of what it needs.
extern "C" __attribute__((visibility("default"))) FILE* lxw_tmpfile(char*) {
  ++kept.asked;
  auto* part = new (std::nothrow) Part;
  FILE* file = part ? ::fopencookie(part, "w+", {read_part, write_part, seek_part, close_part}) : nullptr;
  if (!file) {
    delete part;
    kept.lost = true;
  }
  return file;
}

namespace headwater {

WorkbookParts::WorkbookParts() { kept = {}; }
WorkbookParts::~WorkbookParts() { kept = {}; }
bool WorkbookParts::whole() const { return kept.asked > 0 && !kept.lost; }

}  // namespace headwater
