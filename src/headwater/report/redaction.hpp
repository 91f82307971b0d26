// The last door of a published report: what was written in spite of everything before it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "headwater/report/captions.hpp"
#include "headwater/report/unit_names.hpp"

namespace headwater {

struct Redacted {
  std::string json;
  std::int64_t texts = 0;  // that held a name
};

// Every text of the JSON, keys too, without names of units.
Redacted redacted(std::string_view json, const UnitNames& units);

// The author's own words are not rewritten: throws Error{usage, "report.names_unit"}.
void refuse_names(const Captions& captions, const UnitNames& units);

}  // namespace headwater
