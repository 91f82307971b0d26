// Command-line words -> flags, typed by Boost.Program_options with abbreviation guessing off.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "command.hpp"
#include "headwater/run/config.hpp"

namespace headwater::cli {

class Flags {
 public:
  // Throws Error{usage, "usage.unknown_option" | "usage.missing_value" | "usage.arguments"} naming the nearest flag.
  // -o stands for the flag that names the first output: --output or --output.result.
  Flags(const Command& command, const Words& words, std::size_t least_arguments, std::size_t most_arguments);

  const Words& arguments() const { return arguments_; }
  bool has(const std::string& name) const;
  std::string get(const std::string& name, const std::string& fallback = {}) const;
  std::vector<std::string> all(const std::string& name) const;

 private:
  std::vector<std::pair<std::string, std::string>> values_;
  Words arguments_;
};

// Every configuration key as a flag: --data.file and so on, for run and check.
std::vector<Flag> config_flags();
Overrides config_overrides(const Flags& flags);
// What the flags of fit and decompose set.
RunConfig config_of_fit(const Flags& flags);

}  // namespace headwater::cli
