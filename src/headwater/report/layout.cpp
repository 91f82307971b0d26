#include "headwater/report/layout.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "headwater/core/text.hpp"

namespace headwater {
namespace {

constexpr int kMostDecimals = 7;

std::string fixed(double value, int decimals) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.*f", decimals, value);
  return buffer;
}

std::string scientific(double value) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.3e", value);
  return buffer;
}

int decimals_for(double size, int digits) {
  if (!(size > 0) || !std::isfinite(size)) return 4;
  return std::clamp(digits - 1 - static_cast<int>(std::floor(std::log10(size))), 0, kMostDecimals);
}

bool extreme(double value) { return value != 0 && (std::abs(value) >= 1e9 || std::abs(value) < 1e-6); }

std::string padded(const std::string& text, int width, bool left) {
  const int gap = std::max(0, width - display_width(text));
  return left ? text + std::string(static_cast<std::size_t>(gap), ' ') : std::string(static_cast<std::size_t>(gap), ' ') + text;
}

// Display columns before the decimal point (or the whole text where it has none).
int before_point(const std::string& text) {
  const std::size_t point = text.find('.');
  return display_width(std::string_view(text).substr(0, point));
}

bool numeric(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
         std::none_of(text.begin(), text.end(), [](char c) { return (c >= 'f' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

std::string cut(const std::string& text, int width) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t next = i + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) ++next;
    if (display_width(result) + display_width(std::string_view(text).substr(i, next - i)) > width - 1) break;
    result += text.substr(i, next - i);
    i = next;
  }
  return result + "~";
}

}  // namespace

std::string shown(double value, double error) {
  if (!std::isfinite(value)) return "-";
  if (!(error > 0) || !std::isfinite(error)) return shown(value);
  if (extreme(value) && extreme(error)) return scientific(value);
  return std::abs(value) >= 1e9 ? scientific(value) : fixed(value, decimals_for(error, 3));
}

std::string shown(double value) {
  if (!std::isfinite(value)) return "-";
  if (value == 0) return "0";
  return extreme(value) ? scientific(value) : fixed(value, decimals_for(std::abs(value), 4));
}

std::string shown_p(double p) {
  if (!std::isfinite(p)) return "-";
  return p < 0.001 ? "<0.001" : fixed(p, 3);
}

std::string shown_percent(double share) {
  if (!std::isfinite(share)) return "-";
  const double percent = 100 * share;
  return fixed(percent, std::abs(percent) < 10 ? 2 : 1) + " %";
}

void TextTable::column(std::string name, Align align) { columns_.push_back({std::move(name), align}); }
void TextTable::row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
void TextTable::rule() { rows_.emplace_back(); }

std::string TextTable::text(int width) const {
  const std::size_t k = columns_.size();
  std::vector<std::vector<std::string>> cells = rows_;
  std::vector<int> widths(k, 0);
  for (std::size_t c = 0; c < k; ++c) {
    int point = 0;
    if (columns_[c].align == Align::decimal) {
      for (const auto& row : cells)
        if (c < row.size() && numeric(row[c])) point = std::max(point, before_point(row[c]));
      for (auto& row : cells)
        if (c < row.size() && numeric(row[c])) row[c] = std::string(static_cast<std::size_t>(point - before_point(row[c])), ' ') + row[c];
    }
    widths[c] = display_width(columns_[c].heading);
    for (const auto& row : cells)
      if (c < row.size()) widths[c] = std::max(widths[c], display_width(row[c]));
    if (columns_[c].align == Align::decimal)
      for (auto& row : cells)
        if (c < row.size() && numeric(row[c])) {
          int numbers = 0;
          for (const auto& other : cells)
            if (c < other.size() && numeric(other[c])) numbers = std::max(numbers, display_width(other[c]));
          row[c] = padded(row[c], numbers, true);
        }
  }
  int total = static_cast<int>(2 * (k - 1));
  for (const int w : widths) total += w;
  std::string notes;
  if (total > width && k > 0) {
    const int room = std::max(10, widths[0] - (total - width));
    for (auto& row : cells)
      if (!row.empty() && display_width(row[0]) > room) {
        const std::string shortened = cut(row[0], room);
        notes += wrapped("  " + shortened + " is " + (row[0].size() > 400 ? row[0].substr(0, 400) + "..." : row[0]), 4, width);
        row[0] = shortened;
      }
    widths[0] = std::max(room, display_width(columns_[0].heading));
    total = static_cast<int>(2 * (k - 1));
    for (const int w : widths) total += w;
  }
  const auto line = [&](const std::vector<std::string>& row) {
    std::string out;
    for (std::size_t c = 0; c < k; ++c) {
      const std::string cell = c < row.size() ? row[c] : "";
      out += padded(cell, widths[c], columns_[c].align == Align::left);
      if (c + 1 < k) out += "  ";
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out + "\n";
  };
  std::vector<std::string> headings;
  for (const Column& column : columns_) headings.push_back(column.heading);
  const std::string across = std::string(static_cast<std::size_t>(std::min(total, width)), '-') + "\n";
  const bool headed = std::any_of(headings.begin(), headings.end(), [](const std::string& h) { return !h.empty(); });
  std::string out = headed ? line(headings) + across : std::string();
  for (const auto& row : cells) out += row.empty() ? across : line(row);
  return out + notes;
}

std::string wrapped(std::string_view text, int indent, int width) {
  std::string out, line;
  std::size_t at = 0;
  const std::size_t lead = text.find_first_not_of(' ');
  if (lead != std::string_view::npos) line = std::string(lead, ' ');
  bool fresh = true;
  while (at < text.size()) {
    const std::size_t begin = text.find_first_not_of(" \n", at);
    if (begin == std::string_view::npos) break;
    const std::size_t end = std::min(text.find_first_of(" \n", begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    if (!fresh && display_width(line) + 1 + display_width(word) > width) {
      out += line + "\n";
      line = std::string(static_cast<std::size_t>(indent), ' ');
      fresh = true;
    }
    line += (fresh ? "" : " ") + std::string(word);
    fresh = false;
    at = end;
  }
  return out + line + "\n";
}

std::string heading(std::string_view text) { return "\n" + std::string(text) + "\n" + std::string(static_cast<std::size_t>(display_width(text)), '=') + "\n"; }

}  // namespace headwater
