// What a file from a stranger may hold. Every check comes before the data it is about are read or memory is set aside.
#pragma once

#include <string>
#include <vector>

#include "headwater/hdf5/handle.hpp"

namespace headwater::hdf5 {

// "FILE: '/fits/m1/estimate' ...": where an object stands, for messages.
struct ObjectPath {
  std::string file;
  std::string path;
};

// Throws Error{data, "hdf5.CODE"}: FILE: 'PATH' WHY.
[[noreturn]] void refuse(const ObjectPath& at, const std::string& code, const std::string& why);

// Throws Error{io, "io.cannot_read"} with what the operating system says about the file.
[[noreturn]] void cannot_read(const std::string& path, int error);

// Size in bytes of a regular file that opens with an HDF5 superblock of version 2 or 3 and has its whole length. Throws
// Error{io, "io.cannot_read"} or Error{data, "hdf5.not_hdf5" | "hdf5.foreign" | "hdf5.truncated"}.
hsize_t check_file(const std::string& path);

// Refuses virtual datasets, external storage and filters other than shuffle, deflate and fletcher32.
void check_storage(hid_t dataset, const ObjectPath& at);

// The extents of the dataset, at most kMostDimensions of them, once the stored bytes could fill them.
std::vector<hsize_t> checked_extents(hid_t dataset, hsize_t file_bytes, const ObjectPath& at);

// How much memory the content of a file may take: a good deal whatever its size, beyond that in proportion to it. Zeros
// pack a thousandfold, results do not.
class MemoryBudget {
 public:
  explicit MemoryBudget(hsize_t file_bytes) : file_bytes_(file_bytes) {}
  // Throws Error{data, "hdf5.memory"} when `count` values of `bytes` each are more than is left.
  void take(hsize_t count, hsize_t bytes, const ObjectPath& at);

 private:
  hsize_t file_bytes_, taken_ = 0;
};

}  // namespace headwater::hdf5
