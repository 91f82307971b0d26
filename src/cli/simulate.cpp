#include "headwater/run/simulate.hpp"

#include <filesystem>

#include "flags.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/hdf5/file_roles.hpp"
#include "headwater/hdf5/whole_file.hpp"
#include "headwater/run/simulate_sources.hpp"
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

// The configuration comes last: where it stands, its files do.
void write_sources(const std::string& folder, const SimulationOptions& options) {
  const auto files = simulated_sources(options);
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  for (const auto& [name, bytes] : files) write_whole_file((std::filesystem::path(folder) / name).string(), bytes);
  print("wrote " + counted(static_cast<long long>(files.size()), "file") + " into " + folder +
        ", simulated; next: headwater run " + (std::filesystem::path(folder) / "study.cfg").string() + "\n");
}

}  // namespace

std::vector<Flag> simulate_flags() {
  return {{"scenario", true, false, "clean, nhs or adversarial [nhs]"},
          {"seed", true, false, "seed [20260212]"},
          {"trusts", true, false, "trusts [205]"},
          {"quarters", true, false, "quarters [24]"},
          {"output", true, false, "CSV file of the panel"},
          {"sources", true, false, "folder for the panel as publications, with a configuration that joins them"},
          {"truth", true, false, "CSV file of what was planted"}};
}

int simulate_command(const Words& words) {
  const Command& command = *find_command("simulate");
  const Flags flags(command, words, 0, 0);
  if (!flags.has("output") && !flags.has("sources"))
    throw Error(ErrorKind::usage, "usage.arguments", "headwater simulate needs --output FILE or --sources FOLDER",
                {.key = "output"});
  const std::string panel_file = flags.get("output"), truth_file = flags.get("truth");
  check_files({}, {{"panel", panel_file}, {"truth", truth_file}});
  SimulationOptions options;
  options.scenario = parse_scenario(flags.get("scenario", "nhs"));
  options.seed = whole_flag(flags, "seed", options.seed);
  options.trusts = static_cast<int>(std::min<std::uint64_t>(whole_flag(flags, "trusts", 205), 1000000));
  options.quarters = static_cast<int>(std::min<std::uint64_t>(whole_flag(flags, "quarters", 24), 1000000));
  if (flags.has("sources")) write_sources(flags.get("sources"), options);
  if (!flags.has("output") && !flags.has("truth")) return 0;
  const SimulatedPanel panel = simulate(options);
  if (flags.has("truth")) write_whole_file(truth_file, truth_csv(panel));
  if (!flags.has("output")) return 0;
  write_whole_file(panel_file, panel_csv(panel));
  print("wrote " + panel_file + ": " + counted(panel.columns.front().size(), "row") + ", simulated (scenario " +
        name(options.scenario) + ", seed " + std::to_string(options.seed) + ")\n");
  return 0;
}

}  // namespace headwater::cli
