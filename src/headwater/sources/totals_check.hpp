// Whether the totals of a table are the sums of its units.
#pragma once

#include "headwater/panel/panel.hpp"
#include "headwater/sources/source_table.hpp"

namespace headwater {

// Says in the ledger which totals add up and which do not (a suspicion), and whether the number of units is the one
// that a note gives.
void check_totals(const SourceTable& table, const SourceSpec& spec, DataLedger& ledger);

}  // namespace headwater
