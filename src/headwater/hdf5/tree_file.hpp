// A tree of labelled arrays as an HDF5 file, and back. Axes become dimension scales, so that xarray, R and Julia open
// the file with stock packages; the same tree gives the same bytes.
#pragma once

#include <cstdint>
#include <string>

#include "headwater/core/labelled.hpp"

namespace headwater {

// What kind of file it is: root attributes `format` and `format_version`.
struct TreeFormat {
  std::string name;          // "headwater.result"
  std::int64_t version = 1;  // versions above are refused
  std::string what;          // for messages: "result file"
  std::string how_to_make;   // for messages: "write it with `headwater run`"
};

// Writes the whole file or nothing. Adds the root attributes `format`, `format_version`, `content_sha256` and, last,
// `complete`. Throws Error{io, "io.cannot_write"}; Error{internal, "tree.invalid"} when a shape or axis does not fit.
void write_tree(const Tree& tree, const std::string& path, const TreeFormat& format);

// The file as bytes, for callers that keep it in memory.
std::string tree_file_bytes(const Tree& tree, const TreeFormat& format);

// Reads a file that may come from a stranger: links out of the file, external storage, virtual datasets, filters other
// than shuffle, deflate and fletcher32, and shapes that the stored bytes cannot fill are refused before anything is
// allocated. Throws Error{io, "io.cannot_read"} or Error{data, "hdf5.*"}.
Tree read_tree(const std::string& path, const TreeFormat& format);

// SHA-256 of names, attributes, labels, shapes and values in a canonical order; `content_sha256` and `complete` of the
// root are left out.
std::string content_sha256(const Tree& tree);

}  // namespace headwater
