#include "headwater/core/utf8.hpp"

#include <cstdio>

namespace headwater {
namespace {

char32_t decoded(std::string_view sequence) {
  const auto lead = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return lead;
  char32_t point = lead & (0xFFu >> (sequence.size() + 1));
  for (const char c : sequence.substr(1)) point = point << 6 | (static_cast<unsigned char>(c) & 0x3Fu);
  return point;
}

// The control characters of Unicode's categories Cc and Zl, Zp, and those that reorder text (UAX 9).
bool obeyed(char32_t point) {
  if (point < 0x20) return point != '\n' && point != '\t';
  if (point >= 0x7F && point <= 0x9F) return true;
  if (point == 0x61C || point == 0x200E || point == 0x200F) return true;
  return (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

std::string spelled(const char* format, unsigned value) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

}  // namespace

std::size_t utf8_length(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u; };
  const auto continues = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return byte(i) >= low && byte(i) <= high;
  };
  const unsigned lead = byte(at);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(at + 1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF)
    return continues(at + 1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF) && continues(at + 2) ? 3 : 0;
  if (lead >= 0xF0 && lead <= 0xF4)
    return continues(at + 1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF) && continues(at + 2) &&
                   continues(at + 3)
               ? 4
               : 0;
  return 0;
}

std::string visible(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text, i);
    const auto byte = static_cast<unsigned char>(text[i]);
    if (length == 0) {
      out += spelled("\\x%02x", byte);
      ++i;
      continue;
    }
    const std::string_view sequence = text.substr(i, length);
    const char32_t point = decoded(sequence);
    if (obeyed(point))
      out += spelled(length < 3 ? "\\x%02x" : "\\u%04x", static_cast<unsigned>(point));
    else
      out += sequence;
    i += length;
  }
  return out;
}

}  // namespace headwater
