#include "headwater/report/contrast.hpp"

#include "flags.hpp"
#include "headwater/core/error.hpp"
#include "headwater/result/result_file.hpp"
#include "headwater/run/contrast.hpp"
#include "output.hpp"

namespace headwater::cli {

std::vector<Flag> contrast_flags() { return {{"format", true, false, "text or json [text]"}}; }

int contrast_command(const Words& words) {
  const Command& command = *find_command("contrast");
  const Flags flags(command, words, 0, 2);
  if (flags.arguments().size() != 2)
    throw Error(ErrorKind::usage, "usage.arguments",
                "headwater contrast takes a result file and a contrast: headwater contrast RESULT "
                "'change:capital - change:digital'");
  const std::string format = flags.get("format", "text");
  if (format != "text" && format != "json")
    throw Error(ErrorKind::usage, "usage.format", "--format is '" + format + "'; it is text or json",
                {.key = "format"});
  check_printing({{"result file", flags.arguments()[0]}});
  const Tree result = read_result(flags.arguments()[0]);
  const Tree answer = contrast(result, flags.arguments()[1]);
  if (format == "json")
    print_data(contrast_json(answer, text_attribute(result, "program_version")));
  else
    print(contrast_text(answer));
  return 0;
}

}  // namespace headwater::cli
