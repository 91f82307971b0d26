#include "headwater/hdf5/whole_file.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include "headwater/core/error.hpp"
#include "headwater/hdf5/held_signals.hpp"

namespace headwater {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPiece = 4 << 20;  // bytes written before a signal is asked for again
constexpr int kMostNames = 100;

[[noreturn]] void cannot_write(const std::string& path, const std::string& why, const char* advice) {
  throw Error(ErrorKind::io, "io.cannot_write", "cannot write '" + path + "': " + why + "; " + advice, {.file = path});
}

const char* advice_for(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT: return "free some space or write to another disk";
    case EFBIG: return "raise the limit on file sizes (ulimit -f) or write to another disk";
    case EINTR: return "run it again";
    case EIO: return "check the disk or write to another one";
    case ENOMEM:
    case EMFILE:
    case ENFILE: return "close other programs and try again";
    default: return "choose a folder you may write to";
  }
}

[[noreturn]] void failed(const std::string& path, int error) {
  cannot_write(path, std::strerror(error), advice_for(error));
}

// What lies at the place itself: a link is not followed.
void check_target(const std::string& path, const struct stat& status, bool writable) {
  if (S_ISLNK(status.st_mode))
    cannot_write(path, "it is a symbolic link", "give the path of the file itself, or remove the link");
  if (S_ISDIR(status.st_mode)) cannot_write(path, "it is a directory", "give the path of a file");
  if (!S_ISREG(status.st_mode)) cannot_write(path, "it is not a regular file", "give the path of a file");
  if ((status.st_mode & 0222) == 0 || !writable)
    cannot_write(path, "the file is read-only", "make it writable or choose another name");
}

fs::path folder_of(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  return folder.empty() ? fs::path(".") : folder;
}

std::string name_of(const std::string& path) {
  if (path.empty()) cannot_write(path, "the path is empty", "give the path of a file");
  std::string name = fs::path(path).filename().string();
  if (name.empty()) cannot_write(path, "it names a folder", "give the path of a file");
  return name;
}

void make_folder(const std::string& path) {
  std::error_code problem;
  fs::create_directories(folder_of(path), problem);
  if (problem)
    cannot_write(path, "its folder cannot be made (" + problem.message() + ")", "choose a folder you may write to");
}

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;

  int get() const { return value_; }
  bool valid() const { return value_ >= 0; }
  int close() { return ::close(std::exchange(value_, -1)); }

 private:
  int value_;
};

// The place of one file: its name in a folder that is held open, so that everything happens in one folder.
class FilePlace {
 public:
  explicit FilePlace(const std::string& path)
      : path_(path), name_(name_of(path)), folder_(::open(folder_of(path).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    if (!folder_.valid()) failed(path_, errno);
    struct stat status {};
    if (::fstatat(folder_.get(), name_.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return;
    check_target(path_, status, ::faccessat(folder_.get(), name_.c_str(), W_OK, AT_EACCESS) == 0);
    permissions_ = status.st_mode & 0777;
  }

  const std::string& path() const { return path_; }
  const std::string& name() const { return name_; }
  int folder() const { return folder_.get(); }
  const std::optional<mode_t>& permissions() const { return permissions_; }  // of the file that lies there

  void sync() const {
    const Descriptor listed(::openat(folder(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (listed.valid()) ::fsync(listed.get());  // else a folder that may be written but not listed
  }

 private:
  std::string path_, name_;
  Descriptor folder_;
  std::optional<mode_t> permissions_;
};

// A name beside the place that nobody can foresee.
std::string temporary_name(const FilePlace& place) {
  unsigned long long number = 0;
  if (::getrandom(&number, sizeof number, 0) != static_cast<ssize_t>(sizeof number)) failed(place.path(), errno);
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", number);
  // The name of a file has at most 255 bytes.
  return place.name().substr(0, 200) + ".partial-" + digits;
}

// Calls `make` with new names until one is free. Returns the name, or "" with errno set.
template <class Make>
std::string under_a_free_name(const FilePlace& place, const Make& make) {
  for (int i = 0; i < kMostNames; ++i) {
    std::string name = temporary_name(place);
    if (make(name.c_str())) return name;
    if (errno != EEXIST) return "";
  }
  return "";
}

void write_all(const FilePlace& place, int descriptor, std::string_view bytes, const StopSignalsWait* stops) {
  while (!bytes.empty()) {
    if (stops && stops->arrived()) failed(place.path(), EINTR);
    const ssize_t count = ::write(descriptor, bytes.data(), std::min(bytes.size(), kPiece));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) failed(place.path(), count < 0 ? errno : EIO);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  if (place.permissions() && ::fchmod(descriptor, *place.permissions()) != 0) failed(place.path(), errno);
  if (::fsync(descriptor) != 0 && errno != EINVAL) failed(place.path(), errno);
}

// Removes what it names unless that got its own name.
class TemporaryName {
 public:
  TemporaryName(const FilePlace& place, std::string name) : place_(place), name_(std::move(name)) {}
  ~TemporaryName() {
    if (!name_.empty()) ::unlinkat(place_.folder(), name_.c_str(), 0);
  }
  TemporaryName(const TemporaryName&) = delete;
  TemporaryName& operator=(const TemporaryName&) = delete;

  void become_the_file() {
    if (::renameat(place_.folder(), name_.c_str(), place_.folder(), place_.name().c_str()) != 0)
      failed(place_.path(), errno);
    name_.clear();
  }

 private:
  const FilePlace& place_;
  std::string name_;
};

// False where the file system or the machine has no files without names.
bool write_without_a_name(const FilePlace& place, std::string_view bytes) {
  const Descriptor file(::openat(place.folder(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666));
  if (!file.valid()) return false;
  write_all(place, file.get(), bytes, nullptr);
  const std::string self = "/proc/self/fd/" + std::to_string(file.get());
  const auto link = [&](const char* name) {
    return ::linkat(AT_FDCWD, self.c_str(), place.folder(), name, AT_SYMLINK_FOLLOW) == 0;
  };
  if (link(place.name().c_str())) return true;
  if (errno != EEXIST) return false;
  const StopSignalsWait stops;
  std::string name = under_a_free_name(place, link);
  if (name.empty()) return false;
  TemporaryName(place, std::move(name)).become_the_file();
  return true;
}

void write_under_a_name(const FilePlace& place, std::string_view bytes) {
  const StopSignalsWait stops;
  int made = -1;
  std::string name = under_a_free_name(place, [&](const char* free) {
    made = ::openat(place.folder(), free, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    return made >= 0;
  });
  if (name.empty()) failed(place.path(), errno);
  Descriptor file(made);
  TemporaryName temporary(place, std::move(name));
  write_all(place, file.get(), bytes, &stops);
  if (file.close() != 0 && errno != EINTR) failed(place.path(), errno);
  temporary.become_the_file();
}

}  // namespace

void write_whole_file(const std::string& path, std::string_view bytes) {
  const NoSizeSignal no_size_signal;
  static_cast<void>(name_of(path));
  make_folder(path);
  const FilePlace place(path);
  if (!write_without_a_name(place, bytes)) write_under_a_name(place, bytes);
  place.sync();
}

void check_place(const std::string& path) {
  std::error_code none;
  static_cast<void>(name_of(path));
  const fs::path folder = folder_of(path);
  if (!fs::exists(folder, none)) return;
  if (::access(folder.c_str(), W_OK) != 0) failed(path, errno);
  const FilePlace place(path);
}

}  // namespace headwater
