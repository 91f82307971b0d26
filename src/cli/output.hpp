// What the commands write, and the exit code that a result deserves.
#pragma once

#include <string>

#include "headwater/run/pipeline.hpp"

namespace headwater::cli {

void print(const std::string& text);  // to standard output; a closed pipe ends quietly
// Writes the result file when one is asked for.
void save(const Tree& tree, const RunConfig& config);
// 0 when every fit converged or failures are allowed, else 6.
int exit_code_of(const RunResult& result);

}  // namespace headwater::cli
