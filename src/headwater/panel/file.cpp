#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "headwater/core/error.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

[[noreturn]] void cannot_read(const std::string& path, const std::string& why, const char* advice) {
  throw Error(ErrorKind::io, "io.cannot_read", "cannot read '" + path + "': " + why + "; " + advice, {.file = path});
}

class Descriptor {
 public:
  explicit Descriptor(const std::string& path) : value_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (value_ < 0) cannot_read(path, std::strerror(errno), "check the path and its permissions");
  }
  ~Descriptor() { ::close(value_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }

 private:
  int value_;
};

struct stat status_of(const Descriptor& file, const std::string& path) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) cannot_read(path, std::strerror(errno), "check the path and its permissions");
  return status;
}

bool same_content(const struct stat& a, const struct stat& b) {
  return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

constexpr std::size_t kPiece = 1 << 16;

}  // namespace

std::string read_standard_input() {
  std::string bytes, piece(kPiece, '\0');
  while (true) {
    const ssize_t count = ::read(STDIN_FILENO, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) cannot_read("standard input", std::strerror(errno), "give the path of a file");
    if (count == 0) return bytes;
    bytes.append(piece, 0, static_cast<std::size_t>(count));
  }
}

std::string read_file(const std::string& path) {
  const Descriptor file(path);
  const struct stat before = status_of(file, path);
  if (S_ISDIR(before.st_mode)) cannot_read(path, "it is a directory", "give the path of a file");
  if (!S_ISREG(before.st_mode))
    cannot_read(path, "it is not a regular file (a pipe or a device)", "save it to a file first");
  std::string bytes(static_cast<std::size_t>(before.st_size), '\0');
  std::size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t count = ::read(file.get(), bytes.data() + got, bytes.size() - got);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) cannot_read(path, std::strerror(errno), "check the disk");
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  if (got != bytes.size() || !same_content(before, status_of(file, path)))
    cannot_read(path, "it changed while it was read", "wait until the other program has written it, then run again");
  return bytes;
}

}  // namespace headwater
