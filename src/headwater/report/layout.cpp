#include "headwater/report/layout.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "headwater/core/text.hpp"

namespace headwater {
namespace {

constexpr int kMostDecimals = 7;
constexpr int kLeastFirstColumn = 12;

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
  return left ? text + std::string(static_cast<std::size_t>(gap), ' ')
              : std::string(static_cast<std::size_t>(gap), ' ') + text;
}

// Display columns before the decimal point, or up to the last digit where there is none.
int before_point(const std::string& text) {
  const std::size_t point = text.find('.');
  const std::size_t end = point != std::string::npos ? point : text.find_last_of("0123456789") + 1;
  return display_width(std::string_view(text).substr(0, end));
}

bool numeric(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
         std::none_of(text.begin(), text.end(),
                      [](char c) { return (c >= 'f' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

using Cells = std::vector<std::vector<std::string>>;

bool has(const std::vector<std::string>& row, std::size_t column) { return column < row.size(); }

// Pads the numbers of a column so that their decimal points stand under each other.
void align_points(Cells& cells, std::size_t column) {
  int point = 0, widest = 0;
  for (const auto& row : cells)
    if (has(row, column) && numeric(row[column])) point = std::max(point, before_point(row[column]));
  for (auto& row : cells) {
    if (!has(row, column) || !numeric(row[column])) continue;
    row[column].insert(0, static_cast<std::size_t>(point - before_point(row[column])), ' ');
    widest = std::max(widest, display_width(row[column]));
  }
  for (auto& row : cells)
    if (has(row, column) && numeric(row[column])) row[column] = padded(row[column], widest, true);
}

int width_of(const Cells& cells, std::size_t column, const std::string& heading) {
  int width = display_width(heading);
  for (const auto& row : cells)
    if (has(row, column)) width = std::max(width, display_width(row[column]));
  return width;
}

int sum_with_gaps(const std::vector<int>& widths) {
  int total = widths.empty() ? 0 : 2 * (static_cast<int>(widths.size()) - 1);
  for (const int width : widths) total += width;
  return total;
}

// A word longer than a line is broken where the line ends, between characters.
std::vector<std::string> broken(std::string_view word, int width) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < word.size();) {
    std::size_t next = i + 1;
    while (next < word.size() && (static_cast<unsigned char>(word[next]) & 0xC0) == 0x80) ++next;
    const std::string_view character = word.substr(i, next - i);
    if (!parts.back().empty() && display_width(parts.back()) + display_width(character) > width) parts.emplace_back();
    parts.back() += character;
    i = next;
  }
  return parts;
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

void TextTable::row(std::vector<std::string> cells) {
  for (std::string& cell : cells)
    std::replace_if(
        cell.begin(), cell.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  rows_.push_back(std::move(cells));
}

void TextTable::rule() { rows_.emplace_back(); }

TextTable TextTable::part(std::size_t from, std::size_t to) const {
  TextTable table;
  table.columns_.push_back(columns_.front());
  table.columns_.insert(table.columns_.end(), columns_.begin() + static_cast<std::ptrdiff_t>(from),
                        columns_.begin() + static_cast<std::ptrdiff_t>(to));
  for (const auto& row : rows_) {
    std::vector<std::string> cells;
    if (!row.empty()) cells.push_back(row.front());
    for (std::size_t c = from; c < to && c < row.size(); ++c) cells.push_back(row[c]);
    table.rows_.push_back(std::move(cells));
  }
  return table;
}

std::string TextTable::line(const std::vector<std::string>& row, const std::vector<int>& widths) const {
  std::string out;
  for (std::size_t c = 0; c < widths.size(); ++c) {
    out += padded(has(row, c) ? row[c] : "", widths[c], columns_[c].align == Align::left);
    if (c + 1 < widths.size()) out += "  ";
  }
  out.erase(out.find_last_not_of(' ') + 1);
  return out + "\n";
}

std::string TextTable::text(int width) const {
  const std::size_t k = columns_.size();
  if (k == 0) return "";
  Cells cells = rows_;
  std::vector<int> widths;
  for (std::size_t c = 0; c < k; ++c) {
    if (columns_[c].align == Align::decimal) align_points(cells, c);
    widths.push_back(width_of(cells, c, columns_[c].heading));
  }
  const int too_much = sum_with_gaps(widths) - width;
  const int room = std::max(kLeastFirstColumn, widths[0] - std::max(0, too_much));
  if (too_much > widths[0] - room && k > 2)
    return part(1, (k + 1) / 2).text(width) + "\n" + part((k + 1) / 2, k).text(width);
  widths[0] = std::min(widths[0], room);
  const std::string across = std::string(static_cast<std::size_t>(std::min(sum_with_gaps(widths), width)), '-') + "\n";
  std::vector<std::string> headings;
  for (const Column& column : columns_) headings.push_back(column.heading);
  const bool headed = std::any_of(headings.begin(), headings.end(), [](const std::string& h) { return !h.empty(); });
  std::string out = headed ? line(headings, widths) + across : std::string();
  for (auto& row : cells) {
    if (row.empty()) {
      out += across;
      continue;
    }
    if (display_width(row[0]) > widths[0]) {
      out += wrapped(row[0], 4, width);
      row[0].clear();
    }
    out += line(row, widths);
  }
  return out;
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
    for (const std::string& word :
         broken(text.substr(begin, end - begin), width - std::max(indent, static_cast<int>(lead)))) {
      if (!fresh && display_width(line) + 1 + display_width(word) > width) {
        out += line + "\n";
        line = std::string(static_cast<std::size_t>(indent), ' ');
        fresh = true;
      }
      line += (fresh ? "" : " ") + word;
      fresh = false;
    }
    at = end;
  }
  return out + line + "\n";
}

std::string item(std::string_view label, std::string_view text, int indent, int width) {
  const std::string first = "  " + std::string(label);
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  if (text.find_first_not_of(" \n") == std::string_view::npos) return first + "\n";
  const std::string body = wrapped(margin + std::string(text), indent, width);
  if (display_width(first) + 2 > indent) return first + "\n" + body;
  return padded(first, indent, true) + body.substr(margin.size());
}

std::string heading(std::string_view text) {
  const std::string lines = wrapped(text);
  int widest = 0;
  for (std::size_t from = 0; from < lines.size();) {
    const std::size_t to = lines.find('\n', from);
    widest = std::max(widest, display_width(std::string_view(lines).substr(from, to - from)));
    from = to + 1;
  }
  return "\n" + lines + std::string(static_cast<std::size_t>(widest), '=') + "\n";
}

}  // namespace headwater
