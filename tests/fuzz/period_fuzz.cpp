// Periods as text: what is read is written so that it is read back.
#include <algorithm>
#include <cstdlib>

#include "bytes.hpp"
#include "headwater/panel/period.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headwater;
  const std::string text(reinterpret_cast<const char*>(data), size);
  count_prefix(text);
  const std::optional<Period> period = parse_period(text);
  if (!period) return 0;
  season(*period);
  const std::string written = to_text(*period);
  // A count of four digits (t2019) is written as a year is, a year before 1000 or after 9999 with the digits it has.
  const bool like_a_year = std::min(written.find_first_not_of("0123456789"), written.size()) == 4;
  if (like_a_year == (period->frequency == Frequency::integer)) return 0;
  const std::optional<Period> back = parse_period(written);
  if (!back || to_text(*back) != written) std::abort();
  // November 2010 is written as the financial year 2010-11 is; which it is is settled for a column as a whole.
  const bool like_a_pair = period->frequency == Frequency::month && back->frequency == Frequency::financial_year;
  if (back != period && !like_a_pair) std::abort();
  return 0;
}
