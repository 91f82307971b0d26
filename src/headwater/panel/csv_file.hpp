// What a CSV file is made of: its bytes as UTF-8 text, and that text as records of fields.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "headwater/core/notes.hpp"

namespace headwater {

// Throws Error{data, "csv.<code>"} with file and row in front of `message`.
[[noreturn]] void csv_error(const std::string& file, std::int64_t row, const std::string& code, std::string message,
                            std::optional<std::string> column = std::nullopt);

// The text of the bytes where they are not UTF-8 already: UTF-16 with a byte order mark and Windows-1252, which a note
// says. Throws Error{data, "csv.*"} for another format under the name of a CSV, a NUL byte and a byte of no encoding.
std::optional<std::string> as_utf8(std::string_view bytes, char separator, const std::string& file, Notes& notes);

// Fields of the text one after the other, as RFC 4180 has them. Unquoted and plain quoted fields are views into the
// text; fields with doubled quotes are kept here. Throws Error{data, "csv.*"} naming the row.
class CsvTokens {
 public:
  CsvTokens(std::string_view text, std::string file, char separator);

  bool done() const { return at_ >= text_.size(); }
  std::int64_t line() const { return line_; }
  // Another reader that begins where this one stands.
  CsvTokens ahead() const;
  // Reads one record; an empty line is one empty field.
  void record(std::vector<std::string_view>& fields);
  // Goes past the rest of the line as it is.
  void skip_line();

 private:
  std::string_view plain();
  std::string_view quoted(std::size_t column);
  std::string_view unescape(std::string_view inside);
  void end_line();

  std::string_view text_;
  std::string file_;
  char separator_;
  std::size_t at_ = 0;
  std::int64_t line_ = 1;
  std::deque<std::string> unescaped_;
};

}  // namespace headwater
