// Memory that runs out. Not everything that the command is made of withstands it: HDF5 follows null pointers, and where
// the copy of a std::variant throws, GCC's library destroys what was never made. So the command ends there, with a
// message; whatever it writes is whole or absent all the same. Only a large array that a file asks for throws, for the
// file's reader to say so. The linker sends C's allocations of the command and of what is linked into it here (--wrap).
#include <cstddef>
#include <new>

#include "ends.hpp"
#include "headwater/hdf5/handle.hpp"

// NOLINTBEGIN(bugprone-reserved-identifier): the linker chooses these names.
extern "C" {
void* __real_malloc(std::size_t size);
void* __real_calloc(std::size_t count, std::size_t size);
void* __real_realloc(void* old, std::size_t size);
char* __real_strdup(const char* text);
}

namespace headwater::cli {

namespace {

constexpr std::size_t kLargeArray = 1 << 20;  // bytes

template <class T>
T* unless_inside_hdf5(T* made, std::size_t size) {
  if (!made && size > 0 && hdf5::Session::is_open_here()) end_without_memory();
  return made;
}

}  // namespace
}  // namespace headwater::cli

extern "C" {

void* __wrap_malloc(std::size_t size) { return headwater::cli::unless_inside_hdf5(__real_malloc(size), size); }

void* __wrap_calloc(std::size_t count, std::size_t size) {
  return headwater::cli::unless_inside_hdf5(__real_calloc(count, size), count * size);
}

void* __wrap_realloc(void* old, std::size_t size) {
  return headwater::cli::unless_inside_hdf5(__real_realloc(old, size), size);
}

char* __wrap_strdup(const char* text) { return headwater::cli::unless_inside_hdf5(__real_strdup(text), 1); }
}

// NOLINTEND(bugprone-reserved-identifier)

// NOLINTNEXTLINE(misc-new-delete-overloads): what the library's delete frees
void* operator new(std::size_t size) {
  if (void* made = __real_malloc(size > 0 ? size : 1)) return made;  // NOLINT(bugprone-reserved-identifier)
  if (size < headwater::cli::kLargeArray || !headwater::hdf5::Session::is_open_here())
    headwater::cli::end_without_memory();
  throw std::bad_alloc();
}
