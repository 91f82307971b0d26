// What the commands write, and the exit code that a result deserves.
#pragma once

#include <string>

#include "headwater/hdf5/file_roles.hpp"
#include "headwater/run/pipeline.hpp"

namespace headwater::cli {

// To standard output, and messages to standard error: nothing in them is obeyed by a terminal. A closed pipe ends
// quietly.
void print(const std::string& text);
void set_quiet(bool quiet);  // print() then prints nothing
void print_error(const std::string& text);
// What another program is to read (CSV, JSON, LaTeX, ...): the same on a terminal, byte for byte elsewhere.
void print_data(const std::string& text);
// What is printed must not be appended to a file that is read. Throws Error{usage, "usage.same_file"}.
void check_printing(const FileRoles& read);
// Flushes what was printed. Throws Error{io, "io.cannot_write"} when it did not all get out.
void finish_output();
// Writes the HTML report when one is asked for, from the result file where there is one, and says where it is, or that
// this build has no page for it; "" when none was asked for.
std::string save_report(const Tree& tree, const RunConfig& config);
// Writes each failure of a decomposition to standard error. Returns 0 when every fit converged and every decomposition
// has its answer, or failures are allowed; else the code of the first failure, or 6.
int tell_failures(const RunResult& result);

}  // namespace headwater::cli
