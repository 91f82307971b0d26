// Numbers and names as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headwater {

std::string_view trimmed(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);       // at top level of (), [], quotes; trimmed
std::vector<std::string> entries_of(std::string_view text, char separator);  // at every separator; trimmed, none empty
std::string joined(const std::vector<std::string>& parts, std::string_view separator);
std::string lower(std::string_view text);  // ASCII

// Shortest text that reads back to the same double; "NaN", "Inf", "-Inf".
std::string shortest(double value);
// `digits` significant digits, no trailing zeros.
std::string significant(double value, int digits);
// 12345 -> "12,345"
std::string thousands(long long value);
std::string counted(long long count, std::string_view noun);  // "1 row", "4,647 rows"

// The whole of `text` as a double, locale-free. Rejects hexadecimal, "inf", "nan" and anything left over.
std::optional<double> parse_number(std::string_view text);

// Where the UTF-8 sequence that holds byte `at` begins; `at` itself at the end.
std::size_t sequence_start(std::string_view text, std::size_t at);
// The text, or its first whole characters and "..." when it has more than `most` bytes.
std::string shortened(std::string_view text, std::size_t most);

// Display width of UTF-8 text in terminal cells (combining marks 0, wide East Asian 2).
int display_width(std::string_view utf8);

// Order of names as people sort them: digit runs by value, so "t5" < "t10"; ties by bytes.
bool natural_less(std::string_view a, std::string_view b);

}  // namespace headwater
