// Rows whose likelihood has its maximum only at infinity.
#pragma once

#include <string>
#include <vector>

#include "headwater/design/design.hpp"

namespace headwater {

// Where a row's outcome lies: at the lower or the upper end of what a mean can be, or between.
enum class End { lower, none, upper };

struct Separation {
  std::vector<std::string> reasons;  // one a row, "" for rows that stay
  Names regressors;                  // whose coefficients would be infinite
  bool levels = false;               // so would that of a level of an effect, without any regressor
  Index rows = 0;                    // set aside
};
// A row is separated where some combination z of regressors and effects is zero in every row whose outcome lies between
// the ends, nowhere below zero at the upper and nowhere above zero at the lower end, and not zero in it.
Separation find_separation(const Design& design, const std::vector<End>& ends);

}  // namespace headwater
