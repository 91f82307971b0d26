#include "headwater/run/config_sources.hpp"

#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/sources/joined_sources.hpp"

namespace headwater {
namespace {

// [source NAME] and [columns NAME], in the order of the file.
std::vector<SourceSpec> collect_sources(const std::vector<Setting>& file) {
  std::vector<SourceSpec> sources;
  const auto named = [&](const Setting& setting) {
    return std::find_if(sources.begin(), sources.end(), [&](const SourceSpec& s) { return s.name == setting.label; });
  };
  for (const Setting& setting : file) {
    if (setting.section != "source" && setting.section != "columns") continue;
    if (setting.label.empty())
      bad_setting(setting, "no_label",
                  "[" + setting.section + "] needs the name of a source, such as [" + setting.section + " beds]");
    if (named(setting) == sources.end()) {
      if (setting.section == "columns")
        bad_setting(
            setting, "no_source",
            "[columns " + setting.label + "] stands before [source " + setting.label + "]; declare the source first");
      sources.emplace_back();
      sources.back().name = setting.label;
    }
    SourceSpec& source = *named(setting);
    if (setting.section == "columns") {
      add_source_column(source, setting.key, setting.value);
      continue;
    }
    try {
      set_source_key(source, setting.key,
                     is_path(setting) ? resolved(unquoted(setting.value), setting.file) : setting.value);
    } catch (const Error& error) {
      bad_setting(setting, "value", error.message());
    }
  }
  return sources;
}

}  // namespace

void set_sources(RunConfig& config, const std::vector<Setting>& file) {
  config.data.sources = collect_sources(file);
  if (config.data.sources.empty()) return;
  if (!config.data.file.empty())
    throw Error(ErrorKind::usage, "config.file_and_sources",
                "[data] file is '" + config.data.file + "' and there is [source " + config.data.sources.front().name +
                    "]; the data come from a file or from sources, so leave one out",
                {.key = "data.file"});
  if (config.data.unit.empty()) config.data.unit = PanelKeys{}.unit;
  if (config.data.time.empty()) config.data.time = PanelKeys{}.time;
}

void append_source(std::string& text, const SourceSpec& source) {
  text += "\n[source " + source.name + "]\n";
  for (const auto& [key, value] : source.settings)
    text.append(key).append(" = ").append(key == "file" ? as_value(value) : value).append("\n");
  if (!source.column_settings.empty()) text += "\n[columns " + source.name + "]\n";
  for (const auto& [column, header] : source.column_settings)
    text.append(column).append(" = ").append(header).append("\n");
}

}  // namespace headwater
