// Comparisons one side of which is a text, a column of texts or a column of periods: texts by equality, periods by
// time, whatever the spelling.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "headwater/design/design.hpp"

namespace headwater {

// A column of periods: the time key, or a column of texts that all are periods of one frequency.
struct PeriodColumn {
  Frequency frequency = Frequency::integer;
  std::vector<std::optional<std::int64_t>> ordinals;  // one a row
};
std::optional<PeriodColumn> period_column(const Panel& panel, const std::string& name);

// Periods that are whole numbers or years: their own position in time.
bool counts_itself(const Panel& panel);

bool is_comparison(const Expression& e);

// 1 or 0 a row, NaN where a cell is missing; nullopt when both sides are numbers. Throws Error{formula, "formula.text"
// | "formula.period" | "formula.unquoted"} for a comparison that means nothing.
std::optional<Vector> text_or_period_comparison(const Panel& panel, const Expression& e);

}  // namespace headwater
