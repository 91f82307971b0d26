// Periods and dates as publications word them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "headwater/panel/period.hpp"

namespace headwater {

struct PublishedPeriod {
  Period period;
  bool year_to_date = false;  // April up to and with this month
};

// What parse_period() reads; "Month 5 YTD 2025/26", "April to June 2025" (a quarter), "April 2025 to October 2025" (a
// year to date), "2025-26 June", and any of these among other words. nullopt when there is none.
std::optional<PublishedPeriod> published_period(std::string_view text);

// The first date among the words, "11 December 2025" or "12th February 2026": days since 1970.
std::optional<std::int64_t> date_among(std::string_view text);

// A period taken as one of another kind: the quarter of the month that ends it, the financial year that begins in a
// calendar year. nullopt when it lies in none. `frequency` is a value of the key of that name; "": as it is.
std::optional<Period> taken_as(const Period& period, const std::string& frequency);

// Months that a period covers; nullopt for counted periods.
struct MonthSpan {
  std::int64_t first = 0, count = 0;
  bool holds(const MonthSpan& other) const {
    return first <= other.first && other.first + other.count <= first + count;
  }
  friend bool operator==(const MonthSpan&, const MonthSpan&) = default;
};
std::optional<MonthSpan> months_of(const Period& period);

}  // namespace headwater
