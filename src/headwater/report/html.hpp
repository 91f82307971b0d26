// One self-contained HTML file: the page that src/web builds, with one JSON payload in it, and under what its script
// draws the same words and tables as HTML.
#pragma once

#include <string>
#include <string_view>

#include "headwater/report/payload.hpp"

namespace headwater {

// The page that was built into this library; empty when it was built without Node.js.
std::string_view report_page();

// Throws Error{usage, "report.no_page"} when the page is empty.
std::string report_html(std::string_view page, const std::string& payload, const std::string& body);

// Complete or absent, as every file. Throws what report_payload(), report_html() and write_whole_file() throw.
void write_report(const Tree& result, const std::string& path, Audience audience, const Captions& captions = {},
                  Form form = Form::report);

}  // namespace headwater
