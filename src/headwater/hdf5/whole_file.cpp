#include "headwater/hdf5/whole_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "headwater/core/error.hpp"

namespace headwater {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void cannot_write(const std::string& path, const std::string& why, const char* advice) {
  throw Error(ErrorKind::io, "io.cannot_write", "cannot write '" + path + "': " + why + "; " + advice, {.file = path});
}

const char* advice_for(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT: return "free some space or write to another disk";
    case EFBIG: return "raise the limit on file sizes (ulimit -f) or write to another disk";
    default: return "choose a folder you may write to";
  }
}

[[noreturn]] void failed(const std::string& path, int error) {
  cannot_write(path, std::strerror(error), advice_for(error));
}

// A file of a given size limit kills the process by signal unless that is blocked; write() then says EFBIG.
class BlockedSizeSignal {
 public:
  BlockedSizeSignal() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGXFSZ);
    pthread_sigmask(SIG_BLOCK, &set, &before_);
  }
  ~BlockedSizeSignal() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGXFSZ);
    const timespec at_once{};
    if (sigismember(&before_, SIGXFSZ) == 0) sigtimedwait(&set, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  BlockedSizeSignal(const BlockedSizeSignal&) = delete;
  BlockedSizeSignal& operator=(const BlockedSizeSignal&) = delete;

 private:
  sigset_t before_;
};

// The file a symbolic link stands for, so that the link stays.
fs::path target_of(const std::string& path) {
  std::error_code none;
  const fs::path real = fs::canonical(path, none);
  return none ? fs::path(path) : real;
}

void check_target(const std::string& path, const fs::path& target) {
  struct stat status {};
  if (::stat(target.c_str(), &status) != 0) return;
  if (S_ISDIR(status.st_mode)) cannot_write(path, "it is a directory", "give the path of a file");
  if (!S_ISREG(status.st_mode)) cannot_write(path, "it is not a regular file", "give the path of a file");
  if ((status.st_mode & 0222) == 0 || ::access(target.c_str(), W_OK) != 0)
    cannot_write(path, "the file is read-only", "make it writable or choose another name");
}

fs::path folder_of(const std::string& path, const fs::path& target) {
  fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem)
    cannot_write(path, "its folder cannot be made (" + problem.message() + ")", "choose a folder you may write to");
  return folder;
}

std::string temporary_name(const fs::path& target) {
  static std::atomic<unsigned> count{0};
  return target.string() + ".partial-" + std::to_string(::getpid()) + "-" + std::to_string(count++);
}

// A file that has no name until it is complete; where the file system has no such files, one with a temporary name.
class PartialFile {
 public:
  PartialFile(std::string path, const fs::path& target, const fs::path& folder)
      : path_(std::move(path)), temporary_(temporary_name(target)) {
    descriptor_ = ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    if (descriptor_ >= 0) return;
    descriptor_ = ::open(temporary_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    if (descriptor_ < 0) failed(path_, errno);
    named_ = true;
  }
  ~PartialFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (named_) ::unlink(temporary_.c_str());
  }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) failed(path_, errno);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fsync(descriptor_) != 0 && errno != EINVAL) failed(path_, errno);
  }

  void become(const fs::path& target) {
    if (!named_) {
      const std::string self = "/proc/self/fd/" + std::to_string(descriptor_);
      if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, temporary_.c_str(), AT_SYMLINK_FOLLOW) != 0) failed(path_, errno);
      named_ = true;
    }
    const int closed = ::close(descriptor_);
    descriptor_ = -1;
    if (closed != 0 && errno != EINTR) failed(path_, errno);
    if (::rename(temporary_.c_str(), target.c_str()) != 0) failed(path_, errno);
    named_ = false;
  }

 private:
  std::string path_;
  std::string temporary_;
  int descriptor_ = -1;
  bool named_ = false;
};

void sync_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;  // a folder that may be written but not listed
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

void write_whole_file(const std::string& path, std::string_view bytes) {
  if (path.empty()) cannot_write(path, "the path is empty", "give the path of a file");
  const BlockedSizeSignal blocked;
  const fs::path target = target_of(path);
  check_target(path, target);
  const fs::path folder = folder_of(path, target);
  PartialFile file(path, target, folder);
  file.write(bytes);
  file.become(target);
  sync_folder(folder);
}

}  // namespace headwater
