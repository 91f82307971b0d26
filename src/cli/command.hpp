// The commands, one file each. Each takes the words after its name and returns the exit code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace headwater::cli {

using Words = std::vector<std::string>;

struct Command {
  std::string_view name;
  std::string_view usage;    // after "headwater "
  std::string_view summary;  // one line
  std::string_view details;  // shown by --help, wrapped
  int (*run)(const Words& words);
};

const std::vector<Command>& commands();
const Command* find_command(std::string_view name);
struct Flag;
void print_help(const Command& command, const std::vector<Flag>& flags);

int run_command(const Words& words);
int check_command(const Words& words);
int fit_command(const Words& words);
int decompose_command(const Words& words);
int show_command(const Words& words);
int table_command(const Words& words);
int contrast_command(const Words& words);
int report_command(const Words& words);
int methods_command(const Words& words);
int convert_command(const Words& words);
int simulate_command(const Words& words);

}  // namespace headwater::cli
