// Periods in time order, never in text order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace headwater {

enum class Frequency {
  integer,
  year,
  financial_year,
  half_year,
  financial_half_year,
  quarter,
  financial_quarter,
  month,
  day
};
const char* name(Frequency frequency);

// `ordinal` counts steps of the frequency: 2018-19 Q1 and 2018-19 Q2 differ by 1. Financial years start in April and
// are counted by their first calendar year.
struct Period {
  Frequency frequency = Frequency::integer;
  std::int64_t ordinal = 0;

  friend bool operator==(const Period&, const Period&) = default;
};

// Reads 2018-19 Q1 | 2024/25 Q1 | 201819-Q1 | Q3 2025/26 | 2025/26 Q4 (Mar-26) | 2024Q1 | 2018H1 | 2018/19 H2 | 2013-14
// | FY2013/14 | 2013 | 2024-04 | 2025/26 M7 (October 2025) | Apr-2024 | Apr-24 | MSitAE-APRIL-2022 | 2024-04-30 |
// 30/04/2024 | 30-Apr-24 | plain integers, also after letters (t5, t10). Years of two digits beside a month's name are
// 1970 to 2069. nullopt when none fits.
std::optional<Period> parse_period(std::string_view text);

// The letters before a counted period: "t" of "t5", "" of "5".
std::string_view count_prefix(std::string_view text);

// The month of a day, which day of it, and whether that is its last; nullopt for other frequencies.
struct MonthDay {
  Period month;
  int day;
  bool last;
};
std::optional<MonthDay> month_day(const Period& day);

// Days of Excel's calendar (1 is 1900-01-01, with the 29 February 1900 that never was): the same day as a period.
Period excel_day(std::int64_t serial);

// A calendar written into one whole number; nullopt where its digits are none: 201904 (month), 20192 (quarter),
// 20190430 (day), 201920 (financial year).
std::optional<Period> month_in_digits(const Period& integer);
std::optional<Period> quarter_in_digits(const Period& integer);
std::optional<Period> day_in_digits(const Period& integer);
std::optional<Period> financial_year_in_digits(const Period& integer);

// Canonical text: "2018-19 Q1", "2024Q1", "2024H1", "2018-19 H1", "2013-14", "2013", "2024-04", "2024-04-30", "7".
std::string to_text(const Period& period);

// Position within the year, 0-based (half 0..1, quarter 0..3, month 0..11); nullopt where a year has no seasons.
std::optional<int> season(const Period& period);

}  // namespace headwater
