// Units by name where a publication has no codes. Nothing is guessed: a name is taken where one unit alone reaches the
// declared score, and every score is told.
#pragma once

#include <string>
#include <vector>

#include "headwater/sources/typed_source.hpp"

namespace headwater {

// How alike two names are: one minus the least number of letters to change over the length of the longer, in lower
// case, without punctuation and the words that nearly all trusts share (NHS, Foundation, Trust, the).
//
// Codes in the place of the names of `source`; rows of names that are not matched are left out. `known` has codes and
// names. Throws Error{data, "source.no_names"} when no other source has names of units.
void match_names(TypedSource& source, const std::vector<const TypedSource*>& known);

}  // namespace headwater
