// Text cells -> numbers or codes. A column is numeric when every cell that is not a missing mark reads as a number;
// thousands separators, £, %, and brackets for negatives are understood only then. Percentages become fractions, which
// a note says. In text only an empty cell, NA, N/A, Not Applicable and the bracketed codes of official statistics are
// missing: `-`, `*`, `~` and `NAN` may be codes. In keys and in columns named under `text` only an empty cell is.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "headwater/core/text.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

constexpr std::string_view kPound = "\xC2\xA3";
constexpr std::string_view kMinusSign = "\xE2\x88\x92";  // U+2212
constexpr std::string_view kNoBreakSpace = "\xC2\xA0";

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

// What a cell is in a column of numbers.
struct NumericCell {
  double value = std::numeric_limits<double>::quiet_NaN();
  Missing mark = Missing::present;
  bool number = false;
  bool percent = false;
  char beside = 0;  // the letter of a mark that stands beside the number: 4.2% [p]
};

// Marks that official statistics set beside a number that is there.
struct ValueMark {
  char letter;
  const char* meaning;
};
constexpr std::array<ValueMark, 6> kValueMarks = {{{'b', "break in the series"},
                                                   {'e', "estimated"},
                                                   {'f', "forecast"},
                                                   {'p', "provisional"},
                                                   {'r', "revised"},
                                                   {'u', "low reliability"}}};

// The letter of the mark at the end of the cell, taken off; 0 when there is none.
char take_value_mark(std::string_view& cell) {
  if (cell.size() < 4 || cell.back() != ']' || cell[cell.size() - 3] != '[') return 0;
  const char letter = cell[cell.size() - 2];
  if (std::none_of(kValueMarks.begin(), kValueMarks.end(), [&](const ValueMark& m) { return m.letter == letter; }))
    return 0;
  cell = stripped(cell.substr(0, cell.size() - 3));
  return letter;
}

// A number with separators, currency, percent or brackets.
NumericCell decorated_number(std::string_view cell) {
  NumericCell parsed;
  if (const auto plain = parse_number(cell)) return {*plain, Missing::present, true, false};
  double sign = 1;
  if (cell.size() > 2 && cell.front() == '(' && cell.back() == ')') {
    sign = -1;
    cell = stripped(cell.substr(1, cell.size() - 2));
  }
  const auto take_minus = [&] {
    const std::size_t length = cell.substr(0, 1) == "-" ? 1 : cell.substr(0, 3) == kMinusSign ? 3 : 0;
    if (sign < 0 || length == 0) return;
    sign = -1;
    cell.remove_prefix(length);
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

NumericCell numeric_cell(std::string_view raw) {
  if (const auto plain = parse_number(raw)) return {*plain, Missing::present, true, false};  // no mark is a number
  NumericCell cell;
  cell.mark = missing_mark(raw);
  if (cell.mark != Missing::present) return cell;
  std::string_view text = stripped(raw);
  const char beside = take_value_mark(text);
  cell = decorated_number(text);
  if (cell.number) cell.beside = beside;
  return cell;
}

// What stood beside the numbers of a column is kept where all else about the data is told.
void note_value_marks(const std::string& column, const std::vector<std::vector<std::size_t>>& beside,
                      const std::vector<std::int64_t>& rows, Notes& notes) {
  for (std::size_t m = 0; m < kValueMarks.size(); ++m) {
    if (beside[m].empty()) continue;
    notes.push_back({"data.value_marks",
                     "column '" + column + "' has the mark [" + kValueMarks[m].letter + "] (" + kValueMarks[m].meaning +
                         ") beside " + counted(static_cast<long long>(beside[m].size()), "number") +
                         (beside[m].size() == 1 ? ", in row " : ", the first in row ") +
                         std::to_string(rows[beside[m].front()]) + "; the numbers are read as they stand"});
  }
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
  struct Known {
    Missing mark;
    std::int32_t code;
  };
  std::unordered_map<std::string_view, Known> known;
  std::vector<std::string_view> found;
  column.codes.resize(cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string_view cell = key ? cells[i] : trimmed(cells[i]);
    const auto [entry, fresh] = known.try_emplace(cell, Known{Missing::present, -1});
    Known& now = entry->second;
    if (fresh) {
      now.mark = !key ? text_mark(cell) : blank(cell) ? Missing::empty : Missing::present;
      if (now.mark == Missing::present) {
        now.code = static_cast<std::int32_t>(found.size());
        found.push_back(cell);
      }
    }
    column.codes[i] = now.code;
    if (now.mark != Missing::present) keep_missing(column, cells.size(), i, now.mark);
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

// Digits and nothing else but blanks, ordinary or not, between them: 1 200.
bool has_blank_between_digits(std::string_view cell) {
  std::string plain;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    const std::string_view two = cell.substr(i, 2), three = cell.substr(i, 3);
    const std::size_t blank = cell[i] == ' '                           ? 1
                              : two == kNoBreakSpace                   ? 2
                              : three == "\u202F" || three == "\u2009" ? 3
                                                                       : 0;
    if (blank == 0) plain += cell[i];
    i += blank > 1 ? blank - 1 : 0;
  }
  return plain.size() < cell.size() && parse_number(plain).has_value();
}

// 08:30 or 08:30:15.
bool is_time_of_day(std::string_view cell) {
  const std::size_t colon = cell.find(':');
  return (colon == 1 || colon == 2) && cell.size() >= colon + 3 &&
         cell.find_first_not_of("0123456789:") == std::string_view::npos;
}

// A number and a mark behind it that official statistics do not know: 7 [q].
bool ends_in_a_mark(std::string_view cell) {
  const std::size_t bracket = cell.rfind('[');
  return bracket != std::string_view::npos && bracket > 0 && cell.back() == ']' &&
         decorated_number(stripped(cell.substr(0, bracket))).number;
}

// Why a cell is no number, with what to write instead where that is plain.
std::string why_no_number(std::string_view raw) {
  const std::string_view cell = stripped(raw);
  const std::string_view unsigned_part = !cell.empty() && (cell[0] == '-' || cell[0] == '+') ? cell.substr(1) : cell;
  const std::string word = lower(unsigned_part);
  if (has_decimal_comma(cell)) return "which has a decimal comma; write a point";
  if (word == "inf" || word == "infinity") return "which is infinite";
  if (word.rfind("0x", 0) == 0) return "which looks hexadecimal; write it as a decimal number";
  if (has_blank_between_digits(cell)) return "which has a blank between its digits";
  if (is_time_of_day(cell)) return "which is a time of day; write hours or minutes as one number";
  if (ends_in_a_mark(cell)) return "which ends in a mark; keep the mark in a column of its own";
  if (cell.substr(0, 1) == "#" && cell.size() > 2) return "which is an error of a spreadsheet; leave the cell empty";
  const std::size_t exponent = word.find_first_of("ed");
  const bool scientific = exponent != std::string::npos && exponent > 0 &&
                          word.find_first_not_of("0123456789.") == exponent &&
                          digits_only(std::string_view(word).substr(std::min(
                              word.size(), exponent + (word.find_first_of("+-", exponent) == exponent + 1 ? 2 : 1))));
  if (scientific && word[exponent] == 'd') return "which has Fortran's exponent d; write e";
  if (scientific) return "which is too large or too small for a number of double precision";
  return "which is not a number";
}

// A column of text because of the cell at `odd`, the first that is no number.
Column no_numbers(std::string name, const std::vector<std::string_view>& cells, const std::vector<std::int64_t>& rows,
                  std::size_t odd, Notes& notes) {
  Column text = text_column(std::move(name), cells, false);
  const std::string where = "row " + std::to_string(rows[odd]), what = "'" + shown(cells[odd]) + "'";
  text.why_text = where + " holds " + what + ", " + why_no_number(cells[odd]);
  std::vector<std::size_t> count(text.levels.size());
  for (const std::int32_t code : text.codes)
    if (code >= 0) ++count[static_cast<std::size_t>(code)];
  std::size_t numbers = 0, others = 0;
  for (std::size_t level = 0; level < count.size(); ++level) {
    const NumericCell cell = numeric_cell(text.levels[level]);
    if (cell.mark == Missing::present) (cell.number ? numbers : others) += count[level];
  }
  if (numbers > others)
    notes.push_back(
        {"data.text_among_numbers", "column '" + text.name + "' is read as text: " + std::to_string(others) +
                                        " of its cells are not numbers, the first in " + where + " (" + what + ")"});
  return text;
}

}  // namespace

std::string_view stripped(std::string_view cell) {
  const auto is_graphic = [](char c) { return c > ' ' && c < '\x7f'; };
  if (!cell.empty() && is_graphic(cell.front()) && is_graphic(cell.back())) return cell;  // as nearly every cell is
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

bool may_be_numbers(const Column& column) {
  if (column.type != Column::Type::text || column.why_text.empty()) return false;
  return std::any_of(column.levels.begin(), column.levels.end(), [](const std::string& level) {
    const NumericCell cell = numeric_cell(level);
    if (cell.mark != Missing::present) return false;
    const std::size_t begin = level.find_first_not_of(" \t-+(.,\xC2\xA3\xA0\xE2\x88\x92$");
    return cell.number || (begin != std::string::npos && level[begin] >= '0' && level[begin] <= '9');
  });
}

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
  if (cell == "-" || cell == "\xE2\x80\x93" || cell == "\xE2\x80\x94" || cell == "--") return Missing::dash;
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
  std::size_t numbers = 0, percents = 0, large = 0, first_number = 0;
  std::vector<std::vector<std::size_t>> beside(kValueMarks.size());  // rows with each mark
  Spelling spelling;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (const auto plain = short_decimal(cells[i])) {
      column.numbers(static_cast<Index>(i)) = plain->value;
      spelling.see(*plain);
      if (numbers++ == 0) first_number = i;
      continue;
    }
    const NumericCell cell = numeric_cell(cells[i]);
    column.numbers(static_cast<Index>(i)) = cell.value;
    if (cell.mark != Missing::present) {
      keep_missing(column, cells.size(), i, cell.mark);
    } else if (cell.number) {
      spelling.see(stripped(cells[i]), cell.value);
      if (numbers++ == 0) first_number = i;
      percents += cell.percent;
      for (std::size_t m = 0; cell.beside != 0 && m < kValueMarks.size(); ++m)
        if (kValueMarks[m].letter == cell.beside) beside[m].push_back(i);
      large += std::abs(cell.value) >= kExactInteger && cells[i].find_first_of(".eE") == std::string_view::npos;
    } else {
      return no_numbers(std::move(column_name), cells, rows, i, notes);
    }
  }
  note_value_marks(column_name, beside, rows, notes);
  if (numbers == 0) notes.push_back({"data.no_values", "column '" + column_name + "' has no value in any row"});
  if (percents > 0 && percents == numbers)
    notes.push_back({"data.percent", "column '" + column_name + "' is written in per cent and kept as fractions: " +
                                         shown(cells[first_number]) + " is " +
                                         shortest(column.numbers(static_cast<Index>(first_number)))});
  if (percents > 0 && percents < numbers)
    notes.push_back({"data.mixed_percent", "column '" + column_name + "' has " +
                                               counted(static_cast<long long>(percents), "cell") + " with % and " +
                                               std::to_string(numbers - percents) +
                                               " without; cells with % were divided by 100, check the units"});
  if (large > 0)
    notes.push_back({"data.large_integers",
                     "column '" + column_name + "' holds " + std::to_string(large) +
                         " whole numbers of 2^53 or more, which a double cannot tell apart; name it under text if it "
                         "is an identifier (first number in row " +
                         std::to_string(rows[first_number]) + ")"});
  keep_spellings(column, cells, rows, spelling, notes);
  return column;
}

}  // namespace headwater
