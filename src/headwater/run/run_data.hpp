// The data of a run: one file, or sources joined.
#pragma once

#include <optional>
#include <string>

#include "headwater/panel/readers.hpp"
#include "headwater/run/config.hpp"

namespace headwater {

// A file as a table. A spreadsheet is read as the publication that it is, its columns as they are called there, else as
// the table whose header holds the keys; `options` get the name of a period that the publication tells.
RawTable read_data_table(const std::string& path, ReadOptions& options);

// A published file as its publication declares it, columns renamed; nullopt when it is none.
struct PublishedTable {
  SourceSpec spec;
  RawTable table;
};
std::optional<PublishedTable> read_publication(const std::string& path, ReadOptions& options);

// The sources of a configuration as one table.
RawTable read_sources(const RunConfig& config);

Panel read_run_panel(const RunConfig& config);

}  // namespace headwater
