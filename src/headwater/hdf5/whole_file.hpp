// The one door through which files are written: a reader finds the whole new file, or what was there before.
#pragma once

#include <string>
#include <string_view>

namespace headwater {

// Writes `bytes` into a file without a name in the folder of `path`, or, where the file system has no such files, into
// one with a name of its own; syncs, gives it its name in one step, syncs the folder. Folders that are missing are
// made; a file that is replaced leaves its permissions to the new one. After a failure `path` is as it was and no
// temporary file is left; a signal that stops the process waits until that is so. Throws Error{io, "io.cannot_write"}
// for what check_place() refuses and for a full disk.
void write_whole_file(const std::string& path, std::string_view bytes);

// Whether a file may go there, to be asked before work starts. Throws Error{io, "io.cannot_write"} for a directory,
// device, pipe or symbolic link, for a read-only file or folder.
void check_place(const std::string& path);

}  // namespace headwater
