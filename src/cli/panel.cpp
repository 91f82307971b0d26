#include "flags.hpp"
#include "headwater/core/error.hpp"
#include "headwater/report/tables.hpp"
#include "headwater/run/files.hpp"
#include "headwater/run/panel_file.hpp"
#include "headwater/run/run_data.hpp"
#include "output.hpp"

namespace headwater::cli {

std::vector<Flag> panel_flags() {
  std::vector<Flag> flags = {{"output", true, false, "file for the panel: .csv or .h5 (also -o)"}};
  for (Flag& flag : config_flags())
    if (flag.name.starts_with("data.")) flags.push_back(std::move(flag));
  return flags;
}

int panel_command(const Words& words) {
  const Command& command = *find_command("panel");
  const Flags flags(command, words, 0, 1);
  if (flags.arguments().empty())
    throw Error(ErrorKind::usage, "usage.arguments", "headwater panel takes a configuration: headwater panel CONFIG");
  const RunConfig config = read_data_config(flags.arguments().front(), config_overrides(flags));
  const std::string output = flags.get("output");
  check_files(files_read(config), {{"panel", output}});
  check_printing(files_read(config));
  const Panel panel = read_run_panel(config);
  if (!output.empty()) write_panel(panel, output);
  print(check_report(describe_panel(panel)));
  if (!output.empty()) print("\nPanel: " + output + "\n");
  return 0;
}

}  // namespace headwater::cli
