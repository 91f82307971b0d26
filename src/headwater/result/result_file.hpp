// One run, one file: the tree of SCHEMA.md as HDF5.
#pragma once

#include <string>

#include "headwater/core/labelled.hpp"

namespace headwater {

// Throws Error{io, "io.cannot_write"}, Error{usage, "usage.same_file"} for the data that the result describes, and
// Error{internal, "result.schema"} when the schema lacks an item; after a failure the file is as it was before.
void write_result(const Tree& result, const std::string& path);

// Throws Error{io, "io.cannot_read"} or Error{data, "hdf5.*" | "result.schema"} when the file is not one that
// write_result() wrote.
Tree read_result(const std::string& path);

// Throws Error{data, "result.schema"} when a tree read from `path` departs from the schema.
void check_result(const Tree& result, const std::string& path);

}  // namespace headwater
