#include "headwater/panel/swapped_keys.hpp"

#include <algorithm>

#include "headwater/panel/key_values.hpp"

namespace headwater {
namespace {

// A year of four digits is also a code; years of our time are taken for what they look like.
bool is_calendar(const std::string& text) {
  constexpr std::int64_t kFirstYear = 1900, kLastYear = 2100;
  const auto period = parse_period(text);
  if (!period || period->frequency == Frequency::integer) return false;
  return period->frequency != Frequency::year || (period->ordinal >= kFirstYear && period->ordinal <= kLastYear);
}

std::size_t first_row_of(const Column& column, std::size_t level) {
  const auto found = std::find(column.codes.begin(), column.codes.end(), static_cast<std::int32_t>(level));
  return static_cast<std::size_t>(found - column.codes.begin());
}

}  // namespace

void check_key_order(const Column& unit, const Column& time, const std::vector<std::int64_t>& rows,
                     DataLedger& ledger) {
  if (unit.type != Column::Type::text || time.type != Column::Type::text || unit.levels.size() < 2) return;
  if (!std::all_of(unit.levels.begin(), unit.levels.end(), is_calendar)) return;
  if (std::any_of(time.levels.begin(), time.levels.end(), is_calendar)) return;
  const std::string unit_holds = "the unit key '" + unit.name + "' holds periods, such as " + unit.levels.front();
  for (std::size_t level = 0; level < time.levels.size(); ++level)
    if (!parse_period(time.levels[level]))
      key_error(ledger, "swapped_keys", rows[first_row_of(time, level)], time.name,
                "'" + time.levels[level] + "' in the time key '" + time.name + "' is not a period, and " + unit_holds +
                    ": the two keys stand the wrong way round, so swap them");
  ledger.notes.push_back({"data.swapped_keys", unit_holds + ", and the time key '" + time.name +
                                                   "' whole numbers, such as " + time.levels.front() +
                                                   ": swap the two if units and periods stand the wrong way round"});
}

}  // namespace headwater
