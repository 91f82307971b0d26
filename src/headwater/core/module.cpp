#include "headwater/core/module.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"

namespace headwater {

namespace fs = std::filesystem;

std::vector<std::string> module_folders() {
  std::vector<std::string> folders;
  if (const char* named = std::getenv("HEADWATER_MODULES"); named && *named) folders.emplace_back(named);
  Dl_info library{};
  if (::dladdr(reinterpret_cast<const void*>(&module_folders), &library) != 0 && library.dli_fname)
    if (const fs::path file = library.dli_fname; file.has_parent_path()) folders.push_back(file.parent_path().string());
  std::error_code problem;
  const fs::path executable = fs::read_symlink("/proc/self/exe", problem);
  if (problem) return folders;
  fs::path here = executable.parent_path();
  folders.push_back(here.string());
  for (int out = 0; out < 3; ++out) {
    folders.push_back((here / "lib" / "headwater").string());
    here = here.parent_path();
  }
  return folders;
}

void* module_function(const std::string& file, const std::string& symbol, const std::string& need,
                      const std::string& remedy) {
  const std::vector<std::string> folders = module_folders();
  for (const std::string& folder : folders) {
    const fs::path path = fs::path(folder) / file;
    std::error_code none;
    if (!fs::exists(path, none)) continue;
    void* module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (void* function = module ? ::dlsym(module, symbol.c_str()) : nullptr) return function;
    const char* why = ::dlerror();
    throw Error(ErrorKind::io, "module.broken",
                need + " needs the module " + path.string() + ", which cannot be loaded (" +
                    (why ? why : "no reason given") + "); " + remedy,
                {.file = path.string()});
  }
  throw Error(ErrorKind::io, "module.absent",
              need + " needs the module " + file + ", which is not in " + joined(folders, ", ") + "; " + remedy +
                  " or name its folder in HEADWATER_MODULES",
              {.file = file});
}

}  // namespace headwater
