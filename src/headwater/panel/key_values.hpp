// What the cells of the unit and time keys say, and which of them cannot be told apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "headwater/panel/panel.hpp"

namespace headwater {

// Throws Error{data, "data.<code>"} with the file, row and column in front of `message`.
[[noreturn]] void key_error(const DataLedger& ledger, const std::string& code, std::int64_t row,
                            const std::string& column, const std::string& message);

// Equal for codes that a reader would take for the same unit: without case, blanks at the ends and Unicode form.
std::string folded(std::string_view code);

// Throws Error{data, "data.ambiguous_unit"} when two codes differ only in case, blanks or Unicode form.
void refuse_ambiguous_units(const Column& unit, const std::vector<std::int64_t>& rows, const DataLedger& ledger);

struct KeyPeriods {
  std::vector<Period> of_row;
  Frequency frequency = Frequency::integer;
};

// Periods of the time key, all of one frequency. Dates that all are one day of the month (the first, the last, the
// 15th) are read as months, and so are calendars in whole numbers (201904, 20192, 20190430, Excel's day counts), which
// a note says. Throws Error{data, "data.period" | "data.mixed_periods"}.
KeyPeriods read_periods(const Column& time, const std::vector<std::int64_t>& rows, DataLedger& ledger);

// A period written in another way than the time key's own column, as that column counts.
std::optional<Period> period_of_kind(std::string_view text, Frequency wanted);

}  // namespace headwater
