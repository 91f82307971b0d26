// Periods in time order, never in text order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headwater {

enum class Frequency { integer, year, financial_year, quarter, financial_quarter, month, day };
const char* name(Frequency frequency);

// `ordinal` counts steps of the frequency: 2018-19 Q1 and 2018-19 Q2 differ by 1. Financial years start in April and
// are counted by their first calendar year.
struct Period {
  Frequency frequency = Frequency::integer;
  std::int64_t ordinal = 0;

  friend bool operator==(const Period&, const Period&) = default;
};

// Reads 2018-19 Q1 | 2024/25 Q1 | 201819-Q1 | Q3 2025/26 | 2025/26 Q4 (Mar-26) | 2024Q1 | 2013-14 | 2013 | 2024-04 |
// Apr-2024 | MSitAE-APRIL-2022 | 2024-04-30 | 30/04/2024 | plain integers, also after letters (t5, t10). nullopt when
// none fits.
std::optional<Period> parse_period(std::string_view text);

// The letters before a counted period: "t" of "t5", "" of "5".
std::string_view count_prefix(std::string_view text);

// A day as its month when it is the month's first day, or its last day; nullopt for other days and frequencies.
std::optional<Period> month_begun_by(const Period& day);
std::optional<Period> month_ended_by(const Period& day);

// Canonical text: "2018-19 Q1", "2024Q1", "2013-14", "2013", "2024-04", "2024-04-30", "7".
std::string to_text(const Period& period);

// Position within the year, 0-based (quarter 0..3, month 0..11); nullopt where a year has no seasons.
std::optional<int> season(const Period& period);

}  // namespace headwater
