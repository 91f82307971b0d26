// Who a report is for.
#pragma once

#include <string>

namespace headwater {

enum class Audience {
  publish,   // no unit-level rows, residuals or names
  internal,  // everything, for the organisation that holds the data
};

Audience parse_audience(const std::string& text);  // throws Error{usage, "report.audience"}
const char* name(Audience audience);

// A published number about fewer units than this would tell of single ones.
constexpr int kLeastUnits = 5;

}  // namespace headwater
