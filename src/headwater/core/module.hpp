// Modules opened at run time, so that a command that needs none does not pay for loading them.
#pragma once

#include <string>
#include <vector>

namespace headwater {

// Where modules are looked for, absolute paths all: $HEADWATER_MODULES; the folder of the shared library this is linked
// into (the Python package), or PREFIX/lib/headwater of a program in PREFIX/bin, or the build tree's of a program in
// it. Throws Error{usage, "module.folder"} when $HEADWATER_MODULES is no absolute path.
std::vector<std::string> module_folders();
// The same for a message.
std::string named_folders(const std::vector<std::string>& folders);

// The function `symbol` of the module `file` ("headwater_ceres.so"). Throws Error{io, "module.absent" |
// "module.broken"}; `need` says who needs it ("the estimator frontier"), `remedy` what to do about it.
void* module_function(const std::string& file, const std::string& symbol, const std::string& need,
                      const std::string& remedy);

}  // namespace headwater
