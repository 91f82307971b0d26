// Where a table stands in a CSV file that has more in it than the table: titles above, `sep=,`, two header rows, a
// first column without a name, rows of separators, notes below. What was passed over is said in notes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "headwater/panel/csv_file.hpp"
#include "headwater/panel/panel.hpp"

namespace headwater {

using CsvRecord = std::vector<std::string_view>;

// The separator that a first line `sep=;` names, as Excel writes and reads it; nullopt without such a line.
std::optional<char> declared_separator(std::string_view text);

struct CsvHeader {
  Names names;           // "" for a column that has none
  std::int64_t row = 0;  // its line
};

// Reads up to the end of the header. The header is the first row that holds the names of the keys; without keys, the
// first row, or where that lacks names the first row that has them all. Throws Error{data, "csv.*"}.
CsvHeader read_header(CsvTokens& tokens, const std::string& file, char separator, const ReadOptions& options,
                      Notes& notes);

// "; the header may stand in row 15" where a wider row further down looks more like it than the one of `width` names.
std::string other_header(CsvTokens from_the_start, std::size_t width);

bool all_blank(const CsvRecord& record);

// What a row of the table must have, to tell it from the notes below.
class CsvBody {
 public:
  CsvBody(const CsvHeader& header, const ReadOptions& options);

  // A row of separators, or of a few words, which is not plainly a row of the table.
  bool is_sparse(const CsvRecord& record) const;
  // True when `record` and all that follows it in `rest` are notes below the table.
  bool ends_before(const CsvRecord& record, std::int64_t row, CsvTokens rest);

 private:
  bool belongs(const CsvRecord& record) const;

  std::size_t width_;
  std::size_t unit_, time_;          // positions of the keys; width_ when there is none
  std::int64_t last_known_row_ = 0;  // the table goes on at least to here
};

}  // namespace headwater
