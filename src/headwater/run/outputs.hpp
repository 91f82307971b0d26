// The files that [output] asks for, each complete or absent.
#pragma once

#include "headwater/core/labelled.hpp"
#include "headwater/run/config.hpp"

namespace headwater {

// Nothing where no file is named.
void write_result_file(const Tree& tree, const RunConfig& config);
void write_table_file(const Tree& tree, const RunConfig& config);
// Throws Error{usage, "report.no_page"} where this build has no page.
void write_report_file(const Tree& tree, const RunConfig& config);

}  // namespace headwater
