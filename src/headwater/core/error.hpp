// The one exception of the library. A message says what happened with the value, file, row and column; why that is not
// acceptable; and what to do. The library never prints and never aborts.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>

namespace headwater {

enum class ErrorKind { usage, data, formula, identification, numerical, io, internal };

const char* name(ErrorKind kind);

// Process exit code: usage 2, data 3, formula 4, identification 5, numerical 6, io 7, internal 70.
int exit_code(ErrorKind kind);

// Where the trouble is. Rows count from 1 and include the header line of a text file, as an editor shows them.
struct Place {
  std::optional<std::string> file = std::nullopt;
  std::optional<std::int64_t> row = std::nullopt;
  std::optional<std::string> column = std::nullopt;
  std::optional<std::string> key = std::nullopt;  // option or configuration key
};

class Error : public std::exception {
 public:
  // `code` is stable across versions, lower case with dots, e.g. "data.duplicate_key".
  Error(ErrorKind kind, std::string code, std::string message, Place place = {});

  const char* what() const noexcept override { return message_.c_str(); }
  ErrorKind kind() const { return kind_; }
  const std::string& code() const { return code_; }
  const std::string& message() const { return message_; }
  const Place& place() const { return place_; }

 private:
  ErrorKind kind_;
  std::string code_;
  std::string message_;
  Place place_;
};

}  // namespace headwater
