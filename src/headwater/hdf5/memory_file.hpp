// An HDF5 file that is made in memory: the library itself never writes to a disk, so that no failure leaves half a
// file.
#pragma once

#include <string>

#include "headwater/hdf5/handle.hpp"

namespace headwater::hdf5 {

// Identifiers of objects in the file must be closed before finish().
class MemoryFile {
 public:
  // `creation` is a file creation property list. Check valid().
  explicit MemoryFile(const Properties& creation);
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  bool valid() const { return file_.valid(); }
  hid_t get() const { return file_.get(); }
  // The bytes of the whole file; "" when the library could not close it. Throws std::bad_alloc.
  std::string finish();

 private:
  struct Kept {
    std::string bytes;
    bool no_memory = false;
  };
  Kept kept_;  // before file_: filled while it closes
  File file_;
};

}  // namespace headwater::hdf5
