// Result tree -> the JSON that the report page draws, and the HTML under it. What an audience may not see is not in it.
#pragma once

#include <string>

#include "headwater/core/labelled.hpp"
#include "headwater/report/audience.hpp"
#include "headwater/report/captions.hpp"

namespace headwater {

// headwater.report/1. `captions` win over those of the result. Throws what check_captions(), claims() and, for
// publication, refuse_names() throw.
std::string report_payload(const Tree& result, Audience audience, const Captions& captions = {},
                           Form form = Form::report);

// The words and tables of the same report as HTML: what a reader has whose browser runs no scripts. Throws the same.
std::string report_body(const Tree& result, Audience audience, const Captions& captions = {}, Form form = Form::report);

}  // namespace headwater
