#include "headwater/core/module.hpp"

#include <dlfcn.h>
#include <link.h>

#include <cstdlib>
#include <filesystem>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"

namespace headwater {

namespace {

namespace fs = std::filesystem;

// The shared library that this code is part of; "" in a program.
fs::path own_library() {
  Dl_info about{};
  link_map* map = nullptr;
  const int found = ::dladdr1(reinterpret_cast<const void*>(&module_folders), &about, reinterpret_cast<void**>(&map),
                              RTLD_DL_LINKMAP);
  return found != 0 && map && map->l_name ? fs::path(map->l_name) : fs::path();
}

bool lies_in(const fs::path& file, const fs::path& folder) {
  const auto relative = file.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

// A program that is installed lies in PREFIX/bin and its modules in PREFIX/lib/headwater; one of the build tree has
// them there. Elsewhere there is none: a folder above or beside could be anybody's.
fs::path modules_of_program(const fs::path& program) {
  const fs::path folder = program.parent_path();
  if (folder.filename() == "bin") return folder.parent_path() / "lib" / "headwater";
  return lies_in(program, HEADWATER_BUILD_FOLDER) ? fs::path(HEADWATER_BUILD_FOLDER) / "lib" / "headwater" : fs::path();
}

}  // namespace

std::vector<std::string> module_folders() {
  std::vector<std::string> folders;
  if (const char* named = ::secure_getenv("HEADWATER_MODULES"); named && *named) {
    if (*named != '/')
      throw Error(ErrorKind::usage, "module.folder",
                  std::string("HEADWATER_MODULES is '") + named +
                      "'; it must be an absolute path, or code would be taken from where the command stands");
    folders.emplace_back(named);
  }
  if (const fs::path library = own_library(); !library.empty()) {
    if (library.is_absolute()) folders.push_back(library.parent_path().string());
    return folders;
  }
  std::error_code problem;
  const fs::path program = fs::read_symlink("/proc/self/exe", problem);
  if (problem) return folders;
  if (const fs::path modules = modules_of_program(program); !modules.empty()) folders.push_back(modules.string());
  return folders;
}

std::string named_folders(const std::vector<std::string>& folders) {
  return folders.empty() ? "PREFIX/lib/headwater, because the program is not in PREFIX/bin" : joined(folders, ", ");
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
              need + " needs the module " + file + ", which is not in " + named_folders(folders) + "; " + remedy +
                  " or name its folder in HEADWATER_MODULES",
              {.file = file});
}

}  // namespace headwater
