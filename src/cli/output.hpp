// What the commands write, and the exit code that a result deserves.
#pragma once

#include <string>

#include "headwater/run/pipeline.hpp"

namespace headwater::cli {

void print(const std::string& text);  // to standard output; a closed pipe ends quietly
// Flushes what was printed. Throws Error{io, "io.cannot_write"} when it did not all get out.
void finish_output();
// Writes the result file when one is asked for.
void save(const Tree& tree, const RunConfig& config);
// Writes the HTML report when one is asked for, from the result file where there is one, and says where it is, or that
// this build has no page for it; "" when none was asked for.
std::string save_report(const Tree& tree, const RunConfig& config);
// 0 when every fit converged or failures are allowed, else 6.
int exit_code_of(const RunResult& result);

}  // namespace headwater::cli
