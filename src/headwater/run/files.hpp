// The files of a run: what it reads and what it writes.
#pragma once

#include "headwater/hdf5/file_roles.hpp"
#include "headwater/run/config.hpp"

namespace headwater {

FileRoles files_read(const RunConfig& config);
FileRoles files_written(const RunConfig& config);
// Before work starts: nothing that is read is written over, and the result file's name does not promise another format.
// `also_read` are files beside those of the configuration. Throws Error{usage, "usage.same_file" | "output.format"}.
void check_run_files(const RunConfig& config, const FileRoles& also_read = {});

// Throws Error{usage, "output.format"} where a file that is written ends as one of another format does: it would be
// taken for that. `own` are the endings that it may have, `what` says what it is.
void require_ending(const std::string& path, const std::string& role, const std::vector<std::string_view>& own,
                    const std::string& what);
constexpr const char* kReportIsHtml = "a report is a page of HTML: name it .html";

}  // namespace headwater
