// The one INI syntax of configs and model files: comments at line start, indented continuation, `#` inside values kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headwater {

struct IniEntry {
  std::string section;  // "model"
  std::string label;    // of [model NAME], else ""
  std::string key;
  std::string value;
  std::int64_t row = 0;
};

struct IniFile {
  std::string path;
  std::string opening_comment;  // the comment lines before the first section, without their marks
  std::vector<IniEntry> entries;
};

// Throws Error{usage, "config.syntax"} with file and row, Error{io} when the file cannot be read.
IniFile read_ini(const std::string& path);
IniFile parse_ini(std::string_view text, const std::string& path);

}  // namespace headwater
