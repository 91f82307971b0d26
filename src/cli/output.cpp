#include "output.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "headwater/core/error.hpp"
#include "headwater/core/utf8.hpp"
#include "headwater/report/html.hpp"
#include "headwater/run/outputs.hpp"

namespace headwater::cli {

namespace {

bool quiet_output = false;

void write_to(std::FILE* stream, const std::string& text) {
  const std::string shown = visible(text);
  std::fwrite(shown.data(), 1, shown.size(), stream);
}

}  // namespace

void print(const std::string& text) {
  if (!quiet_output) write_to(stdout, text);
}

void print_data(const std::string& text) {
  if (::isatty(STDOUT_FILENO) != 0) return print(text);
  if (!quiet_output) std::fwrite(text.data(), 1, text.size(), stdout);
}

void set_quiet(bool quiet) { quiet_output = quiet; }
void print_error(const std::string& text) { write_to(stderr, text); }

void check_printing(const FileRoles& read) {
  struct stat status {};
  if (::fstat(STDOUT_FILENO, &status) == 0 && S_ISREG(status.st_mode))
    check_distinct(read, {{"standard output", "/dev/stdout"}});
}

void finish_output() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout))
    throw Error(ErrorKind::io, "io.cannot_write", "cannot write to standard output; check the disk it goes to");
}

std::string save_report(const Tree& tree, const RunConfig& config) {
  if (config.output.report.empty()) return "";
  if (report_page().empty())
    return "Report: left out; this build has no report page, because Node.js was not there when it was built\n";
  write_report_file(tree, config);
  return "Report (" + config.output.audience + "): " + config.output.report + "\n";
}

int tell_failures(const RunResult& result) {
  const FailedDecomposition* first = nullptr;
  for (const ModelResult& model : result.models)
    for (const FailedDecomposition& failure : model.failures) {
      if (!first) first = &failure;
      print_error("headwater: error: " + failure.call.text + " of " + model.spec.id +
                  " has no answer: " + failure.error.message() + "\n");
    }
  if (result.config.run.allow_failures) return 0;
  if (first) return exit_code(first->error.kind());
  const std::string worst = status(result);
  return worst == "converged" || worst == "boundary" ? 0 : exit_code(ErrorKind::numerical);
}

}  // namespace headwater::cli
