// Numbers and lists as the sentences of a report have them: as many digits as their error deserves, a true minus sign,
// thousands grouped.
#pragma once

#include <string>
#include <vector>

namespace headwater {

// Two significant digits of `size`; three of the value where the size is NaN. "–" for NaN.
std::string figure(double value, double size);
std::string figure_share(double share);  // 0.0123 -> "1.2%"
std::string figure_level(double level);  // 0.95 -> "95%"
std::string figure_p(double p);          // "p = 0.042", "p <0.001"
// "6.1% to 9.3%"
std::string figure_interval(double low, double high, double size, const std::string& unit);
std::string together_in_words(const std::vector<std::string>& parts);  // "a, b and c"
// A capital before, a full stop behind.
std::string as_sentence(std::string text);

}  // namespace headwater
