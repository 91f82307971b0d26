#include "flags.hpp"
#include "headwater/core/error.hpp"
#include "headwater/hdf5/file_roles.hpp"
#include "headwater/report/html.hpp"
#include "headwater/result/result_file.hpp"
#include "headwater/run/files.hpp"
#include "output.hpp"

namespace headwater::cli {
std::vector<Flag> report_flags() {
  std::vector<Flag> flags = {
      {"output", true, false, "HTML file to write (also -o)"},
      {"audience", true, false, "publish or internal [publish]"},
      {"form", true, false, "summary (two pages of A4), report (about eight) or full (everything there is) [report]"}};
  for (const CaptionKey& key : caption_keys()) flags.push_back({"report." + key.name, true, false, key.help});
  return flags;
}

int report_command(const Words& words) {
  const Command& command = *find_command("report");
  const Flags flags(command, words, 0, 1);
  if (flags.arguments().empty() || !flags.has("output"))
    throw Error(ErrorKind::usage, "usage.arguments",
                "headwater report takes a result file and a place: headwater report RESULT.h5 -o report.html");
  check_files({{"result file", flags.arguments().front()}}, {{"report", flags.get("output")}});
  require_ending(flags.get("output"), "report", {".html", ".htm"}, kReportIsHtml);
  Captions captions;
  for (const CaptionKey& key : caption_keys())
    if (flags.has("report." + key.name)) captions[key.name] = flags.get("report." + key.name);
  const Audience audience = parse_audience(flags.get("audience", "publish"));
  write_report(read_result(flags.arguments().front()), flags.get("output"), audience, captions,
               parse_form(flags.get("form", "report")));
  print("wrote " + flags.get("output") + " (" + name(audience) + ")\n");
  return 0;
}

}  // namespace headwater::cli
