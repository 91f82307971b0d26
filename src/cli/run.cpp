#include "flags.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/utf8.hpp"
#include "headwater/hdf5/whole_file.hpp"
#include "headwater/report/csv_tidy.hpp"
#include "headwater/report/json.hpp"
#include "headwater/report/tables.hpp"
#include "headwater/run/files.hpp"
#include "output.hpp"

namespace headwater::cli {
namespace {

// --print-config is answered here.
bool answered(const Command& command, const Flags& flags) {
  const std::string name(command.name);
  if (flags.arguments().empty())
    throw Error(ErrorKind::usage, "usage.arguments",
                "headwater " + name + " takes a configuration: headwater " + name + " CONFIG");
  if (flags.has("print-config")) print_data(to_text(read_config(flags.arguments().front(), config_overrides(flags))));
  return flags.has("print-config");
}

void write_table(const std::string& path, const std::string& text) {
  if (path.empty()) return print(text);
  write_whole_file(path, visible(text));
}

}  // namespace

std::vector<Flag> check_flags() {
  std::vector<Flag> flags = config_flags();
  flags.push_back({"print-config", false, false, "print the resolved configuration and stop"});
  return flags;
}

std::vector<Flag> run_flags() {
  std::vector<Flag> flags = check_flags();
  flags.push_back({"format", true, false, "text, json or csv [text]"});
  return flags;
}

int run_command(const Words& words) {
  const Command& command = *find_command("run");
  const Flags flags(command, words, 0, 1);
  if (answered(command, flags)) return 0;
  const RunConfig config = read_config(flags.arguments().front(), config_overrides(flags));
  const std::string format = flags.get("format", "text");
  if (format != "text" && format != "json" && format != "csv")
    throw Error(ErrorKind::usage, "usage.format", "--format is '" + format + "'; it is text, json or csv",
                {.key = "format"});
  check_printing(files_read(config));
  const RunResult result = run(config);
  const Tree tree = describe(result);
  save(tree, config);
  if (format == "json") print_data(decompositions_json(tree));
  if (format == "csv") print_data(csv_answer(tree));
  if (format == "text" || !config.output.table.empty())
    write_table(config.output.table, text_report(tree, {.stars = config.output.stars}));
  if (format == "text" && !config.output.result.empty()) print("\nResult file: " + config.output.result + "\n");
  const std::string report = save_report(tree, config);
  if (format == "text") print(report);
  return exit_code_of(result);
}

int check_command(const Words& words) {
  const Command& command = *find_command("check");
  const Flags flags(command, words, 0, 1);
  if (answered(command, flags)) return 0;
  const RunConfig config = read_config(flags.arguments().front(), config_overrides(flags));
  check_printing(files_read(config));
  const RunResult result = check(config);
  print(check_report(describe(result)));
  return exit_code_of(result);
}

}  // namespace headwater::cli
