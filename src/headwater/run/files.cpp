#include "headwater/run/files.hpp"

namespace headwater {

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

}  // namespace headwater
