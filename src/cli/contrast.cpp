#include "headwater/report/contrast.hpp"

#include "flags.hpp"
#include "headwater/core/error.hpp"
#include "headwater/result/result_file.hpp"
#include "headwater/run/contrast.hpp"
#include "output.hpp"

namespace headwater::cli {

int contrast_command(const Words& words) {
  const Command& command = *find_command("contrast");
  const std::vector<Flag> known = {{"format", true, false, "text or json [text]"}, {"help", false, false, "this text"}};
  const Flags flags(command, words, known, 0, 2);
  if (flags.has("help")) {
    print_help(command, known);
    return 0;
  }
  if (flags.arguments().size() != 2)
    throw Error(ErrorKind::usage, "usage.arguments",
                "headwater contrast takes a result file and a contrast: headwater contrast RESULT "
                "'change:capital - change:digital'");
  const std::string format = flags.get("format", "text");
  if (format != "text" && format != "json")
    throw Error(ErrorKind::usage, "usage.format", "--format is '" + format + "'; it is text or json",
                {.key = "format"});
  const Tree result = read_result(flags.arguments()[0]);
  const Tree answer = contrast(result, flags.arguments()[1]);
  print(format == "json" ? contrast_json(answer, text_attribute(result, "program_version")) : contrast_text(answer));
  return 0;
}

}  // namespace headwater::cli
