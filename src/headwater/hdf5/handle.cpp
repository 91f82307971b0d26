#include "headwater/hdf5/handle.hpp"

#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

namespace headwater::hdf5 {
namespace {

thread_local Session* open_here = nullptr;

std::mutex& library_mutex() {
  static std::mutex mutex;
  return mutex;
}

herr_t keep_description(unsigned, const H5E_error2_t* error, void* description) {
  if (error->desc) *static_cast<const char**>(description) = error->desc;
  return 0;
}

// The library's own reports of what the operating system answered say "errno = 5".
int system_error_in(const char* description) {
  constexpr std::string_view kMark = "errno = ";
  const char* at = description ? std::strstr(description, kMark.data()) : nullptr;
  return at ? std::atoi(at + kMark.size()) : 0;
}

herr_t look_for_machine(unsigned, const H5E_error2_t* error, void* found) {
  auto& machine = *static_cast<Session::Machine*>(found);
  if (error->maj_num == H5E_RESOURCE || error->min_num == H5E_NOSPACE) machine.no_memory = true;
  if (const int code = system_error_in(error->desc); code != 0) machine.system_error = code;
  return 0;
}

// Called by the library whenever one of its functions fails.
herr_t keep_what_the_machine_refused(hid_t stack, void* found) {
  return H5Ewalk2(stack, H5E_WALK_DOWNWARD, look_for_machine, found);
}

void open_library() {
  H5dont_atexit();
  if (H5open() < 0) throw std::bad_alloc();  // it does nothing but make its tables
  H5PLset_loading_state(0);                  // HDF5_PLUGIN_PATH is ignored: a file must not choose the code that runs
}

}  // namespace

Session::Session() : lock_(library_mutex()) {
  open_here = this;
  static const bool opened = (open_library(), true);
  static_cast<void>(opened);
  H5Eset_auto2(H5E_DEFAULT, keep_what_the_machine_refused, &machine_);
  H5Eclear2(H5E_DEFAULT);
}

Session::~Session() {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  open_here = nullptr;
}

bool Session::is_open_here() { return open_here != nullptr; }

std::string reason() {
  const char* innermost = "";
  // Not every function of the library calls what is set for failures.
  if (open_here) H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, look_for_machine, &open_here->machine_);
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, keep_description, &innermost);
  return innermost;
}

}  // namespace headwater::hdf5
