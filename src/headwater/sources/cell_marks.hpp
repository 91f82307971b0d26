// Marks of official statistics beside a number, and in the place of one.
#pragma once

#include <string>
#include <string_view>

namespace headwater {

struct MarkedCell {
  std::string value;   // the cell without what is marked beside the number
  std::string status;  // "p", "r", "x", "c", "low", "*", "-", "note 3"; several with a blank between; "" when none
};

// "4.4% [p]" is 4.4% with status p; "[x]" and "*" stay as they are, with status x and *.
MarkedCell marked_cell(std::string_view cell);

}  // namespace headwater
