// The commands, one file each. Each takes the words after its name and returns the exit code. Help, the man page and
// the completions of shells are made from their cards.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace headwater::cli {

using Words = std::vector<std::string>;

// A flag of a command: its name without dashes, whether it takes a value, and help.
struct Flag {
  std::string name;
  bool takes_value = true;
  bool repeatable = false;
  std::string help;
};

struct Command {
  std::string_view name;
  std::string_view usage;    // after "headwater "
  std::string_view summary;  // one line
  std::string_view details;  // shown by --help, wrapped
  std::vector<Flag> (*flags)();
  int (*run)(const Words& words);
};

const std::vector<Command>& commands();
const Command* find_command(std::string_view name);
// The flags of a command and those that every command has.
std::vector<Flag> all_flags(const Command& command);
// What --help prints; of the flags of one section alone ("data" of --data.file) where it is named.
std::string help_text(const Command& command, const std::string& section = {});

int run_command(const Words& words);
int check_command(const Words& words);
int panel_command(const Words& words);
int fit_command(const Words& words);
int decompose_command(const Words& words);
int show_command(const Words& words);
int table_command(const Words& words);
int contrast_command(const Words& words);
int compare_command(const Words& words);
int reliability_command(const Words& words);
int report_command(const Words& words);
int methods_command(const Words& words);
int convert_command(const Words& words);
int simulate_command(const Words& words);
int completion_command(const Words& words);
int man_command(const Words& words);

std::vector<Flag> run_flags();
std::vector<Flag> check_flags();
std::vector<Flag> panel_flags();
std::vector<Flag> fit_flags();
std::vector<Flag> show_flags();
std::vector<Flag> table_flags();
std::vector<Flag> contrast_flags();
std::vector<Flag> compare_flags();
std::vector<Flag> reliability_flags();
std::vector<Flag> report_flags();
std::vector<Flag> methods_flags();
std::vector<Flag> convert_flags();
std::vector<Flag> simulate_flags();
std::vector<Flag> no_flags();

}  // namespace headwater::cli
