#include "headwater/core/json.hpp"

#include <charconv>
#include <cmath>
#include <optional>

namespace headwater {
namespace {

// The control character at `at`, of one byte or of C1's two (U+0080 to U+009F), that JSON has no letter for.
std::optional<unsigned> control_at(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte == '\n' || byte == '\r' || byte == '\t') return std::nullopt;
  if (byte < 0x20 || byte == 0x7F) return byte;
  if (byte != 0xC2 || at + 1 == text.size()) return std::nullopt;
  const auto next = static_cast<unsigned char>(text[at + 1]);
  return next >= 0x80 && next <= 0x9F ? std::optional<unsigned>(next) : std::nullopt;
}

void append_escaped(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (const auto control = control_at(text, i)) {
      out += "\\u00";
      out += "0123456789abcdef"[*control >> 4];
      out += "0123456789abcdef"[*control & 0xF];
      i += byte == 0xC2 ? 1 : 0;
      continue;
    }
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: out += c;
    }
  }
  out += '"';
}

}  // namespace

void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!first_.back()) text_ += ", ";
  first_.back() = false;
}

void JsonWriter::begin_object() {
  separate();
  text_ += '{';
  first_.push_back(true);
}

void JsonWriter::end_object() {
  text_ += '}';
  first_.pop_back();
}

void JsonWriter::begin_array() {
  separate();
  text_ += '[';
  first_.push_back(true);
}

void JsonWriter::end_array() {
  text_ += ']';
  first_.pop_back();
}

void JsonWriter::key(std::string_view name) {
  separate();
  append_escaped(text_, name);
  text_ += ": ";
  after_key_ = true;
}

void JsonWriter::value(double number) {
  if (!std::isfinite(number)) {
    ++undefined_numbers_;
    null();
    return;
  }
  separate();
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::general, 17).ptr;
  text_.append(buffer, end);
}

void JsonWriter::value(std::int64_t number) {
  separate();
  text_ += std::to_string(number);
}

void JsonWriter::value(bool truth) {
  separate();
  text_ += truth ? "true" : "false";
}

void JsonWriter::value(std::string_view text) {
  separate();
  append_escaped(text_, text);
}

void JsonWriter::null() {
  separate();
  text_ += "null";
}

}  // namespace headwater
