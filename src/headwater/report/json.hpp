// The JSON contracts other programs test against: headwater.fit/1, .fits/1, .decomposition/1, .error/1. Seventeen
// significant digits; infinite and undefined numbers are null, with a warning that says which.
#pragma once

#include <string>

#include "headwater/core/error.hpp"
#include "headwater/core/labelled.hpp"

namespace headwater {

std::string fits_json(const Tree& result);  // one fit: headwater.fit/1, several: headwater.fits/1
std::string decompositions_json(
    const Tree& result);  // one fit: headwater.decomposition/1, several: headwater.decompositions/1
std::string error_json(const Error& error);

}  // namespace headwater
