// The lines of a succession table, in the order in which they can be applied.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "headwater/panel/readers.hpp"

namespace headwater {

struct Succession {
  std::string from, to, policy;  // policy: "link", "break" or "drop"
  std::string date;              // of the change, as written; may be empty
  std::int64_t row = 0;
};

// Throws Error{data, "succession.table"} naming file and row.
std::vector<Succession> read_successions(const std::string& path);

// Predecessors first: A to B stands before B to C whatever the order of the table. `codes` are the units of the data,
// by folded(). Lines that no row of the data reaches are left out. Throws Error{data, "succession.table"} naming the
// rows when a code has two successors, when successions go round in a circle, and when a code differs from one of the
// data only in case, blanks or Unicode form.
std::vector<Succession> in_order(const std::vector<Succession>& entries,
                                 const std::map<std::string, std::string>& codes, const std::string& path);

}  // namespace headwater
