// What a command reads and what it writes, so that none destroys what it reads.
#pragma once

#include <string>
#include <vector>

namespace headwater {

struct FileRole {
  std::string role;  // "data file"
  std::string path;  // "": there is none
};

using FileRoles = std::vector<FileRole>;

// To be asked before work starts. Files are the same by device and inode, whatever links and spellings lead to them;
// one that does not exist yet is known by its folder and name. Throws Error{usage, "usage.same_file"} when a file that
// is written is one that is read, or two that are written are one.
void check_distinct(const FileRoles& read, const FileRoles& written);

// check_distinct(), and check_place() of every file that is written.
void check_files(const FileRoles& read, const FileRoles& written);

}  // namespace headwater
