#include <dlfcn.h>

#include <filesystem>
#include <mutex>

#include "headwater/core/error.hpp"
#include "headwater/core/module.hpp"
#include "headwater/panel/arrow_stream.hpp"

namespace headwater {
namespace {

namespace fs = std::filesystem;

constexpr const char* kModule = "headwater_arrow.so";

[[noreturn]] void no_module(const std::string& file, const std::vector<std::string>& folders) {
  throw Error(ErrorKind::io, "panel.no_arrow_module",
              "reading '" + file + "' needs the module " + kModule + ", which is not in " + named_folders(folders) +
                  "; build headwater with -DHEADWATER_PYARROW=PYTHON, a Python that has pyarrow, or name the module's "
                  "folder in "
                  "HEADWATER_MODULES, or save the data as CSV",
              {.file = file});
}

arrow_c::ReadFunction opened(const std::string& path, const std::string& file) {
  void* module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  void* function = module ? ::dlsym(module, "headwater_arrow_read") : nullptr;
  if (!function) {
    const char* why = ::dlerror();
    throw Error(ErrorKind::io, "panel.arrow_module_broken",
                "reading '" + file + "' needs the module " + path + ", which cannot be loaded (" +
                    (why ? why : "no reason given") + "); build headwater again, or save the data as CSV",
                {.file = file});
  }
  return reinterpret_cast<arrow_c::ReadFunction>(function);
}

}  // namespace

arrow_c::ReadFunction arrow_module(const std::string& file) {
  static std::mutex mutex;
  static arrow_c::ReadFunction function = nullptr;
  const std::lock_guard<std::mutex> lock(mutex);
  if (function) return function;
  const std::vector<std::string> folders = module_folders();
  for (const std::string& folder : folders) {
    const fs::path candidate = fs::path(folder) / kModule;
    std::error_code none;
    if (fs::exists(candidate, none)) return function = opened(candidate.string(), file);
  }
  no_module(file, folders);
}

}  // namespace headwater
