// What the cells of the unit and time keys say, and which of them cannot be told apart.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "headwater/panel/panel.hpp"

namespace headwater {

// Throws Error{data, "data.<code>"} with the file, row and column in front of `message`.
[[noreturn]] void key_error(const DataLedger& ledger, const std::string& code, std::int64_t row,
                            const std::string& column, const std::string& message);

// Throws Error{data, "data.ambiguous_unit"} when two codes differ only in case, blanks or Unicode form.
void refuse_ambiguous_units(const Column& unit, const std::vector<std::int64_t>& rows, const DataLedger& ledger);

struct KeyPeriods {
  std::vector<Period> of_row;
  Frequency frequency = Frequency::integer;
};

// Periods of the time key, all of one frequency. First or last days of months are read as months, which a note says.
// Throws Error{data, "data.period" | "data.mixed_periods"}.
KeyPeriods read_periods(const Column& time, const std::vector<std::int64_t>& rows, DataLedger& ledger);

}  // namespace headwater
