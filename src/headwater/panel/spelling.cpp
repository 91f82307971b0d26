// Identity of cells in a column of numbers. Two cells of one number may be two identities: 01 and 1, 1.10 and 1.1, 1E2
// and 100, whole numbers beyond 2^53. Where that happens the column keeps the texts, so that groups are made by them.
#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "headwater/core/text.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

bool is_shortest(std::string_view text, double value) {
  char buffer[32];
  const auto [end, status] = std::to_chars(buffer, buffer + sizeof buffer, value);
  return status == std::errc{} && text == std::string_view(buffer, static_cast<std::size_t>(end - buffer));
}

// The first two rows that write one number in two ways.
std::optional<std::pair<std::size_t, std::size_t>> find_twins(const Column& column,
                                                              const std::vector<std::string_view>& cells) {
  std::unordered_map<std::uint64_t, std::size_t> first_of;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (column.is_missing(static_cast<Index>(i))) continue;
    const double value = column.numbers(static_cast<Index>(i)) + 0.0;  // minus zero is zero
    const auto [known, fresh] = first_of.try_emplace(std::bit_cast<std::uint64_t>(value), i);
    if (!fresh && stripped(cells[known->second]) != stripped(cells[i])) return std::pair{known->second, i};
  }
  return std::nullopt;
}

// Codes by text; the levels in the order of their numbers, and of one number as people sort texts.
void code_by_text(Column& column, const std::vector<std::string_view>& cells) {
  std::unordered_map<std::string_view, std::int32_t> code_of;
  std::vector<std::size_t> first_row;
  column.codes.assign(cells.size(), -1);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (column.is_missing(static_cast<Index>(i))) continue;
    const auto [known, fresh] = code_of.try_emplace(stripped(cells[i]), static_cast<std::int32_t>(first_row.size()));
    if (fresh) first_row.push_back(i);
    column.codes[i] = known->second;
  }
  std::vector<std::int32_t> order(first_row.size()), rank(first_row.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    const std::size_t i = first_row[static_cast<std::size_t>(a)], j = first_row[static_cast<std::size_t>(b)];
    const double x = column.numbers(static_cast<Index>(i)), y = column.numbers(static_cast<Index>(j));
    return x != y ? x < y : natural_less(stripped(cells[i]), stripped(cells[j]));
  });
  for (std::size_t level = 0; level < order.size(); ++level) {
    rank[static_cast<std::size_t>(order[level])] = static_cast<std::int32_t>(level);
    column.levels.emplace_back(stripped(cells[first_row[static_cast<std::size_t>(order[level])]]));
  }
  for (std::int32_t& code : column.codes)
    if (code >= 0) code = rank[static_cast<std::size_t>(code)];
}

}  // namespace

void Spelling::see_zero(bool minus) { (minus ? minus_zero_ : zero_) = true; }

void Spelling::see(const ShortDecimal& cell) {
  if (cell.value == 0 && cell.decimals == 0) see_zero(std::signbit(cell.value));  // -0.00 is a measure, rounded
  shortest_form_ = shortest_form_ && !cell.leading_zero && !cell.trailing_zero;
  same_decimals_ = same_decimals_ && !cell.leading_zero && decimals_.value_or(cell.decimals) == cell.decimals;
  decimals_ = cell.decimals;
}

void Spelling::see(std::string_view text, double value) {
  if (const auto plain = short_decimal(text)) return see(*plain);
  if (value == 0) see_zero(text.front() == '-');
  same_decimals_ = false;
  shortest_form_ = shortest_form_ && is_shortest(text, value);
}

void keep_spellings(Column& column, const std::vector<std::string_view>& cells, const std::vector<std::int64_t>& rows,
                    const Spelling& spelling, Notes& notes) {
  if (spelling.is_one_to_one()) return;
  const auto twins = find_twins(column, cells);
  if (!twins) return;
  code_by_text(column, cells);
  const auto quoted = [&](std::size_t row) {
    return "'" + shortened(stripped(cells[row]), 40) + "' in row " + std::to_string(rows[row]);
  };
  notes.push_back({"data.two_spellings", "column '" + column.name + "' holds texts that are one number (" +
                                             quoted(twins->first) + ", " + quoted(twins->second) +
                                             "): its groups are made by the text, so they stay apart"});
}

}  // namespace headwater
