// Rows of a table as records: one for each unit, period and vintage, with long tables spread out and wide ones folded
// up.
#pragma once

#include <string>
#include <vector>

#include "headwater/panel/period.hpp"
#include "headwater/sources/source_table.hpp"

namespace headwater {

struct SourceRecord {
  std::int64_t row = 0;  // of the file, the first where several make up one record
  std::string unit, vintage;
  Period period;
  std::vector<std::string> cells;
};

struct SourceRecords {
  Names names;
  std::vector<std::int64_t> column;  // of the sheet, from 1; 0 for one that was made from several
  std::vector<bool> shown_as_per_cent;
  std::vector<SourceRecord> records;
  bool has_period = false, year_to_date = false;
};

// Throws Error{data, "source.*"}: no period can be read, two cells say the same thing.
SourceRecords records_of(SourceTable table, const SourceFile& file, const SourceSpec& spec);

}  // namespace headwater
