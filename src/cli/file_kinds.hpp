// What a file is by its name, and the command that takes it where another was asked.
#pragma once

#include <string>

namespace headwater::cli {

bool is_data(const std::string& path);

// Throws Error{usage, "usage.kind"} for a configuration or a model where `command` takes data.
void require_data(const std::string& command, const std::string& path);
// Throws Error{usage, "usage.kind"} for data or a model where headwater run takes a configuration.
void require_configuration(const std::string& path);

}  // namespace headwater::cli
