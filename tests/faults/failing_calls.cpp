// To be preloaded: call number HEADWATER_FAIL_CALL that a forked process makes to files, pipes and its own limits
// fails. At its end it writes how many there were into HEADWATER_COUNT_CALLS. The first process is let alone: strace is
// for that.
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace {

bool forked = false;
long calls = 0;

__attribute__((constructor)) void begin() {
  pthread_atfork(nullptr, nullptr, [] { forked = true; });
}

bool fails(int error) {
  if (!forked) return false;
  static const char* const text = std::getenv("HEADWATER_FAIL_CALL");
  if (++calls != (text ? std::atol(text) : 0)) return false;
  errno = error;
  return true;
}

template <class F>
F* real(const char* name) {
  return reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
}

void tell() {
  const char* path = std::getenv("HEADWATER_COUNT_CALLS");
  if (!path || !forked) return;
  forked = false;
  const int file = ::open(path, O_CREAT | O_WRONLY | O_TRUNC, 0666);
  char text[32];
  const int length = std::snprintf(text, sizeof text, "%ld\n", calls);
  if (file < 0 || ::write(file, text, static_cast<std::size_t>(length)) != length) std::abort();
  ::close(file);
}

}  // namespace

#define SEEN extern "C" __attribute__((visibility("default")))
#define FAILING(error, result, name, parameters, ...)                  \
  SEEN result name parameters {                                        \
    static auto* const next = real<result parameters>(#name);          \
    return fails(error) ? static_cast<result>(-1) : next(__VA_ARGS__); \
  }

FAILING(EIO, ssize_t, read, (int file, void* to, size_t size), file, to, size)
FAILING(EIO, ssize_t, pread, (int file, void* to, size_t size, off_t at), file, to, size, at)
FAILING(EIO, ssize_t, pread64, (int file, void* to, size_t size, off64_t at), file, to, size, at)
FAILING(ENOSPC, ssize_t, write, (int file, const void* from, size_t size), file, from, size)
FAILING(EIO, int, close, (int file), file)
FAILING(EIO, int, fstat, (int file, struct stat* to), file, to)
FAILING(EIO, int, fstat64, (int file, struct stat64* to), file, to)
FAILING(EINVAL, off_t, lseek, (int file, off_t by, int from), file, by, from)
FAILING(EINVAL, off64_t, lseek64, (int file, off64_t by, int from), file, by, from)
FAILING(EBUSY, int, dup2, (int from, int to), from, to)
FAILING(EPERM, int, setrlimit, (__rlimit_resource_t what, const struct rlimit* to), what, to)

namespace {

int opened(const char* name, const char* path, int flags, mode_t mode) {
  return fails(EMFILE) ? -1 : real<int(const char*, int, ...)>(name)(path, flags, mode);
}

mode_t mode_of(int flags, std::va_list more) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; }

}  // namespace

SEEN int open(const char* path, int flags, ...) {
  std::va_list more;
  va_start(more, flags);
  const mode_t mode = mode_of(flags, more);
  va_end(more);
  return opened("open", path, flags, mode);
}

SEEN int open64(const char* path, int flags, ...) {
  std::va_list more;
  va_start(more, flags);
  const mode_t mode = mode_of(flags, more);
  va_end(more);
  return opened("open64", path, flags, mode);
}

// So a child ends, without destructors.
SEEN void _exit(int code) {
  tell();
  ::syscall(SYS_exit_group, code);
  __builtin_unreachable();
}
