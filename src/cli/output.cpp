#include "output.hpp"

#include <cstdio>

#include "headwater/core/error.hpp"
#include "headwater/report/html.hpp"
#include "headwater/result/result_file.hpp"

namespace headwater::cli {

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void finish_output() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout))
    throw Error(ErrorKind::io, "io.cannot_write", "cannot write to standard output; check the disk it goes to");
}

void save(const Tree& tree, const RunConfig& config) {
  if (!config.output.result.empty()) write_result(tree, config.output.result);
}

std::string save_report(const Tree& tree, const RunConfig& config) {
  const std::string& path = config.output.report;
  if (path.empty()) return "";
  if (report_page().empty())
    return "Report: left out; this build has no report page, because Node.js was not there when it was built\n";
  const Audience audience = parse_audience(config.output.audience);
  write_report(config.output.result.empty() ? tree : read_result(config.output.result), path, audience);
  return "Report (" + std::string(name(audience)) + "): " + path + "\n";
}

int exit_code_of(const RunResult& result) {
  const std::string worst = status(result);
  const bool sound = worst == "converged" || worst == "boundary";
  return sound || result.config.run.allow_failures ? 0 : exit_code(ErrorKind::numerical);
}

}  // namespace headwater::cli
