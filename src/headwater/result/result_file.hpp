// One run, one file: the tree of SCHEMA.md as HDF5.
#pragma once

#include <string>

#include "headwater/core/labelled.hpp"

namespace headwater {

// Throws Error{io, "io.cannot_write"}, and Error{usage, "usage.same_file"} for the data that the result describes;
// after a failure the file is as it was before.
void write_result(const Tree& result, const std::string& path);

// Throws Error{io, "io.cannot_read"} or Error{data, "hdf5.*"} when the file is not one that write_result() wrote.
Tree read_result(const std::string& path);

}  // namespace headwater
