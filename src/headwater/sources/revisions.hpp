// How figures were revised from one vintage to the next, and how much of the first the next confirms.
#pragma once

#include "headwater/sources/typed_source.hpp"

namespace headwater {

// Says it in the ledger of the source, for each column of numbers and each two vintages that follow one another and
// share thirty cells or more. Nothing for a source without vintages.
void tell_revisions(TypedSource& source);

}  // namespace headwater
