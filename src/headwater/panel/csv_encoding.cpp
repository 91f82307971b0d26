// Bytes -> UTF-8 text. UTF-16 says what it is by its byte order mark. Bytes that are not UTF-8 are Windows-1252, the
// other encoding of English spreadsheets, when nothing in the file is UTF-8 beyond ASCII and every byte has a letter
// there; a file that is partly UTF-8 is damaged, and is refused.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/utf8.hpp"
#include "headwater/panel/csv_file.hpp"
#include "headwater/panel/csv_words.hpp"
#include "headwater/panel/other_formats.hpp"

namespace headwater {
namespace {

bool ends_line(std::string_view bytes, std::size_t at) {
  return bytes[at] == '\n' || (bytes[at] == '\r' && bytes.substr(at + 1, 1) != "\n");
}

std::int64_t line_of(std::string_view bytes, std::size_t at) {
  std::int64_t line = 1;
  for (std::size_t i = 0; i < at; ++i) line += ends_line(bytes, i);
  return line;
}

// Line and field of a byte. Counts quotes only, so it works before anything is known to be well formed.
[[noreturn]] void encoding_error(std::string_view bytes, std::size_t at, char separator, const std::string& file,
                                 const std::string& code, const std::string& message) {
  std::int64_t field = 1;
  bool quoted = false;
  for (std::size_t i = 0; i < at; ++i) {
    if (bytes[i] == '"') quoted = !quoted;
    if (quoted) continue;
    if (ends_line(bytes, i)) field = 1;
    field += bytes[i] == separator;
  }
  const std::string column = "column " + std::to_string(field);
  csv_error(file, line_of(bytes, at), code, column + ": " + message, column);
}

void append_utf8(std::string& text, std::uint32_t letter) {
  const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (letter < 0x80) return put(letter);
  if (letter < 0x800) {
    put(0xC0 | letter >> 6);
  } else {
    if (letter < 0x10000) {
      put(0xE0 | letter >> 12);
    } else {
      put(0xF0 | letter >> 18);
      put(0x80 | (letter >> 12 & 0x3F));
    }
    put(0x80 | (letter >> 6 & 0x3F));
  }
  put(0x80 | (letter & 0x3F));
}

// Units of two bytes after the byte order mark; a letter beyond 2^16 is a pair of them (RFC 2781).
std::string from_utf16(std::string_view bytes, const std::string& file) {
  const bool big = bytes[0] == '\xFE';
  const auto unit = [&](std::size_t at) {
    const auto a = static_cast<unsigned char>(bytes[at]), b = static_cast<unsigned char>(bytes[at + 1]);
    return static_cast<std::uint32_t>(big ? a << 8 | b : b << 8 | a);
  };
  const auto damaged = [&](const std::string& why) {
    throw Error(ErrorKind::data, "csv.utf16", file + " is UTF-16 text and damaged: " + why + "; save it again",
                {.file = file});
  };
  if (bytes.size() % 2 != 0) damaged("it has an odd number of bytes");
  std::string text;
  for (std::size_t at = 2; at < bytes.size(); at += 2) {
    std::uint32_t letter = unit(at);
    if (letter >= 0xD800 && letter < 0xE000) {
      const std::uint32_t second = letter < 0xDC00 && at + 3 < bytes.size() ? unit(at + 2) : 0;
      if (second < 0xDC00 || second > 0xDFFF) damaged("half a letter stands at byte " + std::to_string(at + 1));
      letter = 0x10000 + ((letter - 0xD800) << 10) + (second - 0xDC00);
      at += 2;
    }
    append_utf8(text, letter);
  }
  return text;
}

// Windows-1252 from 0x80 to 0x9F; 0 where there is no letter. Above that it is Unicode.
constexpr std::array<std::uint16_t, 32> kWindows1252 = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                        0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                                        0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                        0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

std::uint32_t windows_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 && byte < 0xA0 ? kWindows1252[byte - 0x80u] : byte;
}

std::string from_windows1252(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 16);
  for (const char c : bytes) append_utf8(text, windows_letter(c));
  return text;
}

struct Survey {
  std::optional<std::size_t> nul, not_utf8, utf8_letter, no_letter;  // the first of each, by byte
};

Survey survey(std::string_view bytes) {
  Survey found;
  const auto first = [](std::optional<std::size_t>& place, std::size_t at) {
    if (!place) place = at;
  };
  for (std::size_t i = 0; i < bytes.size();) {
    if (i + 8 <= bytes.size() && plain_text(bytes.data() + i)) {
      i += 8;
      continue;
    }
    const bool ascii = static_cast<unsigned char>(bytes[i]) < 0x80;
    const std::size_t length = ascii ? 1 : utf8_length(bytes, i);
    if (bytes[i] == '\0') first(found.nul, i);
    if (length == 0) first(found.not_utf8, i);
    if (length > 1) first(found.utf8_letter, i);
    if (length == 0 && windows_letter(bytes[i]) == 0) first(found.no_letter, i);
    i += std::max<std::size_t>(length, 1);
  }
  return found;
}

void refuse_nul(std::string_view text, const std::optional<std::size_t>& at, char separator, const std::string& file) {
  if (at)
    encoding_error(text, *at, separator, file, "nul_byte",
                   "there is a NUL byte, so this is not plain text; save it as UTF-8 CSV");
}

// Letters of English take one byte of two, so every other byte is zero but for the few letters beyond.
bool is_utf16_without_mark(std::string_view bytes) {
  constexpr std::size_t kLooked = 4096;
  const std::size_t pairs = std::min(bytes.size(), kLooked) / 2;
  std::size_t first = 0, second = 0;
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    first += bytes[2 * pair] == '\0';
    second += bytes[2 * pair + 1] == '\0';
  }
  return std::min(first, second) == 0 && std::max(first, second) >= 2 && 4 * std::max(first, second) >= pairs;
}

}  // namespace

std::optional<std::string> as_utf8(std::string_view bytes, char separator, const std::string& file, Notes& notes) {
  refuse_other_formats(bytes, file);
  if (bytes.substr(0, 2) == "\xFF\xFE" || bytes.substr(0, 2) == "\xFE\xFF") {
    std::string text = from_utf16(bytes, file);
    refuse_nul(text, survey(text).nul, separator, file);
    notes.push_back({"data.encoding", file + " is UTF-16 text and was read as that"});
    return text;
  }
  if (is_utf16_without_mark(bytes))
    throw Error(ErrorKind::data, "csv.utf16",
                file + " is UTF-16 text without a byte order mark, which is not read; save it as UTF-8",
                {.file = file});
  const Survey found = survey(bytes);
  refuse_nul(bytes, found.nul, separator, file);
  if (!found.not_utf8) return std::nullopt;
  if (found.utf8_letter)
    encoding_error(bytes, *found.not_utf8, separator, file, "invalid_utf8",
                   "a byte is not UTF-8, although row " + std::to_string(line_of(bytes, *found.utf8_letter)) +
                       " has letters in UTF-8; save the file as UTF-8");
  if (found.no_letter)
    encoding_error(bytes, *found.no_letter, separator, file, "invalid_utf8",
                   "a byte is neither UTF-8 nor Windows-1252; save the file as UTF-8");
  notes.push_back({"data.encoding", file + " is not UTF-8 and was read as Windows-1252: row " +
                                        std::to_string(line_of(bytes, *found.not_utf8)) +
                                        " has the first such letter"});
  return from_windows1252(bytes);
}

}  // namespace headwater
