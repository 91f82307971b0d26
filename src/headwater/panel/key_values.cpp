#include "headwater/panel/key_values.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

std::string cell_text(const Column& column, Index row) {
  if (column.type == Column::Type::number) return shortest(column.numbers(row));
  const std::int32_t code = column.codes[static_cast<std::size_t>(row)];
  return code < 0 ? "" : column.levels[static_cast<std::size_t>(code)];
}

// Combining marks, with the letters they are written on and the composed letters (Unicode NFC), two bytes each.
struct Accent {
  std::string_view mark, letters, composed;
};
constexpr std::array<Accent, 8> kAccents = {{{"\u0300", "AEIOUaeiou", "ÀÈÌÒÙàèìòù"},
                                             {"\u0301", "AEIOUYaeiouy", "ÁÉÍÓÚÝáéíóúý"},
                                             {"\u0302", "AEIOUaeiouWwYy", "ÂÊÎÔÛâêîôûŴŵŶŷ"},
                                             {"\u0303", "ANOano", "ÃÑÕãñõ"},
                                             {"\u0308", "AEIOUaeiouy", "ÄËÏÖÜäëïöüÿ"},
                                             {"\u030A", "Aa", "Åå"},
                                             {"\u030C", "CSZcsz", "ČŠŽčšž"},
                                             {"\u0327", "Cc", "Çç"}}};

std::string decomposed(std::string_view code) {
  std::string text;
  for (std::size_t i = 0; i < code.size(); ++i) {
    bool found = false;
    for (const Accent& accent : kAccents)
      for (std::size_t k = 0; k < accent.letters.size() && !found; ++k)
        if (code.substr(i, 2) == accent.composed.substr(2 * k, 2)) {
          (text += accent.letters[k]) += accent.mark;
          found = true;
        }
    if (found)
      ++i;
    else
      text += code[i];
  }
  return text;
}

// Blanks of Unicode, also those of no width, as one ordinary blank each or as nothing.
std::string with_plain_blanks(std::string_view code) {
  std::string text;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const std::string_view two = code.substr(i, 2), three = code.substr(i, 3);
    if (two == "\u00A0") {
      text += ' ';
      ++i;
    } else if (three == "\u202F" || three == "\u2009" || three == "\u3000") {
      text += ' ';
      i += 2;
    } else if (three == "\u200B" || three == "\uFEFF") {
      i += 2;
    } else {
      text += code[i] == '\t' || code[i] == '\n' || code[i] == '\r' ? ' ' : code[i];
    }
  }
  return text;
}

// Equal for codes that a reader would take for the same unit.
std::string folded(std::string_view code) {
  const std::string plain = with_plain_blanks(decomposed(code));
  std::string text;
  for (const char c : trimmed(plain))
    if (c != ' ' || text.back() != ' ') text += c;
  return lower(text);
}

std::int64_t first_row(const Column& unit, std::size_t level, const std::vector<std::int64_t>& rows) {
  const auto where = std::find(unit.codes.begin(), unit.codes.end(), static_cast<std::int32_t>(level));
  return rows[static_cast<std::size_t>(where - unit.codes.begin())];
}

std::vector<std::optional<Period>> parse_periods(const Column& time) {
  std::vector<std::optional<Period>> of_level;
  for (const std::string& level : time.levels) of_level.push_back(parse_period(level));
  std::vector<std::optional<Period>> of_row;
  for (Index i = 0; i < time.size(); ++i)
    of_row.push_back(time.type == Column::Type::number
                         ? parse_period(cell_text(time, i))
                         : of_level[static_cast<std::size_t>(time.codes[static_cast<std::size_t>(i)])]);
  return of_row;
}

// "2011-12" may be a financial year or a month: it is a month where other cells can only be months.
void settle_months(std::vector<Period>& periods) {
  if (std::none_of(periods.begin(), periods.end(), [](const Period& p) { return p.frequency == Frequency::month; }))
    return;
  for (Period& period : periods) {
    const std::int64_t month = (period.ordinal + 1) % 100;
    if (period.frequency == Frequency::financial_year && month >= 1 && month <= 12)
      period = {Frequency::month, period.ordinal * 12 + month - 1};
  }
}

// Month ends are 28 to 31 days apart: as days they would have no common step, and no lags.
void months_from_days(std::vector<Period>& periods, const std::string& column, DataLedger& ledger) {
  for (const auto& [month_of, which] : {std::pair{&month_begun_by, "first"}, std::pair{&month_ended_by, "last"}}) {
    std::vector<Period> months;
    for (const Period& period : periods)
      if (const auto month = month_of(period)) months.push_back(*month);
    if (months.empty() || months.size() != periods.size()) continue;
    ledger.notes.push_back({"data.dates_as_months", "every date in column '" + column + "' is the " + which +
                                                        " day of a month, so periods are months: " +
                                                        to_text(periods[0]) + " is " + to_text(months[0])});
    periods = std::move(months);
    return;
  }
}

}  // namespace

void key_error(const DataLedger& ledger, const std::string& code, std::int64_t row, const std::string& column,
               const std::string& message) {
  throw Error(ErrorKind::data, "data." + code, ledger.file + ", row " + std::to_string(row) + ": " + message,
              {.file = ledger.file, .row = row, .column = column});
}

void refuse_ambiguous_units(const Column& unit, const std::vector<std::int64_t>& rows, const DataLedger& ledger) {
  if (unit.type != Column::Type::text) return;
  std::unordered_map<std::string, std::size_t> seen;
  for (std::size_t level = 0; level < unit.levels.size(); ++level) {
    const auto [known, fresh] = seen.emplace(folded(unit.levels[level]), level);
    if (fresh) continue;
    key_error(ledger, "ambiguous_unit", first_row(unit, level, rows), unit.name,
              "unit '" + unit.levels[level] + "' differs from '" + unit.levels[known->second] + "' in row " +
                  std::to_string(first_row(unit, known->second, rows)) +
                  " only in case, blanks or Unicode form; write them alike if they are one unit, or rename one");
  }
}

KeyPeriods read_periods(const Column& time, const std::vector<std::int64_t>& rows, DataLedger& ledger) {
  const std::vector<std::optional<Period>> parsed = parse_periods(time);
  KeyPeriods times;
  for (std::size_t i = 0; i < parsed.size(); ++i) {
    if (!parsed[i])
      key_error(ledger, "period", rows[i], time.name,
                "'" + cell_text(time, static_cast<Index>(i)) + "' in column '" + time.name +
                    "' is not a period; write 2024Q1, 2024-25 Q1, 2024-25, 2024, 2024-04, a date or a whole number");
    times.of_row.push_back(*parsed[i]);
  }
  settle_months(times.of_row);
  if (times.of_row.empty()) return times;
  const auto mixed = [&](std::size_t i, const std::string& is, const std::string& first_is) {
    key_error(ledger, "mixed_periods", rows[i], time.name,
              "'" + cell_text(time, static_cast<Index>(i)) + "' " + is + " '" + cell_text(time, 0) + "' in row " +
                  std::to_string(rows[0]) + first_is + "; one column holds one kind of period");
  };
  for (std::size_t i = 1; i < times.of_row.size(); ++i)
    if (times.of_row[i].frequency != times.of_row[0].frequency)
      mixed(i, std::string("is a ") + name(times.of_row[i].frequency) + " and",
            std::string(" a ") + name(times.of_row[0].frequency));
  times.frequency = times.of_row[0].frequency;
  if (times.frequency == Frequency::integer && time.type == Column::Type::text) {
    const std::string first = cell_text(time, 0);
    for (std::size_t i = 1; i < times.of_row.size(); ++i) {
      const std::string cell = cell_text(time, static_cast<Index>(i));
      if (count_prefix(cell) != count_prefix(first)) mixed(i, "counts something else than", "");
    }
  }
  months_from_days(times.of_row, time.name, ledger);
  times.frequency = times.of_row[0].frequency;
  return times;
}

}  // namespace headwater
