#include "headwater/result/result_file.hpp"

#include "headwater/core/error.hpp"
#include "headwater/hdf5/file_roles.hpp"
#include "headwater/hdf5/tree_file.hpp"
#include "headwater/result/schema.hpp"

namespace headwater {
namespace {

const TreeFormat& result_format() {
  static const TreeFormat format{"headwater.result", kResultVersion, "result file",
                                 "give one that `headwater run` has written"};
  return format;
}

}  // namespace

void write_result(const Tree& result, const std::string& path) {
  if (const Tree* data = result.find_child("data"))
    check_distinct({{"data file", text_attribute(*data, "file")}}, {{"result file", path}});
  if (const Departure found = departure(result, result_schema(), false); !found.why.empty())
    throw Error(ErrorKind::internal, "result.schema",
                "'" + found.path + "' " + found.why +
                    ", so no reader would take the file (a new item needs its row in result/schema.tsv); please report "
                    "this",
                {.key = found.path});
  write_tree(result, path, result_format());
}

Tree read_result(const std::string& path) {
  Tree result = read_tree(path, result_format());
  check_result(result, path);
  return result;
}

void check_result(const Tree& result, const std::string& path) {
  if (const Departure found = departure(result, result_schema(), true); !found.why.empty())
    throw Error(ErrorKind::data, "result.schema",
                path + ": '" + found.path + "' " + found.why +
                    "; headwater has not written it so, and nothing in the file is used: write it again",
                {.file = path, .key = found.path});
}

}  // namespace headwater
