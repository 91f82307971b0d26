// Plain text in 80 columns: numbers aligned on the decimal point, long names cut with a footnote, prose wrapped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace headwater {

constexpr int kPageWidth = 80;

// A number with as many decimals as its error deserves: three significant digits of `error`; five of the value when there
// is none. "not estimable" and the like are the caller's.
std::string shown(double value, double error);
std::string shown(double value);  // five significant digits
std::string shown_p(double p);    // "<0.001", "0.042"
std::string shown_percent(double share);  // "12.3 %"

class TextTable {
 public:
  enum class Align { left, decimal, right };
  void column(std::string heading, Align align);
  void row(std::vector<std::string> cells);
  void rule();  // a line across
  // The first column is cut where needed so that the table fits `width`; what was cut is listed below the table.
  std::string text(int width = kPageWidth) const;

 private:
  struct Column {
    std::string heading;
    Align align;
  };
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;  // an empty row is a rule
};

// Words wrapped at `width`, later lines indented.
std::string wrapped(std::string_view text, int indent = 0, int width = kPageWidth);
std::string heading(std::string_view text);

}  // namespace headwater
