#include "headwater/core/quoting.hpp"

#include <algorithm>
#include <array>

#include "headwater/core/text.hpp"

namespace headwater {
namespace {

bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }

bool escapes(std::string_view text, std::size_t at, char quote) {
  return text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == quote || text[at + 1] == '\\');
}

bool name_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool decimal_digit(char c) { return c >= '0' && c <= '9'; }

constexpr std::array<TypographicSign, 18> kTypographicSigns = {{{"\u201C", "\"", true},
                                                                {"\u201D", "\"", true},
                                                                {"\u201E", "\"", true},
                                                                {"\u201F", "\"", true},
                                                                {"\u00AB", "\"", true},
                                                                {"\u00BB", "\"", true},
                                                                {"\u2018", "'", true},
                                                                {"\u2019", "'", true},
                                                                {"\u201A", "'", true},
                                                                {"\u2212", "-"},
                                                                {"\u2013", "-"},
                                                                {"\u2014", "-"},
                                                                {"\u00D7", "*"},
                                                                {"\u2264", "<="},
                                                                {"\u2265", ">="},
                                                                {"\u2260", "!="},
                                                                {"\u223C", "~"},
                                                                {"\uFF5E", "~"}}};

bool has_typographic_sign(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at)
    if (typographic_sign(text, at)) return true;
  return false;
}

bool plain_name(std::string_view name) {
  if (name.empty() || !name_letter(name.front()) || name.find("\xC2\xA0") != std::string_view::npos) return false;
  if (name.front() == '.' && name.size() > 1 && decimal_digit(name[1])) return false;
  if (has_typographic_sign(name)) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return name_letter(c) || decimal_digit(c); });
}

std::string between(char quote, std::string_view text) {
  std::string result(1, quote);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool ambiguous = text[i] == '\\' && (i + 1 == text.size() || text[i + 1] == quote || text[i + 1] == '\\');
    if (text[i] == quote || ambiguous) result += '\\';
    result += text[i];
  }
  return result + quote;
}

}  // namespace

std::size_t closing_quote(std::string_view text, std::size_t open) {
  for (std::size_t i = open + 1; i < text.size(); ++i)
    if (text[i] == text[open])
      return i;
    else if (escapes(text, i, text[open]))
      ++i;
  return std::string_view::npos;
}

std::string unquoted(std::string_view text) {
  if (text.size() < 2 || !is_quote(text.front()) || closing_quote(text, 0) != text.size() - 1) return std::string(text);
  const char quote = text.front();
  std::string inside;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (escapes(text, i, quote)) ++i;
    inside += text[i];
  }
  return inside;
}

std::string quoted_name(std::string_view name) { return plain_name(name) ? std::string(name) : between('`', name); }

std::vector<std::string> column_list(std::string_view text) {
  std::vector<std::string> names;
  for (const std::string& part : split(text, ',')) names.push_back(unquoted(part));
  return names;
}

std::string column_list(const std::vector<std::string>& names) {
  std::vector<std::string> parts;
  for (const std::string& name : names) parts.push_back(quoted_name(name));
  return joined(parts, ", ");
}

std::optional<TypographicSign> typographic_sign(std::string_view text, std::size_t at) {
  if (static_cast<unsigned char>(text[at]) < 0x80) return std::nullopt;
  for (const TypographicSign& sign : kTypographicSigns)
    if (text.substr(at, sign.written.size()) == sign.written) return sign;
  return std::nullopt;
}

std::string quoted_text(std::string_view text) {
  return between(text.find('"') != std::string_view::npos && text.find('\'') == std::string_view::npos ? '\'' : '"',
                 text);
}

}  // namespace headwater
