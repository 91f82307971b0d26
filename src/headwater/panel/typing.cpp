// Text cells -> numbers or codes. A column is numeric when every cell that is not a missing mark reads as a number;
// thousands separators, £, %, and brackets for negatives are understood only then. Percentages become fractions, which
// a note says. In text only an empty cell, NA, N/A, Not Applicable and the bracketed codes of official statistics are
// missing: `-`, `*`, `~` and `NAN` may be codes. In keys and in columns named under `text` only an empty cell is.
#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "headwater/core/text.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

constexpr std::string_view kPound = "\xC2\xA3";
constexpr std::string_view kNoBreakSpace = "\xC2\xA0";

std::string_view stripped(std::string_view cell) {
  for (;;) {
    cell = trimmed(cell);
    if (cell.substr(0, 2) == kNoBreakSpace)
      cell.remove_prefix(2);
    else if (cell.size() >= 2 && cell.substr(cell.size() - 2) == kNoBreakSpace)
      cell.remove_suffix(2);
    else
      return cell;
  }
}

// "1,234,567.8": commas between groups of three digits only.
bool without_commas(std::string_view text, std::string& plain) {
  plain.clear();
  std::size_t run = 0;
  bool grouped = false;
  std::size_t i = 0;
  for (; i < text.size() && text[i] != '.'; ++i) {
    if (text[i] == ',') {
      if (run == 0 || run > 3 || (grouped && run != 3)) return false;
      grouped = true;
      run = 0;
    } else if (text[i] >= '0' && text[i] <= '9') {
      plain += text[i];
      ++run;
    } else {
      return false;
    }
  }
  if (!grouped || run != 3) return false;
  plain += text.substr(i);
  return true;
}

struct Parsed {
  double value = std::numeric_limits<double>::quiet_NaN();
  bool number = false;
  bool decorated = false;  // separators, currency, percent or brackets
  bool percent = false;
};

Parsed parse_cell(std::string_view raw) {
  Parsed parsed;
  if (const auto plain = parse_number(raw)) return {*plain, true, false, false};
  std::string_view cell = stripped(raw);
  if (const auto plain = parse_number(cell)) return {*plain, true, false, false};
  parsed.decorated = true;
  double sign = 1;
  if (cell.size() > 2 && cell.front() == '(' && cell.back() == ')') {
    sign = -1;
    cell = stripped(cell.substr(1, cell.size() - 2));
  }
  const auto take_minus = [&] {
    if (sign < 0 || cell.empty() || cell.front() != '-') return;
    sign = -1;
    cell.remove_prefix(1);
  };
  take_minus();
  if (cell.substr(0, 2) == kPound) cell = stripped(cell.substr(2));
  take_minus();
  if (!cell.empty() && cell.back() == '%') {
    parsed.percent = true;
    cell = stripped(cell.substr(0, cell.size() - 1));
  }
  if (!cell.empty() && (cell.front() == '-' || cell.front() == '+')) return parsed;
  auto value = parse_number(cell);
  std::string plain;
  if (!value && without_commas(cell, plain)) value = parse_number(plain);
  if (!value) return parsed;
  parsed.number = true;
  parsed.value = sign * *value / (parsed.percent ? 100 : 1);
  return parsed;
}

Missing text_mark(std::string_view raw) {
  const std::string_view cell = stripped(raw);
  if (cell.empty()) return Missing::empty;
  if (cell == "NA" || cell == "N/A" || cell == "n/a") return Missing::not_available;
  const Missing mark = missing_mark(cell);
  return cell.front() == '[' || mark == Missing::not_applicable ? mark : Missing::present;
}

bool blank(std::string_view cell) { return stripped(cell).empty(); }

void keep_missing(Column& column, std::size_t rows, std::size_t row, Missing reason) {
  if (column.missing.empty()) column.missing.assign(rows, Missing::present);
  column.missing[row] = reason;
}

Column text_column(std::string name, const std::vector<std::string_view>& cells, bool key) {
  Column column;
  column.name = std::move(name);
  column.type = Column::Type::text;
  std::unordered_map<std::string_view, std::int32_t> index;
  std::vector<std::string_view> found;
  column.codes.resize(cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string_view cell = key ? cells[i] : trimmed(cells[i]);
    const Missing mark = !key ? text_mark(cell) : blank(cell) ? Missing::empty : Missing::present;
    if (mark != Missing::present) {
      column.codes[i] = -1;
      keep_missing(column, cells.size(), i, mark);
      continue;
    }
    const auto [entry, fresh] = index.emplace(cell, static_cast<std::int32_t>(found.size()));
    if (fresh) found.push_back(cell);
    column.codes[i] = entry->second;
  }
  std::vector<std::int32_t> order(found.size()), rank(found.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::int32_t>(i);
  std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    return natural_less(found[static_cast<std::size_t>(a)], found[static_cast<std::size_t>(b)]);
  });
  for (std::size_t i = 0; i < order.size(); ++i) {
    rank[static_cast<std::size_t>(order[i])] = static_cast<std::int32_t>(i);
    column.levels.emplace_back(found[static_cast<std::size_t>(order[i])]);
  }
  for (std::int32_t& code : column.codes)
    if (code >= 0) code = rank[static_cast<std::size_t>(code)];
  return column;
}

std::string shown(std::string_view cell) { return shortened(cell, 40); }

bool digits_only(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Why a cell is no number, with what to write instead where that is plain.
std::string why_no_number(std::string_view raw) {
  const std::string_view cell = stripped(raw);
  const std::string_view unsigned_part = !cell.empty() && (cell[0] == '-' || cell[0] == '+') ? cell.substr(1) : cell;
  const std::string word = lower(unsigned_part);
  if (has_decimal_comma(cell)) return "which has a decimal comma; write a point";
  if (word == "inf" || word == "infinity") return "which is infinite";
  if (word.rfind("0x", 0) == 0) return "which looks hexadecimal; write it as a decimal number";
  const std::size_t exponent = word.find_first_of("ed");
  const bool scientific = exponent != std::string::npos && exponent > 0 &&
                          word.find_first_not_of("0123456789.") == exponent &&
                          digits_only(std::string_view(word).substr(std::min(
                              word.size(), exponent + (word.find_first_of("+-", exponent) == exponent + 1 ? 2 : 1))));
  if (scientific && word[exponent] == 'd') return "which has Fortran's exponent d; write e";
  if (scientific) return "which is too large or too small for a number of double precision";
  return "which is not a number";
}

}  // namespace

bool has_decimal_comma(std::string_view raw) {
  std::string_view cell = stripped(raw);
  if (!cell.empty() && (cell[0] == '-' || cell[0] == '+')) cell.remove_prefix(1);
  const std::size_t comma = cell.find(',');
  return comma != std::string_view::npos && digits_only(cell.substr(comma + 1)) &&
         cell.substr(0, comma).find_first_not_of("0123456789.") == std::string_view::npos;
}

Missing missing_mark(std::string_view raw) {
  const std::string_view cell = stripped(raw);
  if (cell.empty()) return Missing::empty;
  if (cell.size() > 16) return Missing::present;
  if (cell == "-" || cell == "\xE2\x80\x93" || cell == "--") return Missing::dash;
  if (cell == "*" || cell == "[c]") return Missing::suppressed;
  if (cell == "~" || cell == "[low]" || cell == "low") return Missing::rounded;
  if (cell == "[x]" || cell == ":" || cell == "..") return Missing::unavailable;
  const std::string word = lower(cell);
  if (word == "not applicable" || word == "[z]") return Missing::not_applicable;
  if (word == "na" || word == "n/a" || word == "nan" || word == "null" || word == "." || word == "not available")
    return Missing::not_available;
  if (cell.front() == '<' && cell.size() > 1 && cell[1] >= '0' && cell[1] <= '9') return Missing::low_count;
  return Missing::present;
}

Column type_column(std::string column_name, const std::vector<std::string_view>& cells,
                   const std::vector<std::int64_t>& rows, bool force_text, Notes& notes) {
  if (force_text) return text_column(std::move(column_name), cells, true);
  Column column;
  column.name = column_name;
  column.numbers.resize(static_cast<Index>(cells.size()));
  std::size_t numbers = 0, percents = 0, large = 0, odd = 0, first_odd = 0, first_number = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const bool digit = !cells[i].empty() && cells[i].front() >= '0' && cells[i].front() <= '9';
    const Missing mark = digit ? Missing::present : missing_mark(cells[i]);  // no mark starts with a digit
    double value = std::numeric_limits<double>::quiet_NaN();
    if (mark != Missing::present) {
      keep_missing(column, cells.size(), i, mark);
    } else if (const Parsed parsed = parse_cell(cells[i]); parsed.number) {
      value = parsed.value;
      if (numbers++ == 0) first_number = i;
      percents += parsed.percent;
      large += std::abs(value) >= kExactInteger && cells[i].find_first_of(".eE") == std::string_view::npos;
    } else if (odd++ == 0) {
      first_odd = i;
    }
    column.numbers(static_cast<Index>(i)) = value;
  }
  if (odd > 0) {
    Column text = text_column(column_name, cells, false);
    text.why_text = "row " + std::to_string(rows[first_odd]) + " holds '" + shown(cells[first_odd]) + "', " +
                    why_no_number(cells[first_odd]);
    if (numbers > odd)
      notes.push_back(
          {"data.text_among_numbers", "column '" + column_name + "' is read as text: " + std::to_string(odd) +
                                          " of its cells are not numbers, the first in row " +
                                          std::to_string(rows[first_odd]) + " ('" + shown(cells[first_odd]) + "')"});
    return text;
  }
  if (numbers == 0) notes.push_back({"data.no_values", "column '" + column_name + "' has no value in any row"});
  if (percents > 0 && percents == numbers)
    notes.push_back({"data.percent", "column '" + column_name + "' is written in per cent and kept as fractions: " +
                                         shown(cells[first_number]) + " is " +
                                         shortest(column.numbers(static_cast<Index>(first_number)))});
  if (percents > 0 && percents < numbers)
    notes.push_back({"data.mixed_percent", "column '" + column_name + "' has " + std::to_string(percents) +
                                               " cells with % and " + std::to_string(numbers - percents) +
                                               " without; cells with % were divided by 100, check the units"});
  if (large > 0)
    notes.push_back({"data.large_integers",
                     "column '" + column_name + "' holds " + std::to_string(large) +
                         " whole numbers of 2^53 or more, which a double cannot tell apart; name it under text if it "
                         "is an identifier (first number in row " +
                         std::to_string(rows[first_number]) + ")"});
  return column;
}

}  // namespace headwater
