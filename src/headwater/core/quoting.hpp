// Names that hold blanks, hyphens, commas or brackets, as the languages of formulas, methods and configurations write
// them: between quotes, with a backslash before a quote or a backslash that belongs to the name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headwater {

// Position of the quote that closes the one at `open`; npos when none does.
std::size_t closing_quote(std::string_view text, std::size_t open);

// The inside of one pair of quotes (", ' or `) around the whole text; any other text as it is.
std::string unquoted(std::string_view text);

// The name as a formula writes it: as it is where it holds letters, digits, points and underscores alone and begins
// with none of the digits, else between back-quotes.
std::string quoted_name(std::string_view name);

// Names of columns separated by commas, each in quotes or not, and back.
std::vector<std::string> column_list(std::string_view text);
std::string column_list(const std::vector<std::string>& names);

// The text between quotes that it does not hold, else between double quotes.
std::string quoted_text(std::string_view text);

// A sign that word processors put in the place of one on the keyboard: curly quotes, long dashes, mathematical signs.
struct TypographicSign {
  std::string_view written, plain;  // “ and "
  bool is_quote = false;
};
// The one that stands at byte `at` of the text.
std::optional<TypographicSign> typographic_sign(std::string_view text, std::size_t at);

}  // namespace headwater
