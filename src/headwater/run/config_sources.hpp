// The sections [source NAME] and [columns NAME] of a configuration.
#pragma once

#include <string>
#include <vector>

#include "headwater/run/config.hpp"
#include "headwater/run/setting.hpp"

namespace headwater {

// The sources in the order of the file, with the keys of their panel where the configuration names none. Throws
// Error{usage, "config.*"}.
void set_sources(RunConfig& config, const std::vector<Setting>& file);

// The sections as text that reads back to the source.
void append_source(std::string& text, const SourceSpec& source);

}  // namespace headwater
