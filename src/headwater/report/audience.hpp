// Who a report is for, and what of a result those people may see.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "headwater/core/labelled.hpp"

namespace headwater {

enum class Audience {
  publish,   // no unit-level rows, residuals or names
  internal,  // everything, for the organisation that holds the data
};

Audience parse_audience(const std::string& text);  // throws Error{usage, "report.audience"}
const char* name(Audience audience);

// A published group of fewer units than this would tell of single ones.
constexpr int kLeastUnits = 5;

// The names of all units that a result mentions, and which texts and arrays are about single units.
class UnitNames {
 public:
  explicit UnitNames(const Tree& result);

  bool stands_in(std::string_view text) const;   // a unit's name is a word of the text
  bool makes_term(std::string_view term) const;  // factor(trust)RAB, trust::RAB:x
  bool labels(const Axis& axis) const;           // atoms, rows, cells, or labels that are units
  // Whether a decomposition is about single units: its call, components or choices name one.
  bool make_decomposition(const Tree& node) const;

 private:
  void add(const Tree& node, std::string_view array);
  std::vector<std::string> names_;         // sorted, each once
  std::vector<std::string> unit_columns_;  // trust, org_code
};

}  // namespace headwater
