#include "headwater/hdf5/file_roles.hpp"

#include <sys/stat.h>

#include <filesystem>

#include "headwater/core/error.hpp"
#include "headwater/hdf5/whole_file.hpp"

namespace headwater {
namespace {

struct Identity {
  bool exists = false;
  dev_t device = 0;
  ino_t inode = 0;
  std::string place;  // of a file that does not exist

  friend bool operator==(const Identity&, const Identity&) = default;
};

Identity identity_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return {true, status.st_dev, status.st_ino, ""};
  std::error_code problem;
  std::filesystem::path real = std::filesystem::absolute(path, problem);
  if (!problem) real = std::filesystem::weakly_canonical(real, problem);
  return {false, 0, 0, problem ? path : real.string()};
}

struct KnownFile {
  const FileRole& is;
  Identity identity;
};

std::vector<KnownFile> known(const FileRoles& files) {
  std::vector<KnownFile> all;
  for (const FileRole& file : files)
    if (!file.path.empty()) all.push_back({file, identity_of(file.path)});
  return all;
}

[[noreturn]] void same_file(const FileRole& written, const FileRole& other, const char* consequence) {
  throw Error(ErrorKind::usage, "usage.same_file",
              "the " + written.role + " '" + written.path + "' is the same file as the " + other.role + " '" +
                  other.path + "', " + consequence,
              {.file = written.path});
}

}  // namespace

void check_distinct(const FileRoles& read, const FileRoles& written) {
  const std::vector<KnownFile> in = known(read), out = known(written);
  for (std::size_t i = 0; i < out.size(); ++i) {
    for (const KnownFile& input : in)
      if (out[i].identity == input.identity)
        same_file(out[i].is, input.is, "which is read and would be lost; write to another path");
    for (std::size_t j = 0; j < i; ++j)
      if (out[i].identity == out[j].identity)
        same_file(out[i].is, out[j].is, "and one would replace the other; give each a path of its own");
  }
}

void check_files(const FileRoles& read, const FileRoles& written) {
  check_distinct(read, written);
  for (const FileRole& file : written)
    if (!file.path.empty()) check_place(file.path);
}

}  // namespace headwater
