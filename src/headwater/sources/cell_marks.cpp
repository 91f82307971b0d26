#include "headwater/sources/cell_marks.hpp"

#include <array>
#include <optional>
#include <utility>

#include "headwater/core/text.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

constexpr std::array<std::string_view, 8> kBesideNumbers = {"b", "e", "f", "p", "r", "u", "low", "z"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kRaisedDigits = {
    {{"\xC2\xB9", "1"}, {"\xC2\xB2", "2"}, {"\xC2\xB3", "3"}}};

bool digits_alone(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The status that stands between brackets; "" where it is none that is known.
std::string in_brackets(std::string_view inside) {
  std::string word = lower(trimmed(inside));
  for (const std::string_view known : kBesideNumbers)
    if (word == known) return word;
  if (digits_alone(word)) return "note " + word;
  return word.starts_with("note") && word.find_first_of("0123456789") != std::string::npos ? word : "";
}

// The mark at the end of the cell, taken off; "" when there is none.
std::string take_mark(std::string_view& cell) {
  if (cell.ends_with(']')) {
    const std::size_t open = cell.rfind('[');
    if (open == std::string_view::npos || open == 0) return "";
    std::string status = in_brackets(cell.substr(open + 1, cell.size() - open - 2));
    if (!status.empty()) cell = stripped(cell.substr(0, open));
    return status;
  }
  for (const auto& [raised, digit] : kRaisedDigits)
    if (cell.ends_with(raised) && cell.size() > raised.size()) {
      cell = stripped(cell.substr(0, cell.size() - raised.size()));
      return "note " + std::string(digit);
    }
  if (cell.ends_with('*') && cell.size() > 1) {
    cell = stripped(cell.substr(0, cell.size() - 1));
    return "*";
  }
  return "";
}

}  // namespace

MarkedCell marked_cell(std::string_view raw) {
  std::string_view cell = stripped(raw);
  if (cell.empty()) return {};
  if (missing_mark(cell) != Missing::present) {
    const bool bracketed = cell.front() == '[' && cell.back() == ']' && cell.size() > 2;
    return {std::string(cell), lower(bracketed ? cell.substr(1, cell.size() - 2) : cell)};
  }
  MarkedCell marked;
  for (std::string mark = take_mark(cell); !mark.empty(); mark = take_mark(cell))
    marked.status = mark + (marked.status.empty() ? "" : " " + marked.status);
  marked.value = std::string(cell);
  return marked;
}

}  // namespace headwater
