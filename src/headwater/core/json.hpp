// A small JSON writer: 17 significant digits, keys in the order given; infinite and undefined numbers become null.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headwater {

class JsonWriter {
 public:
  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view name);
  void value(double number);
  void value(std::int64_t number);
  void value(bool truth);
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(const std::string& text) { value(std::string_view(text)); }
  void null();

  template <class T>
  void member(std::string_view name, const T& content) {
    key(name);
    value(content);
  }

  const std::string& text() const { return text_; }
  // How many numbers were written as null because they were not finite.
  int undefined_numbers() const { return undefined_numbers_; }

 private:
  void separate();
  std::string text_;
  std::vector<bool> first_{true};
  bool after_key_ = false;
  int undefined_numbers_ = 0;
};

}  // namespace headwater
