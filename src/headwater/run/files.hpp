// The files of a run: what it reads and what it writes.
#pragma once

#include "headwater/hdf5/file_roles.hpp"
#include "headwater/run/config.hpp"

namespace headwater {

FileRoles files_read(const RunConfig& config);
FileRoles files_written(const RunConfig& config);

}  // namespace headwater
