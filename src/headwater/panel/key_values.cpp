#include "headwater/panel/key_values.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

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

std::int64_t first_row(const Column& unit, std::size_t level, const std::vector<std::int64_t>& rows) {
  const auto where = std::find(unit.codes.begin(), unit.codes.end(), static_cast<std::int32_t>(level));
  return rows[static_cast<std::size_t>(where - unit.codes.begin())];
}

}  // namespace

void key_error(const DataLedger& ledger, const std::string& code, std::int64_t row, const std::string& column,
               const std::string& message) {
  throw Error(ErrorKind::data, "data." + code, ledger.file + ", row " + std::to_string(row) + ": " + message,
              {.file = ledger.file, .row = row, .column = column});
}

std::string folded(std::string_view code) {
  const std::string plain = with_plain_blanks(decomposed(code));
  std::string text;
  for (const char c : trimmed(plain))
    if (c != ' ' || text.back() != ' ') text += c;
  return lower(text);
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

}  // namespace headwater
