// The keys of a table that comes without a word about them: `headwater check FILE`.
#pragma once

#include "headwater/panel/panel.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {

// Fills the unit and the time that `asked` leaves open: the first column of periods, and the first column of codes that
// with it tells every row apart; without periods, the first column of codes that differ in every row. What no column
// fits stays empty.
Panel::Keys guess_keys(const RawTable& table, Panel::Keys asked);

}  // namespace headwater
