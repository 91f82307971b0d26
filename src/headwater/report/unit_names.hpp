// What a published report must not say: the labels of units, and of groups of fewer than kLeastUnits units.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "headwater/core/labelled.hpp"

namespace headwater {

// A label of two or more characters that is no number gives its unit away wherever it is a word of a text, in the
// spelling of fit names too. So does a level of a small group that is a name (a capital, a digit or a blank in
// it). Numbers, single characters and the other levels of small groups do so where they are compared with their column,
// follow it as in a term, or (units) stand between quotes or before "@PERIOD".
class UnitNames {
 public:
  explicit UnitNames(const Tree& result);

  bool stands_in(std::string_view text) const { return next(text, 0).has_value(); }
  std::string name_in(std::string_view text) const;        // the first label of a unit, or ""
  std::string without_names(std::string_view text) const;  // "one unit" where a label stood
  bool labels(const Axis& axis) const;                     // atoms, rows, cells, or labels that are units
  // Whether a decomposition is about single units: its call, components or choices name one.
  bool make_decomposition(const Tree& node) const;
  bool small_group(std::string_view level) const;     // held by fewer than kLeastUnits units, in some column
  bool of_small_group(const std::string& fit) const;  // a fit's name ends in such a level

 private:
  struct Place {
    std::size_t at, length;
  };
  using Labels = std::set<std::string, std::less<>>;
  using Words = std::map<std::string, Labels, std::less<>>;  // first word of a label -> labels

  void add_units(const Tree& node, std::string_view array);
  void add_unit(const std::string& label);
  void add_small_groups(const Tree& data);
  std::optional<Place> next(std::string_view text, std::size_t from) const;
  static std::optional<Place> word_at(const Words& words, std::string_view text, std::size_t at);
  std::optional<Place> quoted_at(std::string_view text, std::size_t at) const;
  std::optional<Place> after_column_at(std::string_view text, std::size_t at) const;
  bool is_unit(std::string_view label) const;

  Words words_, small_words_;                             // of units, and of small groups that have a name
  Labels in_context_;                                     // numbers and single characters
  std::map<std::string, Labels, std::less<>> by_column_;  // column -> labels that stand beside it
  Labels unit_columns_, small_levels_;
};

}  // namespace headwater
