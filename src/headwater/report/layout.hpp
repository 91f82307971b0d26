// Plain text in 80 columns: numbers aligned on the decimal point, long names on a line of their own, prose wrapped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace headwater {

constexpr int kPageWidth = 80;

// A number with as many decimals as its error deserves: three significant digits of `error`; five of the value when
// there is none. "not estimable" and the like are the caller's.
std::string shown(double value, double error);
std::string shown(double value);          // five significant digits
std::string shown_p(double p);            // "<0.001", "0.042"
std::string shown_percent(double share);  // "12.3 %"

enum class Align { left, decimal, right };

class TextTable {
 public:
  void column(std::string heading, Align align);
  void row(std::vector<std::string> cells);
  void rule();  // a line across
  // A name too long for the first column takes a line of its own above its row; a table too wide for `width` even then
  // is printed in parts, each with the first column.
  std::string text(int width = kPageWidth) const;

 private:
  struct Column {
    std::string heading;
    Align align;
  };
  TextTable part(std::size_t from, std::size_t to) const;  // the first column and columns [from, to)
  std::string line(const std::vector<std::string>& row, const std::vector<int>& widths) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;  // an empty row is a rule
};

// Words wrapped at `width`, later lines indented.
std::string wrapped(std::string_view text, int indent = 0, int width = kPageWidth);
// "  label      text", later lines under the text; a label longer than `indent` has a line of its own.
std::string item(std::string_view label, std::string_view text, int indent, int width = kPageWidth);
std::string heading(std::string_view text);

}  // namespace headwater
