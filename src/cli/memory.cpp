// Memory that runs out inside HDF5. The library does not withstand that everywhere (it follows null pointers), so the
// command ends there, with a message; whatever it writes is whole or absent all the same. An allocation of C++ that
// fails throws as ever. The linker sends C's allocations of the command and of what is linked into it here (--wrap).
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

// Without a detour, so that it throws inside HDF5's sessions too.
void* operator new(std::size_t size) {
  while (true) {
    if (void* made = __real_malloc(size > 0 ? size : 1)) return made;  // NOLINT(bugprone-reserved-identifier)
    const std::new_handler handler = std::get_new_handler();
    if (!handler) throw std::bad_alloc();
    handler();
  }
}
