#include "headwater/run/compare.hpp"

#include "flags.hpp"
#include "headwater/core/error.hpp"
#include "headwater/report/compare.hpp"
#include "headwater/result/result_file.hpp"
#include "output.hpp"

namespace headwater::cli {

std::vector<Flag> compare_flags() {
  return {{"fit", true, false, "one fit, or FIRST=SECOND where its name changed [those of one name]"},
          {"first", true, false, "the data file of the first result, where it has moved"},
          {"second", true, false, "the data file of the second result, where it has moved"},
          {"format", true, false, "text or json [text]"}};
}

int compare_command(const Words& words) {
  const Command& command = *find_command("compare");
  const Flags flags(command, words, 0, 2);
  if (flags.arguments().size() != 2)
    throw Error(ErrorKind::usage, "usage.arguments",
                "headwater compare takes two result files: headwater compare FIRST.h5 SECOND.h5");
  const std::string format = flags.get("format", "text");
  if (format != "text" && format != "json")
    throw Error(ErrorKind::usage, "usage.format", "--format is '" + format + "'; it is text or json",
                {.key = "format"});
  const std::string &first = flags.arguments()[0], &second = flags.arguments()[1];
  check_printing({{"result file", first},
                  {"result file", second},
                  {"data file", flags.get("first")},
                  {"data file", flags.get("second")}});
  const Tree a = read_result(first), b = read_result(second);
  const Tree answer = compare({first, &a, flags.get("first")}, {second, &b, flags.get("second")}, flags.get("fit"));
  if (format == "json")
    print_data(compare_json(answer, text_attribute(b, "program_version")));
  else
    print(compare_text(answer));
  return 0;
}

}  // namespace headwater::cli
