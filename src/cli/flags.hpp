// Command-line words -> flags, typed by Boost.Program_options with abbreviation guessing off.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "command.hpp"
#include "headwater/run/config.hpp"

namespace headwater::cli {

// A flag of a command: its name without dashes, whether it takes a value, and help.
struct Flag {
  std::string name;
  bool takes_value = true;
  bool repeatable = false;
  std::string help;
};

class Flags {
 public:
  // Throws Error{usage, "usage.unknown_option" | "usage.missing_value" | "usage.arguments"} naming the nearest flag.
  Flags(const Command& command, const Words& words, std::vector<Flag> known, std::size_t least_arguments,
        std::size_t most_arguments);

  const Words& arguments() const { return arguments_; }
  bool has(const std::string& name) const;
  std::string get(const std::string& name, const std::string& fallback = {}) const;
  std::vector<std::string> all(const std::string& name) const;

 private:
  std::vector<std::pair<std::string, std::string>> values_;
  Words arguments_;
};

// -o as --output, for the commands whose first answer is a file.
Words with_long_output(Words words);

// Every configuration key as a flag: --data.file and so on, for run and check.
std::vector<Flag> config_flags();
Overrides config_overrides(const Flags& flags);
// The flags of fit and decompose, and what they set.
std::vector<Flag> fit_flags();
RunConfig config_of_fit(const Flags& flags);

}  // namespace headwater::cli
