#include "headwater/hdf5/inspection.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"

namespace headwater::hdf5 {
namespace {

constexpr int kMostDimensions = 8;
constexpr hsize_t kMostDeflate = 1040;  // deflate packs at most 1032 bytes into one
constexpr hsize_t kMostBytes = hsize_t{1} << 40;
constexpr hsize_t kFreeMemory = hsize_t{128} << 20;
constexpr hsize_t kMemoryByByte = 256;

[[noreturn]] void unreadable(const std::string& path, const std::string& why, const char* advice) {
  throw Error(ErrorKind::io, "io.cannot_read", "cannot read '" + path + "': " + why + "; " + advice, {.file = path});
}

std::string first_bytes(const std::string& path, std::size_t count) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) cannot_read(path, errno);
  std::string bytes(count, '\0');
  const ssize_t got = ::pread(file, bytes.data(), count, 0);
  const int error = errno;
  ::close(file);
  if (got < 0) cannot_read(path, error);
  bytes.resize(static_cast<std::size_t>(got));
  return bytes;
}

std::uint64_t little_endian(const std::string& bytes, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 8; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

bool allowed(H5Z_filter_t filter) {
  return filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE || filter == H5Z_FILTER_FLETCHER32;
}

// A chunk is unpacked as a whole, so it may not be larger than what it is a part of.
void check_chunk(hid_t dataset, const std::vector<hsize_t>& extents, const ObjectPath& at) {
  const Properties properties(H5Dget_create_plist(dataset));
  if (H5Pget_layout(properties.get()) != H5D_CHUNKED) return;
  std::vector<hsize_t> chunk(extents.size());
  const int rank = H5Pget_chunk(properties.get(), static_cast<int>(chunk.size()), chunk.data());
  bool fits = rank == static_cast<int>(extents.size());
  for (std::size_t d = 0; fits && d < chunk.size(); ++d) fits = chunk[d] <= std::max<hsize_t>(extents[d], 1);
  if (!fits)
    refuse(at, "shape", "is stored in chunks larger than itself; the file is damaged or made to exhaust memory");
}

// Of files, memory or processes.
bool is_want(int error) { return error == EMFILE || error == ENFILE || error == ENOMEM || error == EAGAIN; }

}  // namespace

void cannot_read(const std::string& path, int error) {
  unreadable(path, std::strerror(error),
             error == EIO     ? "check the disk"
             : is_want(error) ? "close other programs and try again"
                              : "check the path and its permissions");
}

void refuse(const ObjectPath& at, const std::string& code, const std::string& why) {
  throw Error(ErrorKind::data, "hdf5." + code, at.file + ": '" + at.path + "' " + why,
              {.file = at.file, .key = at.path});
}

hsize_t check_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) cannot_read(path, errno);
  if (S_ISDIR(status.st_mode)) unreadable(path, "it is a directory", "give the path of a file");
  if (!S_ISREG(status.st_mode))
    unreadable(path, "it is not a regular file (a pipe or a device)", "save it to a file first");
  const std::string head = first_bytes(path, 48);
  static const std::string signature("\x89HDF\r\n\x1a\n", 8);
  if (head.substr(0, 8) != signature.substr(0, std::min<std::size_t>(8, head.size())) || head.empty())
    throw Error(ErrorKind::data, "hdf5.not_hdf5", path + " is not an HDF5 file; give a file that headwater has written",
                {.file = path});
  const auto size = static_cast<hsize_t>(status.st_size);
  const bool modern = head.size() < 48 || ((head[8] == 2 || head[8] == 3) && head[9] == 8 && head[10] == 8);
  if (!modern)
    throw Error(ErrorKind::data, "hdf5.foreign",
                path + " is an HDF5 file of another program (superblock version " + std::to_string(head[8]) +
                    "); give a file that headwater has written",
                {.file = path});
  const std::uint64_t whole = head.size() < 48 ? 48 : little_endian(head, 28);
  if (size < whole)
    throw Error(ErrorKind::data, "hdf5.truncated",
                path + " is cut off: it has " + thousands(static_cast<long long>(size)) + " of " +
                    (head.size() < 48 ? std::string("its") : thousands(static_cast<long long>(whole))) +
                    " bytes; copy it again or write it again",
                {.file = path});
  return size;
}

void check_storage(hid_t dataset, const ObjectPath& at) {
  const Properties properties(H5Dget_create_plist(dataset));
  if (!properties.valid())
    refuse(at, "damaged", "cannot be read (" + reason() + "); the file is damaged, write it again");
  const H5D_layout_t layout = H5Pget_layout(properties.get());
  if (layout == H5D_VIRTUAL)
    refuse(at, "virtual_dataset", "takes its values from other files (a virtual dataset), which is refused");
  if (H5Pget_external_count(properties.get()) != 0)
    refuse(at, "external_storage", "takes its values from another file (external storage), which is refused");
  const int filters = H5Pget_nfilters(properties.get());
  for (int i = 0; i < filters; ++i) {
    unsigned flags = 0, configuration = 0;
    std::size_t count = 0;
    const H5Z_filter_t filter =
        H5Pget_filter2(properties.get(), static_cast<unsigned>(i), &flags, &count, nullptr, 0, nullptr, &configuration);
    if (!allowed(filter))
      refuse(at, "filter",
             "is packed with filter " + std::to_string(filter) +
                 ", which headwater does not use; only shuffle, deflate and fletcher32 are read");
  }
}

std::vector<hsize_t> checked_extents(hid_t dataset, hsize_t file_bytes, const ObjectPath& at) {
  const Space space(H5Dget_space(dataset));
  const Type type(H5Dget_type(dataset));
  const int rank = H5Sget_simple_extent_ndims(space.get());
  if (rank < 0) refuse(at, "rank", "has no shape; a dataset of headwater has one");
  if (rank > kMostDimensions)
    refuse(at, "rank",
           "has " + counted(rank, "dimension") + "; at most " + std::to_string(kMostDimensions) + " are read");
  std::vector<hsize_t> extents(static_cast<std::size_t>(rank));
  H5Sget_simple_extent_dims(space.get(), extents.data(), nullptr);
  const hsize_t stored = std::min<hsize_t>(H5Dget_storage_size(dataset), file_bytes);
  hsize_t bytes = std::max<hsize_t>(H5Tget_size(type.get()), 1);
  bool too_many = bytes > kMostBytes;
  for (const hsize_t extent : extents) {
    too_many = too_many || (extent > 0 && bytes > kMostBytes / extent);
    if (!too_many) bytes *= extent;
  }
  if (too_many || bytes > stored * kMostDeflate)
    refuse(at, "shape",
           "declares " +
               (too_many ? std::string("more than a tebibyte") : thousands(static_cast<long long>(bytes)) + " bytes") +
               " of values and stores " + thousands(static_cast<long long>(stored)) +
               ", which cannot hold them; the file is damaged or made to exhaust memory");
  check_chunk(dataset, extents, at);
  return extents;
}

void MemoryBudget::take(hsize_t count, hsize_t bytes, const ObjectPath& at) {
  taken_ += count * bytes;
  if (taken_ <= std::max(kFreeMemory, file_bytes_ * kMemoryByByte)) return;
  refuse(at, "memory",
         "and what stands before it would take " + thousands(static_cast<long long>(taken_)) +
             " bytes of memory, from a file of " + thousands(static_cast<long long>(file_bytes_)) +
             "; no result packs so well, so the file is made to exhaust memory");
}

}  // namespace headwater::hdf5
