// The column of the time key as periods of one kind. Each cell is read by itself first; what it can only mean beside
// the others (a month or a financial year, a count or a calendar) is settled for the column as a whole, and said.
#include <algorithm>
#include <cstdint>
#include <unordered_map>

#include "headwater/core/text.hpp"
#include "headwater/panel/key_values.hpp"

namespace headwater {
namespace {

// The distinct cells of the column in the order in which they first occur.
struct Entries {
  std::vector<std::string> text;
  std::vector<std::size_t> first_row;
  std::vector<std::size_t> of_row;
};

Entries entries_of(const Column& time) {
  Entries entries;
  std::unordered_map<std::string, std::size_t> known;
  std::vector<std::size_t> of_level(time.levels.size(), SIZE_MAX);
  for (Index i = 0; i < time.size(); ++i) {
    const auto row = static_cast<std::size_t>(i);
    const bool number = time.type == Column::Type::number;
    const auto level = number ? 0 : static_cast<std::size_t>(time.codes[row]);
    if (number || of_level[level] == SIZE_MAX) {
      const std::string text = number ? shortest(time.numbers(i)) : time.levels[level];
      const auto [found, fresh] = known.emplace(text, entries.text.size());
      if (fresh) {
        entries.text.push_back(text);
        entries.first_row.push_back(row);
      }
      if (!number) of_level[level] = found->second;
      entries.of_row.push_back(found->second);
    } else {
      entries.of_row.push_back(of_level[level]);
    }
  }
  return entries;
}

std::vector<Period> distinct(std::vector<Period> periods) {
  const auto before = [](const Period& a, const Period& b) { return a.ordinal < b.ordinal; };
  std::sort(periods.begin(), periods.end(), before);
  periods.erase(std::unique(periods.begin(), periods.end()), periods.end());
  return periods;
}

bool all_are(const std::vector<Period>& periods, Frequency frequency) {
  return std::all_of(periods.begin(), periods.end(), [&](const Period& p) { return p.frequency == frequency; });
}

// "2011-12" may be a financial year or a month.
std::optional<Period> month_of_year_pair(const Period& period) {
  const std::int64_t month = (period.ordinal + 1) % 100;
  if (period.frequency != Frequency::financial_year || month < 1 || month > 12) return std::nullopt;
  return Period{Frequency::month, period.ordinal * 12 + month - 1};
}

// It is a month where other cells can only be months.
void settle_months(std::vector<Period>& periods) {
  if (std::none_of(periods.begin(), periods.end(), [](const Period& p) { return p.frequency == Frequency::month; }))
    return;
  for (Period& period : periods)
    if (const auto month = month_of_year_pair(period)) period = *month;
}

// 998, 999, 1000, 1001: four digits make a year of a whole number, but not in the middle of a row of them. A number
// that lost or gained a digit leaves a gap wider than any other.
void settle_row_of_integers(std::vector<Period>& periods) {
  std::int64_t usual = 1, at_turn = 0;
  const std::vector<Period> row = distinct(periods);
  for (const Period& period : row)
    if (period.frequency != Frequency::integer && period.frequency != Frequency::year) return;
  for (std::size_t i = 1; i < row.size(); ++i) {
    std::int64_t& widest = row[i].frequency == row[i - 1].frequency ? usual : at_turn;
    widest = std::max(widest, row[i].ordinal - row[i - 1].ordinal);
  }
  if (at_turn == 0 || at_turn > usual) return;
  for (Period& period : periods) period.frequency = Frequency::integer;
}

// Dates of which each is the same day of a month are 28 to 31 days apart: as days they would have no common step, and
// no lags. Returns which day it is, "" when it is not the same.
std::string same_day_of_month(const std::vector<Period>& days) {
  bool last = true, same = true;
  int first_day = 0;
  for (const Period& period : days) {
    const auto here = month_day(period);
    if (!here) return "";
    if (first_day == 0) first_day = here->day;
    last = last && here->last;
    same = same && here->day == first_day;
  }
  if (same && first_day == 1) return "the first day of a month";
  if (last) return "the last day of a month";
  return same && days.size() > 1 ? "day " + std::to_string(first_day) + " of a month" : "";
}

std::vector<Period> months_of(const std::vector<Period>& days) {
  std::vector<Period> months;
  for (const Period& period : days) months.push_back(month_day(period)->month);
  return months;
}

struct DigitCalendar {
  std::optional<Period> (*read)(const Period&);
  const char* form;
  const char* kind;
};
constexpr DigitCalendar kDigitCalendars[] = {
    {financial_year_in_digits, "201920", "financial years"},
    {month_in_digits, "yyyymm", "months"},
    {quarter_in_digits, "yyyyq", "quarters"},
    {day_in_digits, "yyyymmdd", "days"},
};

// Whole numbers that are Excel's count of days from 1990 to 2050, all one day of the month. Three or more of them are
// no accident.
std::optional<std::vector<Period>> months_in_serials(const std::vector<Period>& integers) {
  constexpr std::int64_t kFrom = 32874, kTo = 55153;
  std::vector<Period> days;
  for (const Period& period : integers) {
    if (period.ordinal < kFrom || period.ordinal > kTo) return std::nullopt;
    days.push_back(excel_day(period.ordinal));
  }
  const std::vector<Period> months = months_of(days);
  if (same_day_of_month(days).empty() || distinct(months).size() < 3) return std::nullopt;
  return months;
}

void note(DataLedger& ledger, const std::string& code, const std::string& message) {
  ledger.notes.push_back({"data." + code, message});
}

// Calendars in whole numbers: as numbers they would step by 89 at the turn of the year, and lose their lags there.
void settle_digit_calendars(std::vector<Period>& periods, const std::string& first, const std::string& column,
                            DataLedger& ledger) {
  if (!all_are(periods, Frequency::integer) || !count_prefix(first).empty()) return;
  const auto shown = [&](const Period& as) {
    return first + " is " + to_text(as) + "; formulas see the numbers as they are written";
  };
  for (const DigitCalendar& calendar : kDigitCalendars) {
    std::vector<Period> read;
    for (const Period& period : periods)
      if (const auto here = calendar.read(period)) read.push_back(*here);
    if (read.size() != periods.size() || distinct(read).size() < 2) continue;
    note(ledger, "digit_calendar",
         "the whole numbers in column '" + column + "' are of the form " + calendar.form + ", so periods are " +
             calendar.kind + ": " + shown(read[0]));
    periods = std::move(read);
    return;
  }
  if (auto months = months_in_serials(periods)) {
    note(ledger, "excel_serials",
         "the whole numbers in column '" + column +
             "' are days as Excel counts them, so periods are months: " + shown((*months)[0]));
    periods = std::move(*months);
  }
}

void settle_days_of_months(std::vector<Period>& periods, const std::string& column, DataLedger& ledger) {
  const std::string which = same_day_of_month(periods);
  if (which.empty()) return;
  std::vector<Period> months = months_of(periods);
  note(ledger, "dates_as_months",
       "every date in column '" + column + "' is " + which + ", so periods are months: " + to_text(periods[0]) +
           " is " + to_text(months[0]));
  periods = std::move(months);
}

std::string with_article(Frequency frequency) {
  return (frequency == Frequency::integer ? "an " : "a ") + std::string(name(frequency));
}

void require_one_kind(const std::vector<Period>& periods, const Entries& entries, const std::string& column,
                      const std::vector<std::int64_t>& rows, const DataLedger& ledger) {
  const auto mixed = [&](std::size_t entry, const std::string& is, const std::string& first_is) {
    const std::int64_t row = rows[entries.first_row[entry]];
    key_error(ledger, "mixed_periods", row, column,
              "'" + entries.text[entry] + "' " + is + " '" + entries.text[0] + "' in row " + std::to_string(rows[0]) +
                  first_is + "; one column holds one kind of period");
  };
  for (std::size_t e = 1; e < periods.size(); ++e) {
    if (periods[e].frequency != periods[0].frequency)
      mixed(e, "is " + with_article(periods[e].frequency) + " and", " " + with_article(periods[0].frequency));
    if (periods[0].frequency == Frequency::integer && count_prefix(entries.text[e]) != count_prefix(entries.text[0]))
      mixed(e, "counts something else than", "");
  }
}

}  // namespace

KeyPeriods read_periods(const Column& time, const std::vector<std::int64_t>& rows, DataLedger& ledger) {
  const Entries entries = entries_of(time);
  std::vector<Period> periods;
  for (std::size_t e = 0; e < entries.text.size(); ++e) {
    const auto period = parse_period(entries.text[e]);
    if (!period)
      key_error(ledger, "period", rows[entries.first_row[e]], time.name,
                "'" + entries.text[e] + "' in column '" + time.name +
                    "' is not a period; write 2024Q1, 2024-25 Q1, 2024-25, 2024, 2024-04, a date or a whole number");
    periods.push_back(*period);
  }
  KeyPeriods times;
  if (periods.empty()) return times;
  settle_months(periods);
  settle_row_of_integers(periods);
  require_one_kind(periods, entries, time.name, rows, ledger);
  settle_digit_calendars(periods, entries.text[0], time.name, ledger);
  settle_days_of_months(periods, time.name, ledger);
  times.frequency = periods[0].frequency;
  times.of_row.reserve(entries.of_row.size());
  for (const std::size_t entry : entries.of_row) times.of_row.push_back(periods[entry]);
  return times;
}

std::optional<Period> period_of_kind(std::string_view text, Frequency wanted) {
  const auto period = parse_period(text);
  if (!period || period->frequency == wanted) return period;
  if (wanted == Frequency::integer && period->frequency == Frequency::year) return Period{wanted, period->ordinal};
  const auto of_day = [](const std::optional<Period>& day) -> std::optional<Period> {
    const auto found = day ? month_day(*day) : std::nullopt;
    return found ? std::optional(found->month) : std::nullopt;
  };
  const bool integer = period->frequency == Frequency::integer && count_prefix(text).empty();
  std::vector<std::optional<Period>> readings = {month_of_year_pair(*period), of_day(*period)};
  if (integer) {
    for (const DigitCalendar& calendar : kDigitCalendars) readings.push_back(calendar.read(*period));
    readings.push_back(of_day(day_in_digits(*period)));
    readings.push_back(of_day(excel_day(period->ordinal)));
  }
  for (const auto& reading : readings)
    if (reading && reading->frequency == wanted) return reading;
  return std::nullopt;
}

}  // namespace headwater
