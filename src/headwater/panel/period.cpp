#include "headwater/panel/period.hpp"

#include <array>
#include <charconv>
#include <cstdio>

#include "headwater/core/text.hpp"

namespace headwater {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 12> kLongMonths = {"january",   "february", "march",    "april",
                                                          "may",       "june",     "july",     "august",
                                                          "september", "october",  "november", "december"};

// Reads a pattern piece by piece; every step fails softly.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool digits(std::size_t count, std::int64_t& value) {
    if (rest_.size() < count) return false;
    for (std::size_t i = 0; i < count; ++i)
      if (rest_[i] < '0' || rest_[i] > '9') return false;
    if (rest_.size() > count && rest_[count] >= '0' && rest_[count] <= '9') return false;
    std::from_chars(rest_.data(), rest_.data() + count, value);
    rest_.remove_prefix(count);
    return true;
  }
  bool one_or_two_digits(std::int64_t& value) { return digits(2, value) || digits(1, value); }
  bool any_of(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void blanks() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }
  bool month_name(std::int64_t& month) {
    std::size_t length = 0;
    while (length < rest_.size() && ((rest_[length] | 0x20) >= 'a' && (rest_[length] | 0x20) <= 'z')) ++length;
    const std::string word = lower(rest_.substr(0, length));
    for (std::size_t m = 0; m < 12; ++m)
      if (word == kMonths[m] || word == kLongMonths[m] || (m == 8 && word == "sept")) {
        month = static_cast<std::int64_t>(m);
        rest_.remove_prefix(length);
        return true;
      }
    return false;
  }
  // "Q" and a digit up to 4, "H" and a digit up to 2.
  bool part(std::string_view letters, std::int64_t most, std::int64_t& number) {
    Scanner trial(rest_);
    if (!trial.any_of(letters) || !trial.digits(1, number) || number < 1 || number > most) return false;
    rest_ = trial.rest_;
    return true;
  }
  bool quarter(std::int64_t& q) { return part("Qq", 4, q); }
  bool half(std::int64_t& h) { return part("Hh", 2, h); }
  // Four digits, or two for a year from 1970 to 2069.
  bool year(std::int64_t& value) {
    if (digits(4, value)) return true;
    if (!digits(2, value)) return false;
    value += value < 70 ? 2000 : 1900;
    return true;
  }
  bool skip(std::string_view word) {
    if (lower(rest_.substr(0, word.size())) != word) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  // "2018-19", "2018/19", "2018/2019": consecutive years.
  bool financial_year(std::int64_t& first) {
    Scanner trial(rest_);
    std::int64_t second = 0;
    if (!trial.digits(4, first) || !trial.any_of("-/")) return false;
    if (trial.digits(4, second)) {
      if (second != first + 1) return false;
    } else if (!trial.digits(2, second) || second != (first + 1) % 100) {
      return false;
    }
    rest_ = trial.rest_;
    return true;
  }
  // "201819-" before a quarter. Alone, "201819" is a whole number.
  bool joined_financial_year(std::int64_t& first) {
    std::int64_t both = 0;
    Scanner trial(rest_);
    if (!trial.digits(6, both) || !trial.any_of("-") || both % 100 != (both / 100 + 1) % 100) return false;
    first = both / 100;
    rest_ = trial.rest_;
    return true;
  }
  // The hours of "2024-04-30 00:00:00" or "2024-04-30T09:30:00.5+01:00".
  bool clock() const { return rest_.find_first_not_of("0123456789:.+-Z") == std::string_view::npos; }
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

// Days since 1970-01-01 of the proleptic Gregorian calendar (H. Hinnant's civil-date algorithm, restated).
std::int64_t day_number(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

struct Date {
  std::int64_t year, month, day;
};

Date date_of(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted = (5 * day_of_year + 2) / 153;
  const std::int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1};
}

std::optional<Period> make_day(std::int64_t year, std::int64_t month, std::int64_t day) {
  if (month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  const std::int64_t number = day_number(year, month, day);
  const Date back = date_of(number);
  if (back.month != month || back.day != day) return std::nullopt;
  return Period{Frequency::day, number};
}

std::optional<Period> financial(std::string_view text) {
  Scanner s(text);
  std::int64_t year = 0, q = 0, month = 0, ignored = 0;
  if (s.quarter(q)) {  // Q3 2025/26 or Q3 2025
    s.blanks();
    if (s.financial_year(year) && s.done()) return Period{Frequency::financial_quarter, year * 4 + q - 1};
    if (s.digits(4, year) && s.done()) return Period{Frequency::quarter, year * 4 + q - 1};
    return std::nullopt;
  }
  if (s.skip("fy")) s.blanks();
  if (!s.financial_year(year) && !s.joined_financial_year(year)) return std::nullopt;
  if (s.done()) return Period{Frequency::financial_year, year};
  s.any_of("-_ ");
  s.blanks();
  if (s.any_of("Mm"))  // the first is April
    return s.one_or_two_digits(month) && s.done() && month >= 1 && month <= 12
               ? std::optional(Period{Frequency::month, year * 12 + month + 2})
               : std::nullopt;
  if (s.half(q))
    return s.done() ? std::optional(Period{Frequency::financial_half_year, year * 2 + q - 1}) : std::nullopt;
  if (!s.quarter(q)) return std::nullopt;
  s.blanks();
  if (s.done()) return Period{Frequency::financial_quarter, year * 4 + q - 1};
  const bool bracket =
      s.any_of("(") && s.month_name(month) && s.any_of("- ") && s.one_or_two_digits(ignored) && s.any_of(")");
  if (bracket && s.done()) return Period{Frequency::financial_quarter, year * 4 + q - 1};
  return std::nullopt;
}

std::optional<Period> calendar(std::string_view text) {
  Scanner s(text);
  std::int64_t year = 0, second = 0, third = 0;
  if (!s.digits(4, year)) return std::nullopt;
  if (s.done()) return Period{Frequency::year, year};
  const bool separated = s.any_of("-/. ");
  if (s.quarter(second))
    return s.done() ? std::optional(Period{Frequency::quarter, year * 4 + second - 1}) : std::nullopt;
  if (s.half(second))
    return s.done() ? std::optional(Period{Frequency::half_year, year * 2 + second - 1}) : std::nullopt;
  if (!separated) {
    if (s.any_of("Mm") && s.one_or_two_digits(second) && s.done() && second >= 1 && second <= 12)
      return Period{Frequency::month, year * 12 + second - 1};
    return std::nullopt;
  }
  if (!s.digits(2, second)) return std::nullopt;
  if (s.done())
    return second >= 1 && second <= 12 ? std::optional(Period{Frequency::month, year * 12 + second - 1}) : std::nullopt;
  if (!s.any_of("-/.") || !s.digits(2, third)) return std::nullopt;
  if (!s.done() && !(s.any_of("T ") && s.clock())) return std::nullopt;
  return make_day(year, second, third);
}

std::optional<Period> day_first(std::string_view text) {
  Scanner s(text);
  std::int64_t day = 0, month = 0, year = 0;
  if (!s.one_or_two_digits(day) || !s.any_of("/-. ")) return std::nullopt;
  const bool named = s.month_name(month);
  if (named)
    ++month;
  else if (!s.one_or_two_digits(month))
    return std::nullopt;
  if (!s.any_of("/-. ") || !(named ? s.year(year) : s.digits(4, year)) || !s.done()) return std::nullopt;
  return make_day(year, month, day);
}

// Apr-2024, Apr-24, April 2024, MSitAE-APRIL-2022.
std::optional<Period> named_month(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash != std::string_view::npos && text.find('-', dash + 1) != std::string_view::npos &&
      text.substr(0, dash) == "MSitAE")
    text.remove_prefix(dash + 1);
  Scanner s(text);
  std::int64_t month = 0, year = 0;
  if (!s.month_name(month) || !s.any_of("- ") || !s.year(year) || !s.done()) return std::nullopt;
  return Period{Frequency::month, year * 12 + month};
}

// A whole number, or a short prefix of letters and a number: t5 is before t10.
std::optional<Period> counted_period(std::string_view text) {
  const std::size_t prefix = count_prefix(text).size();
  if (prefix > 8) return std::nullopt;
  text.remove_prefix(prefix);
  if (prefix > 0 && text.substr(0, 1) == "-") return std::nullopt;  // "wave-2" is not minus two
  std::int64_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || status != std::errc{}) return std::nullopt;
  const std::string_view tail = text.substr(static_cast<std::size_t>(end - text.data()));
  if (!tail.empty() && tail != ".0") return std::nullopt;
  constexpr std::int64_t kMost = std::int64_t{1} << 53;
  if (value > kMost || value < -kMost) return std::nullopt;
  return Period{Frequency::integer, value};
}

// Of a year inside a longer number, which might be anything.
bool plausible(std::int64_t year) { return year >= 1900 && year < 2100; }

std::string padded(std::int64_t value, int width) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%0*lld", width, static_cast<long long>(value));
  return buffer;
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0); }

std::string financial_year_text(std::int64_t first) { return padded(first, 4) + "-" + padded((first + 1) % 100, 2); }

}  // namespace

const char* name(Frequency frequency) {
  switch (frequency) {
    case Frequency::integer: return "integer";
    case Frequency::year: return "year";
    case Frequency::financial_year: return "financial year";
    case Frequency::half_year: return "half-year";
    case Frequency::financial_half_year: return "financial half-year";
    case Frequency::quarter: return "quarter";
    case Frequency::financial_quarter: return "financial quarter";
    case Frequency::month: return "month";
    case Frequency::day: return "day";
  }
  return "integer";
}

std::optional<Period> parse_period(std::string_view raw) {
  const std::string_view text = trimmed(raw);
  if (auto period = financial(text)) return period;
  if (auto period = calendar(text)) return period;
  if (auto period = day_first(text)) return period;
  if (auto period = named_month(text)) return period;
  return counted_period(text);
}

std::string_view count_prefix(std::string_view text) {
  text = trimmed(text);
  std::size_t prefix = 0;
  while (prefix < text.size() && ((text[prefix] | 0x20) >= 'a' && (text[prefix] | 0x20) <= 'z')) ++prefix;
  return text.substr(0, prefix);
}

std::optional<MonthDay> month_day(const Period& day) {
  if (day.frequency != Frequency::day) return std::nullopt;
  const Date date = date_of(day.ordinal);
  return MonthDay{{Frequency::month, date.year * 12 + date.month - 1},
                  static_cast<int>(date.day),
                  date_of(day.ordinal + 1).day == 1};
}

Period excel_day(std::int64_t serial) { return {Frequency::day, day_number(1899, 12, serial < 60 ? 31 : 30) + serial}; }

std::optional<Period> month_in_digits(const Period& integer) {
  const std::int64_t year = integer.ordinal / 100, month = integer.ordinal % 100;
  if (!plausible(year) || month < 1 || month > 12) return std::nullopt;
  return Period{Frequency::month, year * 12 + month - 1};
}

std::optional<Period> quarter_in_digits(const Period& integer) {
  const std::int64_t year = integer.ordinal / 10, quarter = integer.ordinal % 10;
  if (!plausible(year) || quarter < 1 || quarter > 4) return std::nullopt;
  return Period{Frequency::quarter, year * 4 + quarter - 1};
}

std::optional<Period> day_in_digits(const Period& integer) {
  const std::int64_t year = integer.ordinal / 10000;
  return plausible(year) ? make_day(year, integer.ordinal / 100 % 100, integer.ordinal % 100) : std::nullopt;
}

std::optional<Period> financial_year_in_digits(const Period& integer) {
  const std::int64_t year = integer.ordinal / 100;
  if (!plausible(year) || integer.ordinal % 100 != (year + 1) % 100) return std::nullopt;
  return Period{Frequency::financial_year, year};
}

std::string to_text(const Period& period) {
  const std::int64_t n = period.ordinal;
  const auto part = [n](std::int64_t parts) { return std::to_string(n - floor_divide(n, parts) * parts + 1); };
  switch (period.frequency) {
    case Frequency::integer: return std::to_string(n);
    case Frequency::year: return padded(n, 4);
    case Frequency::financial_year: return financial_year_text(n);
    case Frequency::half_year: return padded(floor_divide(n, 2), 4) + "H" + part(2);
    case Frequency::financial_half_year: return financial_year_text(floor_divide(n, 2)) + " H" + part(2);
    case Frequency::quarter: return padded(floor_divide(n, 4), 4) + "Q" + part(4);
    case Frequency::financial_quarter: return financial_year_text(floor_divide(n, 4)) + " Q" + part(4);
    case Frequency::month: return padded(floor_divide(n, 12), 4) + "-" + padded(n - floor_divide(n, 12) * 12 + 1, 2);
    case Frequency::day: {
      const Date date = date_of(n);
      return padded(date.year, 4) + "-" + padded(date.month, 2) + "-" + padded(date.day, 2);
    }
  }
  return std::to_string(n);
}

std::optional<int> season(const Period& period) {
  const std::int64_t n = period.ordinal;
  switch (period.frequency) {
    case Frequency::half_year:
    case Frequency::financial_half_year: return static_cast<int>(n - floor_divide(n, 2) * 2);
    case Frequency::quarter:
    case Frequency::financial_quarter: return static_cast<int>(n - floor_divide(n, 4) * 4);
    case Frequency::month: return static_cast<int>(n - floor_divide(n, 12) * 12);
    case Frequency::day: return static_cast<int>(date_of(n).month - 1);
    default: return std::nullopt;
  }
}

}  // namespace headwater
