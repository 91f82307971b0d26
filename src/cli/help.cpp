// Help from the cards of commands and flags.
#include <algorithm>

#include "command.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/report/layout.hpp"

namespace headwater::cli {
namespace {

// "data" of "data.file"; "" of a flag without a section.
std::string section_of(const Flag& flag) {
  const std::size_t dot = flag.name.find('.');
  return dot == std::string::npos ? "" : flag.name.substr(0, dot);
}

std::string flag_line(const Flag& flag) {
  return item("--" + flag.name + (flag.takes_value ? " VALUE" : ""),
              flag.help + (flag.repeatable ? " (repeatable)" : ""), 26);
}

std::string section_text(const std::vector<Flag>& flags, const std::string& section) {
  std::string text;
  for (const Flag& flag : flags)
    if (section_of(flag) == section) text += flag_line(flag);
  return text;
}

std::vector<std::string> sections_of(const std::vector<Flag>& flags) {
  std::vector<std::string> sections;
  for (const Flag& flag : flags)
    if (const std::string section = section_of(flag);
        !section.empty() && std::find(sections.begin(), sections.end(), section) == sections.end())
      sections.push_back(section);
  return sections;
}

}  // namespace

std::vector<Flag> all_flags(const Command& command) {
  std::vector<Flag> flags = command.flags();
  flags.push_back({"quiet", false, false, "print nothing but errors"});
  flags.push_back({"verbose", false, false, "say on standard error what is done and how long it took"});
  flags.push_back({"help", false, false, "this text"});
  return flags;
}

std::string help_text(const Command& command, const std::string& only) {
  const std::vector<Flag> flags = all_flags(command);
  const std::vector<std::string> sections = sections_of(flags);
  if (!only.empty()) {
    if (std::find(sections.begin(), sections.end(), only) != sections.end()) return section_text(flags, only);
    const std::string name(command.name);
    throw Error(ErrorKind::usage, "usage.help",
                "headwater " + name + " has no section '" + only + "'" +
                    (sections.empty() ? "; see headwater " + name + " --help" : "; they are " + joined(sections, ", ")),
                {.key = only});
  }
  std::string text = "headwater " + std::string(command.usage) + "\n\n" + wrapped(command.summary);
  if (!command.details.empty()) text += wrapped(command.details);
  for (const std::string& section : sections) text += "\n[" + section + "]\n" + section_text(flags, section);
  return text + "\n" + section_text(flags, "");
}

}  // namespace headwater::cli
