#include "headwater/run/files.hpp"

#include <array>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

// A result file is HDF5; under the ending of another format it would be taken for that.
void refuse_other_format(const std::string& result) {
  static constexpr std::array<std::string_view, 9> kOthers = {".csv",  ".tsv", ".txt", ".xlsx",   ".html",
                                                              ".json", ".tex", ".md",  ".parquet"};
  const std::string path = lower(result);
  for (const std::string_view ending : kOthers)
    if (path.size() > ending.size() && path.compare(path.size() - ending.size(), ending.size(), ending) == 0)
      throw Error(ErrorKind::usage, "output.format",
                  "the result file '" + result + "' ends in " + std::string(ending) +
                      ", and a result file is HDF5: name it .h5 (tables come from headwater table RESULT.h5)",
                  {.file = result, .key = "output.result"});
}

}  // namespace

FileRoles files_read(const RunConfig& config) {
  FileRoles files = {{"data file", config.data.file == "-" ? "/dev/stdin" : config.data.file},
                     {"succession table", config.data.succession},
                     {"configuration", config.file}};
  for (const ModelConfig& model : config.models) files.push_back({"model file", model.file});
  return files;
}

FileRoles files_written(const RunConfig& config) {
  return {{"result file", config.output.result}, {"table file", config.output.table}, {"report", config.output.report}};
}

void check_run_files(const RunConfig& config, const FileRoles& also_read) {
  FileRoles read = files_read(config);
  read.insert(read.end(), also_read.begin(), also_read.end());
  check_files(read, files_written(config));
  refuse_other_format(config.output.result);
}

}  // namespace headwater
