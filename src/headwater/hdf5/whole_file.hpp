// Complete-or-absent files: a reader finds the whole new file, or what was there before.
#pragma once

#include <string>
#include <string_view>

namespace headwater {

// Writes `bytes` beside `path` without a name or under a temporary one, syncs, renames, syncs the folder. Folders that
// are missing are made. After a failure `path` is as it was and no temporary file is left. Throws Error{io,
// "io.cannot_write"} for a directory or device, a read-only file or folder, a full disk.
void write_whole_file(const std::string& path, std::string_view bytes);

}  // namespace headwater
