// Configurations: the INI syntax, and the keys with their values as flags give them.
#include <cstdlib>

#include "bytes.hpp"
#include "headwater/core/error.hpp"
#include "headwater/run/config.hpp"
#include "headwater/run/ini.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headwater;
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    Overrides flags;
    for (const IniEntry& entry : parse_ini(text, "fuzz.cfg").entries)
      flags.emplace_back(entry.section + "." + entry.key, entry.value);
    const RunConfig config = config_from_flags(flags);
    to_text(config);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::internal) std::abort();
  }
  return 0;
}
