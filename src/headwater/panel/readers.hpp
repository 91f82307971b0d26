// Files -> columns. Each reader keeps the reason of every missing cell and says what it saw in the ledger.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "headwater/core/short_decimal.hpp"
#include "headwater/panel/panel.hpp"

namespace headwater {

constexpr double kExactInteger = 9007199254740992.0;  // 2^53: beyond it a double skips whole numbers

struct RawTable {
  std::vector<Column> columns;
  std::vector<std::int64_t> source_rows;  // line of each row in the file; 1, 2, ... where a format has no lines
  DataLedger ledger;
};

// Columns -> panel: succession, keys, quality checks.
Panel make_panel(RawTable table, const ReadOptions& options);

// By extension, see read_panel().
RawTable read_table(const std::string& path, const ReadOptions& options);
// RFC 4180 with a header line; `,`, or tab for .tsv; "-" is standard input. Throws Error{data | io} naming file, row
// and column.
RawTable read_csv(const std::string& path, const ReadOptions& options);
RawTable parse_csv(std::string_view bytes, const std::string& file, char separator, const ReadOptions& options);
RawTable read_arrow(const std::string& path, const ReadOptions& options);       // .parquet, .feather, .arrow
RawTable read_hdf5_panel(const std::string& path, const ReadOptions& options);  // what write_hdf5_panel() wrote
void write_hdf5_panel(const RawTable& table, const std::string& path);

// Whole file as bytes. Throws Error{io} for a directory, FIFO or device, an unreadable file, and one that changed while
// read.
std::string read_file(const std::string& path);

// All that comes on standard input.
std::string read_standard_input();

// Cells of one column as text -> a typed column. `force_text` keeps codes as they are: only empty cells are missing.
// `rows` are line numbers, for messages.
Column type_column(std::string name, const std::vector<std::string_view>& cells, const std::vector<std::int64_t>& rows,
                   bool force_text, Notes& notes);
// The reason a cell of a numeric column is missing; Missing::present when it is not a missing mark.
Missing missing_mark(std::string_view cell);

// A cell without the blanks around it, ordinary and no-break ones.
std::string_view stripped(std::string_view cell);

// "2,5" and "1.234,5": one comma with digits alone behind it.
bool has_decimal_comma(std::string_view cell);

// Whether different texts of a column of numbers are certain to be different numbers, seen cell by cell: every cell is
// in the shortest form of its number, or all have as many decimals.
class Spelling {
 public:
  void see(const ShortDecimal& cell);
  void see(std::string_view text, double value);  // any other way to write a number, without blanks around it
  bool is_one_to_one() const { return (shortest_form_ || same_decimals_) && !(zero_ && minus_zero_); }

 private:
  void see_zero(bool minus);

  bool shortest_form_ = true, same_decimals_ = true, zero_ = false, minus_zero_ = false;
  std::optional<std::size_t> decimals_;
};

// Keeps what a column of numbers was written as where the numbers alone would merge cells that differ; says so in
// `notes`. `cells` are the texts of the column, read only where a cell is present, and `spelling` has seen these.
void keep_spellings(Column& column, const std::vector<std::string_view>& cells, const std::vector<std::int64_t>& rows,
                    const Spelling& spelling, Notes& notes);

// The column at the given rows, in their order.
Column taken(const Column& column, const std::vector<Index>& rows);

// Applies a succession table to the rows before the panel is built; says what it did in the ledger.
void apply_succession(RawTable& table, const ReadOptions& options);
}  // namespace headwater
