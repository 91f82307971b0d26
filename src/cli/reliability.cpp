#include "headwater/run/reliability.hpp"

#include "flags.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/report/reliability.hpp"
#include "headwater/version.hpp"
#include "output.hpp"

namespace headwater::cli {

std::vector<Flag> reliability_flags() {
  return {{"unit", true, false, "column of the unit (of a data file)"},
          {"vintage", true, false, "column of the vintage: the same figure, published again"},
          {"time", true, false, "column of the period"},
          {"errors", true, false, "column of the figures' own standard errors: each is seen once"},
          {"by", true, false, "column of groups, such as the type of trust: each has its own signal and noise"},
          {"period", true, false, "which period's vintages or errors [the latest]"},
          {"national", true, false, "the number that units are set against [the mean]"},
          {"autocorrelation", true, false, "of noise between neighbouring periods [estimated]"},
          {"ranks", true, false, "marginal, simultaneous or tau_best: rank sets [none]"},
          {"level", true, false, "of intervals [0.95]"},
          {"format", true, false, "text or json [text]"}};
}

namespace {

double level_of(const Flags& flags) {
  const std::string text = flags.get("level", "0.95");
  const auto level = parse_number(text);
  if (level && *level > 0 && *level < 1) return *level;
  throw Error(ErrorKind::usage, "usage.number", "--level is '" + text + "'; it lies between 0 and 1", {.key = "level"});
}

}  // namespace

int reliability_command(const Words& words) {
  const Command& command = *find_command("reliability");
  const Flags flags(command, words, 0, 2);
  if (flags.arguments().size() != 2)
    throw Error(ErrorKind::usage, "usage.arguments",
                "headwater reliability takes a file and a column: headwater reliability DATA growth --unit trust "
                "--vintage vintage, or headwater reliability CONFIG growth");
  const std::string format = flags.get("format", "text");
  if (format != "text" && format != "json")
    throw Error(ErrorKind::usage, "usage.format", "--format is '" + format + "'; it is text or json",
                {.key = "format"});
  check_printing({{"data file", flags.arguments()[0]}});
  const Tree answer = reliability({.file = flags.arguments()[0],
                                   .value = flags.arguments()[1],
                                   .unit = flags.get("unit"),
                                   .time = flags.get("time"),
                                   .vintage = flags.get("vintage"),
                                   .error = flags.get("errors"),
                                   .by = flags.get("by"),
                                   .period = flags.get("period"),
                                   .national = flags.get("national"),
                                   .autocorrelation = flags.get("autocorrelation"),
                                   .ranks = flags.get("ranks"),
                                   .level = level_of(flags)});
  if (format == "json")
    print_data(reliability_json(answer, kVersion));
  else
    print(reliability_text(answer));
  return 0;
}

}  // namespace headwater::cli
