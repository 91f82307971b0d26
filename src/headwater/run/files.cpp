#include "headwater/run/files.hpp"

#include <algorithm>
#include <array>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/sources/source_file.hpp"

namespace headwater {
namespace {

// Endings that say of a file what it is.
constexpr std::array<std::string_view, 21> kEndings = {".csv", ".tsv",  ".txt", ".xlsx", ".xls",     ".ods", ".html",
                                                       ".htm", ".json", ".tex", ".md",   ".parquet", ".h5",  ".hdf5",
                                                       ".pdf", ".docx", ".doc", ".odt",  ".png",     ".svg", ".pptx"};

}  // namespace

void require_ending(const std::string& path, const std::string& role, const std::vector<std::string_view>& own,
                    const std::string& what) {
  const std::string name = lower(path);
  const auto ends = [&](std::string_view ending) {
    return name.size() > ending.size() && name.compare(name.size() - ending.size(), ending.size(), ending) == 0;
  };
  if (std::any_of(own.begin(), own.end(), ends)) return;
  const auto other = std::find_if(kEndings.begin(), kEndings.end(), ends);
  if (other == kEndings.end()) return;
  throw Error(ErrorKind::usage, "output.format",
              "the " + role + " '" + path + "' ends in " + std::string(*other) + ", and " + what, {.file = path});
}

FileRoles files_read(const RunConfig& config) {
  FileRoles files = {{"data file", config.data.file == "-" ? "/dev/stdin" : config.data.file},
                     {"succession table", config.data.succession},
                     {"configuration", config.file}};
  for (const SourceSpec& source : config.data.sources)
    for (const std::string& path : files_of(source)) files.push_back({"file of [source " + source.name + "]", path});
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
  require_ending(config.output.result, "result file", {".h5", ".hdf5"},
                 "a result file is HDF5: name it .h5 (tables come from headwater table RESULT.h5)");
  require_ending(config.output.table, "table file", {".txt"},
                 "[output] table is text: name it .txt (other formats come from headwater table RESULT.h5 --format)");
  require_ending(config.output.report, "report", {".html", ".htm"}, kReportIsHtml);
}

}  // namespace headwater
