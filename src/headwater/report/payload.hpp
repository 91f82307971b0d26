// Result tree -> the JSON that the report page draws. What an audience may not see is not in it.
#pragma once

#include <string>

#include "headwater/core/labelled.hpp"
#include "headwater/report/audience.hpp"
#include "headwater/report/captions.hpp"

namespace headwater {

// headwater.report/1. `captions` win over those of the result. Throws what check_captions(), claims() and, for
// publication, refuse_names() throw.
std::string report_payload(const Tree& result, Audience audience, const Captions& captions = {});

}  // namespace headwater
