#include "headwater/sources/published_period.hpp"

#include <algorithm>
#include <vector>

#include "headwater/core/text.hpp"

namespace headwater {
namespace {

constexpr std::size_t kMostWords = 5;  // of one period
constexpr std::int64_t kApril = 3;     // months count from January as 0

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string blanks(text);
  std::replace(blanks.begin(), blanks.end(), '_', ' ');  // in names of files
  for (std::string& word : entries_of(blanks, ' ')) {
    while (!word.empty() && (word.back() == ',' || word.back() == ':' || word.back() == ';')) word.pop_back();
    if (!word.empty()) words.push_back(std::move(word));
  }
  return words;
}

std::string window(const std::vector<std::string>& words, std::size_t from, std::size_t count) {
  std::string text;
  for (std::size_t i = from; i < from + count; ++i) text += (i > from ? " " : "") + words[i];
  return text;
}

std::optional<std::int64_t> month_named(const std::string& word) {
  const auto period = parse_period(word + " 2000");
  if (!period || period->frequency != Frequency::month) return std::nullopt;
  return period->ordinal - std::int64_t{2000} * 12;
}

std::optional<Period> of_kind(const std::string& text, Frequency kind) {
  const auto period = parse_period(text);
  return period && period->frequency == kind ? period : std::nullopt;
}

// The month of a financial year that has this name.
Period month_in(std::int64_t financial_year, std::int64_t month) {
  return {Frequency::month, (financial_year + (month < kApril ? 1 : 0)) * 12 + month};
}

// "Month 5 YTD 2025/26", "2025/26 M5 YTD".
std::optional<PublishedPeriod> numbered_month(const std::vector<std::string>& words, std::size_t at) {
  std::string number;
  std::optional<Period> year;
  bool to_date = false;
  for (std::size_t i = at; i < std::min(words.size(), at + kMostWords); ++i) {
    const std::string word = lower(words[i]);
    if (word == "ytd") to_date = true;
    if (word == "month" && i + 1 < words.size() && number.empty()) number = words[i + 1];
    if (word.size() > 1 && word.size() < 4 && word[0] == 'm' && parse_number(word.substr(1)) && number.empty())
      number = word.substr(1);
    if (!year) year = of_kind(words[i], Frequency::financial_year);
  }
  const auto month = parse_number(number);
  if (!year || !month || *month < 1 || *month > 12) return std::nullopt;
  return PublishedPeriod{{Frequency::month, year->ordinal * 12 + static_cast<std::int64_t>(*month) + 2}, to_date};
}

// From one month to another: a quarter, a financial year, a year to date. "April to June 2025" and with both years.
std::optional<PublishedPeriod> range(const std::vector<std::string>& words, std::size_t at) {
  const auto to = std::find(words.begin() + static_cast<std::ptrdiff_t>(at), words.end(), "to");
  const auto behind = static_cast<std::size_t>(words.end() - to), before = static_cast<std::size_t>(to - words.begin());
  if (behind < 3 || before == at || before > at + 2) return std::nullopt;
  const auto last = of_kind(window(words, before + 1, 2), Frequency::month);
  const auto first_month = month_named(words[at]);
  if (!last || !first_month) return std::nullopt;
  const std::int64_t last_month = last->ordinal % 12;
  std::int64_t count = (last_month - *first_month + 12) % 12 + 1;
  if (before == at + 2) {
    const auto first = of_kind(window(words, at, 2), Frequency::month);
    if (!first) return std::nullopt;
    count = last->ordinal - first->ordinal + 1;
  }
  const std::int64_t first = last->ordinal - count + 1;
  if (count == 3 && first % 3 == 0) {
    const std::int64_t financial = first - kApril;
    return PublishedPeriod{{Frequency::financial_quarter, financial / 3}};
  }
  if (count == 12 && *first_month == kApril) return PublishedPeriod{{Frequency::financial_year, first / 12}};
  if (count > 0 && count < 12 && *first_month == kApril) return PublishedPeriod{*last, true};
  return std::nullopt;
}

std::optional<PublishedPeriod> plain(const std::vector<std::string>& words, std::size_t at, std::size_t count) {
  const std::string text = window(words, at, count);
  if (const auto period = parse_period(text); period && period->frequency != Frequency::integer)
    return PublishedPeriod{*period};
  if (count != 2) return std::nullopt;
  const auto year = of_kind(words[at], Frequency::financial_year);
  const auto month = month_named(words[at + 1]);
  return year && month ? std::optional(PublishedPeriod{month_in(year->ordinal, *month)}) : std::nullopt;
}

}  // namespace

std::optional<PublishedPeriod> published_period(std::string_view text) {
  if (const auto whole = parse_period(text)) return PublishedPeriod{*whole};
  const std::vector<std::string> words = words_of(text);
  for (std::size_t at = 0; at < words.size(); ++at)
    if (const auto found = range(words, at)) return found;
  for (std::size_t at = 0; at < words.size(); ++at)
    if (const auto found = numbered_month(words, at)) return found;
  for (std::size_t count = std::min(kMostWords, words.size()); count > 0; --count)
    for (std::size_t at = 0; at + count <= words.size(); ++at)
      if (const auto found = plain(words, at, count)) return found;
  return std::nullopt;
}

std::optional<std::int64_t> date_among(std::string_view text) {
  std::vector<std::string> words = words_of(text);
  for (std::string& word : words) {
    const std::string ending = word.size() > 2 ? lower(word.substr(word.size() - 2)) : "";
    const bool ordinal = ending == "st" || ending == "nd" || ending == "rd" || ending == "th";
    if (ordinal && word[word.size() - 3] >= '0' && word[word.size() - 3] <= '9') word.resize(word.size() - 2);
  }
  for (const std::size_t count : {std::size_t{3}, std::size_t{1}})
    for (std::size_t at = 0; at + count <= words.size(); ++at)
      if (const auto day = of_kind(window(words, at, count), Frequency::day)) return day->ordinal;
  return std::nullopt;
}

std::optional<MonthSpan> months_of(const Period& period) {
  const std::int64_t n = period.ordinal;
  switch (period.frequency) {
    case Frequency::year: return MonthSpan{n * 12, 12};
    case Frequency::financial_year: return MonthSpan{n * 12 + kApril, 12};
    case Frequency::half_year: return MonthSpan{n * 6, 6};
    case Frequency::financial_half_year: return MonthSpan{n * 6 + kApril, 6};
    case Frequency::quarter: return MonthSpan{n * 3, 3};
    case Frequency::financial_quarter: return MonthSpan{n * 3 + kApril, 3};
    case Frequency::month: return MonthSpan{n, 1};
    case Frequency::day: return MonthSpan{month_day(period)->month.ordinal, 1};
    case Frequency::integer: return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Period> taken_as(const Period& period, const std::string& frequency) {
  if (frequency.empty()) return period;
  if (frequency == "financial_year" && period.frequency == Frequency::year)
    return Period{Frequency::financial_year, period.ordinal};
  const auto span = months_of(period);
  if (!span) return std::nullopt;
  const std::int64_t last = span->first + span->count - 1;
  if (frequency == "month") return Period{Frequency::month, last};
  if (frequency == "quarter") return Period{Frequency::quarter, last / 3};
  if (frequency == "financial_quarter") return Period{Frequency::financial_quarter, (last - kApril) / 3};
  if (frequency == "year") return Period{Frequency::year, last / 12};
  return Period{Frequency::financial_year, (last - kApril) / 12};
}

}  // namespace headwater
