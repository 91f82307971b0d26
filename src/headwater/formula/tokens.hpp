// Text -> tokens with positions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "headwater/formula/formula.hpp"

namespace headwater {

struct Token {
  enum class Kind { number, name, text, symbol, end };
  Kind kind = Kind::end;
  std::string text;  // name without back-quotes, text without quotes, or the symbol
  double number = 0;
  TextRange where;

  bool is(std::string_view symbol) const { return kind == Kind::symbol && text == symbol; }
};

// The last token has kind `end`. Throws Error{formula, "formula.syntax"}.
std::vector<Token> tokenize(std::string_view source);

// "cannot read the formula: expected ..., found ..." with the text and a caret under `at`.
[[noreturn]] void syntax_error(std::string_view source, std::size_t at, const std::string& message);

}  // namespace headwater
