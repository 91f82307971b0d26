// Numbers as nearly every cell of a table has them, read without a library.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace headwater {

struct ShortDecimal {
  double value;
  std::size_t decimals;  // digits behind the point
  bool leading_zero;     // that is not needed: 007
  bool trailing_zero;    // the same behind the point: 1.10
};

// [-]digits[.digits] in at most 15 digits: these and the power of ten are doubles exactly, so their quotient is the
// nearest double to the number (Clinger 1990).
inline std::optional<ShortDecimal> short_decimal(std::string_view text) {
  constexpr double kPowers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  constexpr std::size_t kMostDigits = 15;
  const bool minus = text.size() > 1 && text.front() == '-';
  if (minus) text.remove_prefix(1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || text.size() > kMostDigits + 1 || !is_digit(text.front()) || !is_digit(text.back()))
    return std::nullopt;
  std::int64_t digits = 0;
  std::size_t point = text.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_digit(text[i]))
      digits = 10 * digits + (text[i] - '0');
    else if (text[i] == '.' && point == text.size())
      point = i;
    else
      return std::nullopt;
  }
  const bool whole = point == text.size();
  if (text.size() - (whole ? 0 : 1) > kMostDigits) return std::nullopt;
  const std::size_t decimals = whole ? 0 : text.size() - point - 1;
  const double value = static_cast<double>(digits) / kPowers[decimals];
  return ShortDecimal{minus ? -value : value, decimals, text.front() == '0' && point > 1, !whole && text.back() == '0'};
}

}  // namespace headwater
