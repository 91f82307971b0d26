#include "flags.hpp"
#include "headwater/core/error.hpp"
#include "headwater/report/csv_tidy.hpp"
#include "headwater/report/json.hpp"
#include "headwater/report/tables.hpp"
#include "headwater/result/result_file.hpp"
#include "output.hpp"

namespace headwater::cli {

std::vector<Flag> show_flags() {
  return {{"format", true, false, "text, json or csv [text]"},
          {"config", false, false, "print the configuration stored in the result"},
          {"stars", false, false, "stars in the table"}};
}

int show_command(const Words& words) {
  const Command& command = *find_command("show");
  const Flags flags(command, words, 0, 1);
  if (flags.arguments().empty())
    throw Error(ErrorKind::usage, "usage.arguments", "headwater show takes a result file: headwater show RESULT");
  check_printing({{"result file", flags.arguments().front()}});
  const Tree tree = read_result(flags.arguments().front());
  const std::string format = flags.get("format", "text");
  const bool estimated = number_attribute(tree, "estimated") != 0;
  if (flags.has("config")) {
    if (const Tree* run = tree.find_child("run")) print_data(texts(*run, "config").front());
  } else if (format == "json") {
    print_data(tree.find_child("decompositions") ? decompositions_json(tree) : fits_json(tree));
  } else if (format == "csv") {
    print_data(csv_answer(tree));
  } else if (format == "text") {
    print(estimated ? text_report(tree, {.stars = flags.has("stars")}) : check_report(tree));
  } else {
    throw Error(ErrorKind::usage, "usage.format", "--format is '" + format + "'; it is text, json or csv",
                {.key = "format"});
  }
  return 0;
}

}  // namespace headwater::cli
