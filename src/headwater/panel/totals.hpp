// Rows of a table that are not units: England, a grand total, regions.
#pragma once

#include <string>
#include <vector>

#include "headwater/panel/readers.hpp"

namespace headwater {

// Takes the rows out that are certainly totals, and says so in the ledger: England as a whole where no other nation is
// a unit, units called a total whose sizes are the sums of the others, and rows without a unit key that are called
// either. Each is called so by a text cell: its code or its name.
void set_totals_aside(RawTable& table, const ReadOptions& options);

bool looks_like_share(const std::string& column);  // by its name
// A level that measures size: zero or positive everywhere, and where positive mostly above ten.
bool looks_like_size(const Column& column);

// Units that are probably totals, by the sums of their sizes, by name and by the form of their code.
std::vector<DataLedger::Suspicion> find_totals(const Panel& panel, const std::vector<const Column*>& sizes);

}  // namespace headwater
