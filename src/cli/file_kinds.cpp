#include "file_kinds.hpp"

#include <algorithm>
#include <vector>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"

namespace headwater::cli {
namespace {

bool ends_in(const std::string& path, const std::vector<std::string>& endings) {
  const std::size_t dot = path.rfind('.');
  return dot != std::string::npos &&
         std::find(endings.begin(), endings.end(), lower(path.substr(dot))) != endings.end();
}

[[noreturn]] void other_kind(const std::string& path, const std::string& what, const std::string& way) {
  throw Error(ErrorKind::usage, "usage.kind", path + " is " + what + " by its name; " + way, {.file = path});
}

}  // namespace

bool is_data(const std::string& path) {
  return ends_in(path, {".csv", ".tsv", ".parquet", ".feather", ".arrow", ".h5", ".hdf5", ".xlsx", ".ods"});
}

void require_data(const std::string& command, const std::string& path) {
  const std::string takes = "headwater " + command + " takes a file of data and a formula";
  if (ends_in(path, {".cfg", ".ini", ".conf"}))
    other_kind(path, "a configuration", takes + ", so write headwater run " + path);
  if (ends_in(path, {".model"}))
    other_kind(path, "a model", takes + ", so name the model under [run] of a configuration and write headwater run");
}

void require_configuration(const std::string& path) {
  if (is_data(path))
    other_kind(path, "a file of data",
               "headwater run takes a configuration, which names it under [data]; one formula is fitted with headwater "
               "fit " +
                   path + " 'y ~ x'");
  if (ends_in(path, {".model"}))
    other_kind(path, "a model", "headwater run takes a configuration, which names it under [run] as model = " + path);
}

}  // namespace headwater::cli
