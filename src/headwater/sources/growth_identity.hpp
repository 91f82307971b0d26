// Whether published growth of productivity is that of activity over that of resource.
#pragma once

#include "headwater/sources/typed_source.hpp"

namespace headwater {

// Checks `identity` of the source, p = (1 + a) / (1 + r) - 1 cell by cell, and says in the ledger how many cells hold
// it exactly, how many to the rounding of a tenth of a per cent, and which do not (suspicions). Throws Error{usage,
// "source.identity"} for a column that is not there.
void check_identity(TypedSource& source);

}  // namespace headwater
