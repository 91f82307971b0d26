// Two groups of rows to be compared on one outcome scale: levels of a column, sides of a cut, or two periods.
#pragma once

#include <string>
#include <vector>

#include "headwater/decompositions/decomposition.hpp"

namespace headwater {

struct TwoGroups {
  std::string a, b;         // in words: "contract = block", "2019Q4"
  std::vector<Index> rows;  // of the design, in its order, that belong to either
  std::vector<bool> in_a;   // one for each of rows
  bool periods = false;     // a is the later period, b the earlier; with a unit key, units in both alone
  Notes notes;
  std::map<std::string, std::string> choices;

  // Entries of `rows` that are in a (or in b), as positions 0..rows.size()-1.
  std::vector<Index> positions(bool of_a) const;
};

// Options groups, a, b, cut, from and to of a call. Throws Error{usage | data} naming the option and the levels there
// are.
TwoGroups two_groups(const DecompositionInput& input, const Design& design);
std::vector<OptionCard> two_groups_option_cards();

// Adds the rows and units of each group as a table, with a warning where they are few that ends in `advice`.
void tell_groups(Decomposition& decomposition, const Spec& spec, const Design& rows, const TwoGroups& groups,
                 const std::string& advice);
inline constexpr const char* kDescribe = "compare larger groups, or read the parts as a description";
// A warning when a rule takes rows as independent, but two periods that are compared hold the same units.
void note_shared_units(Notes& notes, const Spec& spec, const Design& design);

}  // namespace headwater
