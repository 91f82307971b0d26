#include "file_kinds.hpp"
#include "flags.hpp"
#include "headwater/core/error.hpp"
#include "headwater/report/csv_tidy.hpp"
#include "headwater/report/json.hpp"
#include "headwater/report/tables.hpp"
#include "headwater/run/files.hpp"
#include "headwater/run/outputs.hpp"
#include "output.hpp"

namespace headwater::cli {
namespace {

enum class Format { text, json, csv };

Format format_of(const Flags& flags) {
  const std::string format = flags.get("format", "text");
  if (format == "text") return Format::text;
  if (format == "json") return Format::json;
  if (format == "csv") return Format::csv;
  throw Error(ErrorKind::usage, "usage.format", "--format is '" + format + "'; it is text, json or csv",
              {.key = "format"});
}

using TreeWriter = std::string (*)(const Tree&);

int fit_and_print(const char* name, const Words& words, TreeWriter json, TreeWriter csv) {
  const Command& command = *find_command(name);
  const Flags flags(command, words, 0, 2);
  if (!flags.arguments().empty()) require_data(name, flags.arguments().front());
  if (flags.arguments().size() != 2)
    throw Error(
        ErrorKind::usage, "usage.arguments",
        "headwater " + std::string(name) + " takes a data file and a formula: headwater " + std::string(command.usage));
  const Format format = format_of(flags);
  const RunConfig config = config_of_fit(flags);
  if (std::string_view(name) == "decompose" && config.models.front().use.empty())
    throw Error(ErrorKind::usage, "usage.no_method",
                "headwater decompose needs --use, such as --use 'change' (see headwater methods)", {.key = "use"});
  check_printing(files_read(config));
  const RunResult result = run(config);
  const Tree tree = describe(result);
  write_result_file(tree, config);
  switch (format) {
    case Format::text: print(text_report(tree, {.stars = config.output.stars})); break;
    case Format::json: print_data(json(tree)); break;
    case Format::csv: print_data(csv(tree)); break;
  }
  return tell_failures(result);
}

}  // namespace

int fit_command(const Words& words) { return fit_and_print("fit", words, fits_json, csv_coefficients); }
int decompose_command(const Words& words) {
  return fit_and_print("decompose", words, decompositions_json, csv_decompositions);
}

}  // namespace headwater::cli
