#include "headwater/core/json.hpp"

#include <charconv>
#include <cmath>

namespace headwater {
namespace {

void append_escaped(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (byte < 0x20) {
          out += "\\u00";
          out += "0123456789abcdef"[byte >> 4];
          out += "0123456789abcdef"[byte & 0xF];
        } else {
          out += c;
        }
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
