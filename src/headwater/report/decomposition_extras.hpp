// What stands beside the components of a decomposition: bootstrap intervals, and the tables that the method adds.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "headwater/core/labelled.hpp"

namespace headwater {

// Text below the components.
std::string decomposition_extras(const Tree& node);

// A table that the method adds: arrays along one axis, or an array over two axes with a column for each label of the
// second.
struct MethodTable {
  std::string name, title;
  const Axis* axis;  // of the rows
  struct Column {
    std::string name;
    std::variant<std::vector<double>, std::vector<std::int64_t>, std::vector<std::string>> values;
  };
  std::vector<Column> columns;
};
std::vector<MethodTable> method_tables(const Tree& node);

// Single numbers that the method reports beside its components.
struct Quantity {
  std::string name;
  double value;
  std::string unit, description;
};
std::vector<Quantity> quantities(const Tree& node);

}  // namespace headwater
