// What a result says of instruments: before any coefficient where they are weak, and their first stages after the
// tests.
#pragma once

#include <string>

#include "headwater/core/labelled.hpp"
#include "headwater/report/contract.hpp"

namespace headwater {

// Why the coefficients of a fit are not to be relied on; "" where its instruments are strong, or there are none.
std::string weak_instruments(const Tree& fit);
// First stages and strength as a text table; "" without instruments.
std::string first_stages_text(const Tree& fit);
// The member "instruments" of a fit's object; nothing without instruments.
void instruments_object(Contract& out, const Tree& fit);

}  // namespace headwater
