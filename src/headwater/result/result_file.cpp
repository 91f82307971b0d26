#include "headwater/result/result_file.hpp"

#include "headwater/hdf5/file_roles.hpp"
#include "headwater/hdf5/tree_file.hpp"

namespace headwater {
namespace {

const TreeFormat& result_format() {
  static const TreeFormat format{"headwater.result", 1, "result file", "give one that `headwater run` has written"};
  return format;
}

}  // namespace

void write_result(const Tree& result, const std::string& path) {
  if (const Tree* data = result.find_child("data"))
    check_distinct({{"data file", text_attribute(*data, "file")}}, {{"result file", path}});
  write_tree(result, path, result_format());
}

Tree read_result(const std::string& path) { return read_tree(path, result_format()); }

}  // namespace headwater
