#include "headwater/hdf5/memory_file.hpp"

#include <cstdint>
#include <cstdlib>
#include <new>

namespace headwater::hdf5 {
namespace {

constexpr std::size_t kGrowth = 1 << 20;
// The core driver first looks for a file of the name it is given; below a device there is none.
constexpr const char* kNameOfNoFile = "/dev/null/headwater";
constexpr std::size_t kEndOfFileAt = 28;  // superblock version 2 and 3

void* resize(void* bytes, std::size_t size, H5FD_file_image_op_t, void*) { return std::realloc(bytes, size); }

void* allocate(std::size_t size, H5FD_file_image_op_t, void*) { return std::malloc(size); }

std::size_t whole_size(const unsigned char* bytes) {
  std::uint64_t size = 0;
  for (std::size_t i = 8; i-- > 0;) size = size << 8 | bytes[kEndOfFileAt + i];
  return size;
}

// The last thing that happens to the buffer, after the superblock has got its final checksum. (H5Fget_file_image
// changes the superblock and leaves the checksum as it was.)
template <class Kept>
herr_t keep_and_release(void* bytes, H5FD_file_image_op_t operation, void* to) {
  Kept& kept = *static_cast<Kept*>(to);
  if (operation == H5FD_FILE_IMAGE_OP_FILE_CLOSE && bytes) try {
      kept.bytes.assign(static_cast<const char*>(bytes), whole_size(static_cast<unsigned char*>(bytes)));
    } catch (const std::bad_alloc&) {  // no exception may pass through the library
      kept.no_memory = true;
    }
  std::free(bytes);
  return 0;
}

void* same(void* pointer) { return pointer; }

herr_t nothing(void*) { return 0; }

}  // namespace

MemoryFile::MemoryFile(const Properties& creation) {
  const Properties access(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_fapl_core(access.get(), kGrowth, false);
  H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110);  // its metadata carry checksums
  H5FD_file_image_callbacks_t callbacks{allocate, nullptr, resize, keep_and_release<Kept>, same, nothing, &kept_};
  H5Pset_file_image_callbacks(access.get(), &callbacks);
  file_ = File(H5Fcreate(kNameOfNoFile, H5F_ACC_TRUNC, creation.get(), access.get()));
}

std::string MemoryFile::finish() {
  file_ = File();
  if (kept_.no_memory) throw std::bad_alloc();
  return std::move(kept_.bytes);
}

}  // namespace headwater::hdf5
