// HDF5 has faults behind its checksums: metadata that is changed and has its checksum made right again can make the
// library follow wild pointers or go round for ever; libraries for zip and XML have had theirs. So a child process does
// the reading and sends what it read through a pipe; what becomes of the child is at worst a message. A reader of our
// own for what headwater writes of HDF5 would keep out more, but it is ten times as much code and would have to follow
// the library from version to version.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "headwater/core/labelled.hpp"

namespace headwater::hdf5 {

// What a file is read as, for messages, and where the codes of its errors stand.
struct ReadAs {
  std::string what = "HDF5", codes = "hdf5";
};

// What `read` makes in a process apart, of a file of so many bytes. Its Error and std::bad_alloc are thrown here; a
// child that ends by a signal or takes longer than the file warrants is Error{data, "CODES.damaged" | "CODES.endless"}.
// Called without a Session; the child has one.
Tree read_apart(const std::string& path, std::uint64_t file_bytes, const ReadAs& as, const std::function<Tree()>& read);

}  // namespace headwater::hdf5
