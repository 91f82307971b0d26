// A key of a configuration with its value and where it stands, whatever the source.
#pragma once

#include <cstdint>
#include <string>

namespace headwater {

struct Setting {
  std::string section, label, key, value, file;
  std::int64_t row = 0;
};

// Throws Error{usage, "config.CODE"} with the setting's place in front of the message.
[[noreturn]] void bad_setting(const Setting& setting, const std::string& code, const std::string& message);

// A path as the file that holds it means it.
std::string resolved(const std::string& path, const std::string& holder);

bool is_path(const Setting& setting);

// A name or path as a value that reads back to it.
std::string as_value(const std::string& name);

}  // namespace headwater
