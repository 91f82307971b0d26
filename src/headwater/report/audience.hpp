// Who a report is for, and how much it tells.
#pragma once

#include <string>

namespace headwater {

enum class Audience {
  publish,   // no unit-level rows, residuals or names
  internal,  // everything, for the organisation that holds the data
};

Audience parse_audience(const std::string& text);  // throws Error{usage, "report.audience"}
const char* name(Audience audience);

// How much of a result a report tells: two pages, about eight, or everything.
enum class Form { summary, report, full };
Form parse_form(const std::string& text);  // throws Error{usage, "report.form"}
const char* name(Form form);

// A published number about fewer units than this would tell of single ones.
constexpr int kLeastUnits = 5;

}  // namespace headwater
