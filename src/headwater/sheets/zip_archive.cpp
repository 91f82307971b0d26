#include "headwater/sheets/zip_archive.hpp"

#include <minizip/unzip.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/sheets/workbook.hpp"

namespace headwater {

// The bytes as minizip reads a file.
struct BytesAsFile {
  std::string_view bytes;
  std::uint64_t at = 0;
};

namespace {

constexpr std::size_t kZipPiece = 1 << 16;
constexpr unsigned long kEncrypted = 1;  // bit 0 of a member's flags

BytesAsFile& stream_of(void* stream) { return *static_cast<BytesAsFile*>(stream); }

void* open_bytes(void* opaque, const void*, int) { return opaque; }

uLong read_bytes(void*, void* stream, void* to, uLong size) {
  BytesAsFile& from = stream_of(stream);
  const std::uint64_t left = from.at < from.bytes.size() ? from.bytes.size() - from.at : 0;
  const std::uint64_t count = std::min<std::uint64_t>(size, left);
  if (count > 0) std::memcpy(to, from.bytes.data() + from.at, count);
  from.at += count;
  return static_cast<uLong>(count);
}

uLong write_nothing(void*, void*, const void*, uLong) { return 0; }
ZPOS64_T tell_bytes(void*, void* stream) { return stream_of(stream).at; }

long seek_bytes(void*, void* stream, ZPOS64_T offset, int origin) {
  BytesAsFile& from = stream_of(stream);
  const std::uint64_t base = origin == ZLIB_FILEFUNC_SEEK_SET   ? 0
                             : origin == ZLIB_FILEFUNC_SEEK_CUR ? from.at
                                                                : from.bytes.size();
  if (offset > from.bytes.size() || base > from.bytes.size() - offset) return -1;
  from.at = base + offset;
  return 0;
}

int close_bytes(void*, void*) { return 0; }
int no_error(void*, void*) { return 0; }

}  // namespace

struct ZipArchive::Open {
  BytesAsFile bytes;
  unzFile zip = nullptr;
};

void ZipArchive::refuse(const std::string& code, const std::string& why) const {
  throw Error(ErrorKind::data, "sheet." + code, file_ + " " + why, {.file = file_});
}

ZipArchive::ZipArchive(std::string file, std::string_view bytes)
    : file_(std::move(file)), open_(std::make_unique<Open>()) {
  open_->bytes.bytes = bytes;
  zlib_filefunc64_def functions{open_bytes, read_bytes,  write_nothing, tell_bytes,
                                seek_bytes, close_bytes, no_error,      &open_->bytes};
  open_->zip = unzOpen2_64(file_.c_str(), &functions);
  if (!open_->zip)
    refuse("zip",
           "cannot be unpacked: it is no zip archive, which a spreadsheet is; it was cut short or damaged, or "
           "another kind of file was given its name");
}

ZipArchive::~ZipArchive() {
  if (open_->zip) unzClose(open_->zip);
}

bool ZipArchive::holds(const std::string& member) { return unzLocateFile(open_->zip, member.c_str(), 1) == UNZ_OK; }

void ZipArchive::read(const std::string& member, const std::function<void(std::string_view)>& take) {
  const std::string named = "its part '" + shortened(member, 60) + "'";
  if (!holds(member)) refuse("zip", "is no whole spreadsheet: " + named + " is missing; save it again");
  unz_file_info64 about{};
  unzGetCurrentFileInfo64(open_->zip, &about, nullptr, 0, nullptr, 0, nullptr, 0);
  if ((about.flag & kEncrypted) != 0) refuse("encrypted", "is protected by a password; save it without one");
  if (unzOpenCurrentFile(open_->zip) != UNZ_OK)
    refuse("zip", "cannot be unpacked: " + named + " is damaged; fetch or save the file again");
  std::vector<char> piece(kZipPiece);
  int count = 0;
  while ((count = unzReadCurrentFile(open_->zip, piece.data(), kZipPiece)) > 0) {
    inflated_ += static_cast<std::uint64_t>(count);
    if (inflated_ > kMostInflated)
      refuse("too_large", "unpacks to more than 1 GiB, which no published table needs; save the sheet as CSV");
    take({piece.data(), static_cast<std::size_t>(count)});
  }
  if (count < 0 || unzCloseCurrentFile(open_->zip) != UNZ_OK)
    refuse("zip", "cannot be unpacked: " + named + " is damaged; fetch or save the file again");
}

}  // namespace headwater
