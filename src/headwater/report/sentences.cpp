#include "headwater/report/sentences.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "headwater/core/text.hpp"

namespace headwater {
namespace {

constexpr const char* kMinus = "\xE2\x88\x92";
constexpr int kMostFigureDecimals = 8;
constexpr double kLeastPlain = 1e-6, kMostPlain = 1e9;  // beyond them a power of ten is written

int figure_decimals(double size, int digits) {
  if (!(std::abs(size) > 0) || !std::isfinite(size)) return 2;
  return std::clamp(digits - 1 - static_cast<int>(std::floor(std::log10(std::abs(size)))), 0, kMostFigureDecimals);
}

std::string grouped(std::string digits) {
  const std::size_t point = std::min(digits.find('.'), digits.size());
  for (std::size_t at = point; at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string figure_fixed(double value, int decimals) {
  char text[400];
  std::snprintf(text, sizeof text, "%.*f", decimals, std::abs(value));
  const std::string digits(text);
  const bool nothing = digits.find_first_not_of("0.") == std::string::npos;
  return (value < 0 && !nothing ? kMinus : "") + grouped(digits);
}

}  // namespace

std::string figure(double value, double size) {
  if (!std::isfinite(value)) return "–";
  const bool sized = std::isfinite(size) && size != 0;
  if (sized && std::abs(value) < 1e-9 && std::abs(size) < 1e-9) return "0";
  if (!sized && value != 0 && (std::abs(value) < kLeastPlain || std::abs(value) >= kMostPlain))
    return (value < 0 ? kMinus : "") + significant(std::abs(value), 3);
  return figure_fixed(value, sized ? figure_decimals(size, 2) : figure_decimals(value, 3));
}

std::string figure_share(double share) {
  const double percent = 100 * share, size = std::abs(percent);
  return figure_fixed(percent, size >= 10 ? 0 : size >= 1 ? 1 : 2) + "%";
}

std::string figure_level(double level) { return significant(100 * level, 4) + "%"; }

std::string figure_p(double p) { return p < 0.001 ? "p <0.001" : "p = " + figure_fixed(p, 3); }

std::string figure_interval(double low, double high, double size, const std::string& unit) {
  return figure(low, size) + unit + " to " + figure(high, size) + unit;
}

std::string together_in_words(const std::vector<std::string>& parts) {
  if (parts.size() < 2) return joined(parts, "");
  return joined({parts.begin(), parts.end() - 1}, ", ") + " and " + parts.back();
}

std::string as_sentence(std::string text) {
  if (text.empty()) return text;
  if (text.front() >= 'a' && text.front() <= 'z') text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return std::string(".!?").find(text.back()) == std::string::npos ? text + "." : text;
}

}  // namespace headwater
