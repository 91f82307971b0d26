// What stands beside the components of a decomposition: bootstrap intervals, and the tables that the method adds.
#pragma once

#include <string>
#include <vector>

#include "headwater/core/labelled.hpp"

namespace headwater {

// Text below the components.
std::string decomposition_extras(const Tree& node);

// A table that the method adds, with its columns in order.
struct MethodTable {
  const Axis* axis;
  std::vector<const LabelledArray*> columns;
};
std::vector<MethodTable> method_tables(const Tree& node);
// The column's name without the table's.
std::string column_name(const MethodTable& table, const LabelledArray& column);

}  // namespace headwater
