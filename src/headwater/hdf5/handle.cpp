#include "headwater/hdf5/handle.hpp"

namespace headwater::hdf5 {
namespace {

std::mutex& library_mutex() {
  static std::mutex mutex;
  return mutex;
}

herr_t keep_description(unsigned, const H5E_error2_t* error, void* text) {
  if (error->desc) *static_cast<std::string*>(text) = error->desc;
  return 0;
}

}  // namespace

Session::Session() : lock_(library_mutex()) {
  static const bool plugins_off = [] {
    H5dont_atexit();
    H5open();
    return H5PLset_loading_state(0) >= 0;  // HDF5_PLUGIN_PATH is ignored: a file must not choose the code that runs
  }();
  static_cast<void>(plugins_off);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  H5Eclear2(H5E_DEFAULT);
}

std::string reason() {
  std::string text;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, keep_description, &text);
  return text;
}

}  // namespace headwater::hdf5
