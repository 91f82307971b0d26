#include "file_kinds.hpp"
#include "flags.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/report/csv_tidy.hpp"
#include "headwater/report/json.hpp"
#include "headwater/report/tables.hpp"
#include "headwater/run/files.hpp"
#include "headwater/run/outputs.hpp"
#include "output.hpp"

namespace headwater::cli {
namespace {

// --print-config is answered here.
bool answered(const Command& command, const Flags& flags) {
  const std::string name(command.name);
  if (flags.arguments().empty())
    throw Error(ErrorKind::usage, "usage.arguments",
                "headwater " + name + " takes a configuration" + (name == "check" ? " or a file of data" : "") +
                    ": headwater " + std::string(command.usage.substr(0, command.usage.find(" ["))));
  if (flags.has("print-config")) print_data(to_text(read_config(flags.arguments().front(), config_overrides(flags))));
  return flags.has("print-config");
}

// What `check FILE` takes.
std::vector<Flag> file_flags() {
  return {{"unit", true, false, "with a file: column of the unit key"},
          {"time", true, false, "with a file: column of the time key"},
          {"succession", true, false, "with a file: table of which code became which"},
          {"text", true, false, "with a file: columns that stay text, separated by commas"}};
}

std::vector<Flag> with_config_flags(std::vector<Flag> flags) {
  for (Flag& flag : config_flags()) flags.push_back(std::move(flag));
  flags.push_back({"print-config", false, false, "print the resolved configuration and stop"});
  return flags;
}

// The flags that the other kind of argument takes.
void refuse_flags(const Flags& flags, const std::vector<Flag>& others, const std::string& why) {
  for (const Flag& flag : others)
    if (flags.has(flag.name))
      throw Error(ErrorKind::usage, "usage.option", "--" + flag.name + " " + why, {.key = flag.name});
}

int check_data(const Flags& flags) {
  refuse_flags(flags, config_flags(),
               "belongs to a configuration; headwater check FILE takes --unit, --time, --succession and --text");
  const ReadOptions options{.unit = unquoted(flags.get("unit")),
                            .time = unquoted(flags.get("time")),
                            .succession = flags.get("succession"),
                            .text = column_list(flags.get("text"))};
  check_printing({{"data file", flags.arguments().front()}, {"succession table", options.succession}});
  print(check_report(check_file(flags.arguments().front(), options)));
  return 0;
}

}  // namespace

std::vector<Flag> check_flags() { return with_config_flags(file_flags()); }

std::vector<Flag> run_flags() { return with_config_flags({{"format", true, false, "text, json or csv [text]"}}); }

int run_command(const Words& words) {
  const Command& command = *find_command("run");
  const Flags flags(command, words, 0, 1);
  if (!flags.arguments().empty()) require_configuration(flags.arguments().front());
  if (answered(command, flags)) return 0;
  const RunConfig config = read_config(flags.arguments().front(), config_overrides(flags));
  const std::string format = flags.get("format", "text");
  if (format != "text" && format != "json" && format != "csv")
    throw Error(ErrorKind::usage, "usage.format", "--format is '" + format + "'; it is text, json or csv",
                {.key = "format"});
  check_printing(files_read(config));
  const RunResult result = run(config);
  const Tree tree = describe(result);
  write_result_file(tree, config);
  if (format == "json") print_data(decompositions_json(tree));
  if (format == "csv") print_data(csv_answer(tree));
  write_table_file(tree, config);
  if (format == "text" && config.output.table.empty()) print(text_report(tree, {.stars = config.output.stars}));
  if (format == "text" && !config.output.result.empty()) print("\nResult file: " + config.output.result + "\n");
  const std::string report = save_report(tree, config);
  if (format == "text") print(report);
  return tell_failures(result);
}

int check_command(const Words& words) {
  const Command& command = *find_command("check");
  const Flags flags(command, words, 0, 1);
  if (answered(command, flags)) return 0;
  if (is_data(flags.arguments().front())) return check_data(flags);
  refuse_flags(flags, file_flags(), "belongs to a file of data; with a configuration write --data.unit and the like");
  const RunConfig config = read_config(flags.arguments().front(), config_overrides(flags));
  check_printing(files_read(config));
  const RunResult result = check(config);
  print(check_report(describe(result)));
  return tell_failures(result);
}

}  // namespace headwater::cli
