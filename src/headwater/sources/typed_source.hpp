// All tables of one source as typed columns with a unit, a period and a vintage for each row, and where each came from.
#pragma once

#include <string>
#include <vector>

#include "headwater/panel/panel.hpp"
#include "headwater/sources/source_records.hpp"

namespace headwater {

struct TypedSource {
  SourceSpec spec;
  Names unit, unit_name, vintage;  // one for each row
  std::vector<Period> period;
  std::vector<std::int64_t> row;   // of its file
  std::vector<std::string> place;  // "FILE, sheet 'S', row 12: "
  std::vector<Column> columns;
  bool has_period = false;
  DataLedger ledger;  // rows read, lost and why; column sources; notes

  Index rows() const { return static_cast<Index>(unit.size()); }
};

// Reads every file of the source. Throws Error{io | usage | data} naming file, sheet, row and column.
TypedSource read_source(const SourceSpec& spec);

// The source at the given rows, in their order.
TypedSource taken(const TypedSource& source, const std::vector<Index>& rows);

}  // namespace headwater
