// To be preloaded: allocation number HEADWATER_FAIL_ALLOCATION of the process fails; with HEADWATER_FAIL_ALL every
// later one does too. At its end the process writes how many there were into HEADWATER_COUNT_ALLOCATIONS. With
// HEADWATER_FAIL_CHILD all this is about the process that the first one forks, which counts anew.
#include <fcntl.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

std::atomic<long> allocations{0};
std::atomic<bool> meant{true};  // this process, not the other

long number(const char* name) {
  const char* text = std::getenv(name);
  return text ? std::atol(text) : 0;
}

bool fails() {
  static const long from = number("HEADWATER_FAIL_ALLOCATION");
  static const bool all = std::getenv("HEADWATER_FAIL_ALL") != nullptr;
  if (!meant) return false;
  const long now = ++allocations;
  if (from == 0 || now < from || (now > from && !all)) return false;
  errno = ENOMEM;
  return true;
}

void forked() {
  meant = !meant;
  allocations = 0;
}

__attribute__((constructor)) void choose() {
  meant = std::getenv("HEADWATER_FAIL_CHILD") == nullptr;
  pthread_atfork(nullptr, nullptr, forked);
}

__attribute__((destructor)) void tell() {
  const char* path = std::getenv("HEADWATER_COUNT_ALLOCATIONS");
  if (!path || !meant) return;
  const int file = ::open(path, O_CREAT | O_WRONLY | O_TRUNC, 0666);
  char text[32];
  const int length = std::snprintf(text, sizeof text, "%ld\n", allocations.load());
  if (file < 0 || ::write(file, text, static_cast<std::size_t>(length)) != length) std::abort();
  ::close(file);
}

}  // namespace

extern "C" {

// So a child ends, without destructors.
__attribute__((visibility("default"))) void _exit(int code) {
  tell();
  ::syscall(SYS_exit_group, code);
  __builtin_unreachable();
}

__attribute__((visibility("default"))) void* malloc(std::size_t size) {
  return fails() ? nullptr : __libc_malloc(size);
}

__attribute__((visibility("default"))) void* calloc(std::size_t count, std::size_t size) {
  return fails() ? nullptr : __libc_calloc(count, size);
}

__attribute__((visibility("default"))) void* realloc(void* old, std::size_t size) {
  return fails() ? nullptr : __libc_realloc(old, size);
}

__attribute__((visibility("default"))) void* memalign(std::size_t alignment, std::size_t size) {
  return fails() ? nullptr : __libc_memalign(alignment, size);
}

__attribute__((visibility("default"))) void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return memalign(alignment, size);
}

__attribute__((visibility("default"))) int posix_memalign(void** out, std::size_t alignment, std::size_t size) {
  void* made = memalign(alignment, size);
  if (!made) return ENOMEM;
  *out = made;
  return 0;
}
}
