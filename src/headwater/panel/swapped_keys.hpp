// Whether the unit and time keys stand the wrong way round.
#pragma once

#include <cstdint>
#include <vector>

#include "headwater/panel/panel.hpp"

namespace headwater {

// The unit key holds periods of a calendar alone and the time key none: refused, Error{data, "data.swapped_keys"},
// where the time key holds what is no period at all, and noted where it holds whole numbers, which could be counts of
// periods.
void check_key_order(const Column& unit, const Column& time, const std::vector<std::int64_t>& rows, DataLedger& ledger);

}  // namespace headwater
