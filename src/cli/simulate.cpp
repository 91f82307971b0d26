#include "headwater/run/simulate.hpp"

#include <filesystem>
#include <fstream>

#include "flags.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "output.hpp"

namespace headwater::cli {
namespace {

std::uint64_t whole_flag(const Flags& flags, const std::string& name, std::uint64_t fallback) {
  if (!flags.has(name)) return fallback;
  const auto value = parse_number(flags.get(name));
  if (!value || *value < 0 || *value > 9e15 || *value != static_cast<double>(static_cast<std::uint64_t>(*value)))
    throw Error(ErrorKind::usage, "usage.value", "--" + name + " is '" + flags.get(name) + "'; give a whole number",
                {.key = name});
  return static_cast<std::uint64_t>(*value);
}

// Complete or absent: written beside its place, then renamed.
void write_file(const std::string& path, const std::string& text) {
  const std::string unfinished = path + ".unfinished";
  std::ofstream file(unfinished, std::ios::binary);
  file << text;
  file.close();
  std::error_code failure;
  if (file) std::filesystem::rename(unfinished, path, failure);
  if (!file || failure) {
    std::filesystem::remove(unfinished, failure);
    throw Error(ErrorKind::io, "io.cannot_write",
                "cannot write '" + path + "'; check the folder, its permissions and the disk", {.file = path});
  }
}

}  // namespace

int simulate_command(const Words& words) {
  const Command& command = *find_command("simulate");
  const std::vector<Flag> known = {{"scenario", true, false, "clean, nhs or adversarial [nhs]"},
                                   {"seed", true, false, "seed [20260212]"},
                                   {"trusts", true, false, "trusts [205]"},
                                   {"quarters", true, false, "quarters [24]"},
                                   {"output", true, false, "CSV file of the panel"},
                                   {"truth", true, false, "CSV file of what was planted"},
                                   {"help", false, false, "this text"}};
  const Flags flags(command, words, known, 0, 0);
  if (flags.has("help")) {
    print_help(command, known);
    return 0;
  }
  if (!flags.has("output"))
    throw Error(ErrorKind::usage, "usage.arguments", "headwater simulate needs --output FILE", {.key = "output"});
  SimulationOptions options;
  options.scenario = parse_scenario(flags.get("scenario", "nhs"));
  options.seed = whole_flag(flags, "seed", options.seed);
  options.trusts = static_cast<int>(std::min<std::uint64_t>(whole_flag(flags, "trusts", 205), 1000000));
  options.quarters = static_cast<int>(std::min<std::uint64_t>(whole_flag(flags, "quarters", 24), 1000000));
  const SimulatedPanel panel = simulate(options);
  write_file(flags.get("output"), panel_csv(panel));
  if (flags.has("truth")) write_file(flags.get("truth"), truth_csv(panel));
  print("wrote " + flags.get("output") + ": " + thousands(panel.columns.front().size()) +
        " rows, simulated (scenario " + name(options.scenario) + ", seed " + std::to_string(options.seed) + ")\n");
  return 0;
}

}  // namespace headwater::cli
