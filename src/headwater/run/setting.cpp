#include "headwater/run/setting.hpp"

#include <filesystem>

#include "headwater/core/error.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

std::string place(const Setting& setting) {
  return setting.file.empty() ? "" : setting.file + ", row " + std::to_string(setting.row) + ": ";
}

}  // namespace

void bad_setting(const Setting& setting, const std::string& code, const std::string& message) {
  Place where{.key = setting.section + "." + setting.key};
  if (!setting.file.empty()) {
    where.file = setting.file;
    where.row = setting.row;
  }
  throw Error(ErrorKind::usage, "config." + code, place(setting) + message, where);
}

std::string resolved(const std::string& path, const std::string& holder) {
  if (path.empty()) return path;
  namespace fs = std::filesystem;
  const fs::path base = holder.empty() ? fs::current_path() : fs::absolute(holder).parent_path();
  return (base / path).lexically_normal().string();
}

bool is_path(const Setting& setting) {
  if (setting.section == "data" && setting.key == "file" && setting.value == "-") return false;  // standard input
  return (setting.section == "source" && setting.key == "file") ||
         (setting.section == "data" && (setting.key == "file" || setting.key == "succession")) ||
         (setting.section == "output" &&
          (setting.key == "result" || setting.key == "table" || setting.key == "report"));
}

std::string as_value(const std::string& name) {
  const bool plain = unquoted(name) == name && trimmed(name) == name;
  return plain ? name : quoted_name(name);
}

}  // namespace headwater
