// Immutable columns with unit and time keys. Holds when constructed: keys unique, rows sorted by unit (natural order of
// the code) and then by time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "headwater/core/labelled.hpp"
#include "headwater/core/matrix.hpp"
#include "headwater/core/notes.hpp"
#include "headwater/panel/period.hpp"

namespace headwater {

// Why a cell has no value. A missing cell is never zero.
enum class Missing : std::uint8_t {
  present = 0,
  empty,           // nothing between the separators
  not_available,   // NA, N/A, n/a, NaN, null, .
  dash,            // -
  suppressed,      // * and [c]
  rounded,         // ~ and [low]
  unavailable,     // [x] and :
  not_applicable,  // Not Applicable, [z]
  low_count,       // <5 and the like
  unmatched,       // no cell for this unit and period in the source of the column
};
constexpr Missing kLastMissing = Missing::unmatched;
const char* name(Missing reason);

struct Column {
  enum class Type { number, text };
  std::string name;
  Type type = Type::number;
  Vector numbers;  // number: NaN where missing
  // text: index into levels, -1 where missing. number: the same, but only where the numbers do not tell the cells apart
  // as the file writes them (01 and 1, 1.10 and 1.1, whole numbers beyond 2^53); empty otherwise.
  std::vector<std::int32_t> codes;
  Names levels;                  // what codes mean: distinct texts; of text in natural order, of numbers by value
  std::vector<Missing> missing;  // one per row, or empty when every cell is present
  std::string why_text;          // text: where the first cell that is not a number stands, "" when none was tried

  Index size() const { return type == Type::number ? numbers.size() : static_cast<Index>(codes.size()); }
  bool is_missing(Index row) const {
    return !missing.empty() && missing[static_cast<std::size_t>(row)] != Missing::present;
  }
};

// Rows read, used and lost by reason, and everything odd that the reader saw.
struct DataLedger {
  std::string file;
  std::string sha256;
  std::int64_t rows_read = 0;
  std::int64_t rows_kept = 0;
  std::vector<std::pair<std::string, std::int64_t>> rows_lost;  // reason -> rows
  struct ColumnMissing {
    std::string column;
    std::vector<std::pair<Missing, std::int64_t>> counts;
  };
  std::vector<ColumnMissing> missing;
  struct Suspicion {
    std::string kind;  // "total", "merger", "tenfold", "jump", "share above one", "step function"
    std::string column;
    std::string unit;
    std::string period;
    std::string message;  // one sentence
  };
  std::vector<Suspicion> suspicions;
  std::vector<std::pair<std::string, std::string>> unread;  // column -> why its values cannot be had, a whole message
  // Of a panel made from sources: where each column comes from, file by file and sheet by sheet.
  struct ColumnSource {
    std::string column, source, header, file, sheet, range, sha256;
    std::string conversion, joining;  // "" where there was none
  };
  std::vector<ColumnSource> column_sources;
  struct Unmatched {
    std::string source, side, unit;  // side: "source" has the unit and the panel has not, or "panel"
    std::int64_t rows = 0;
  };
  std::vector<Unmatched> unmatched;
  struct NameMatch {
    std::string source, written, unit, matched;  // the name in the source, the code and name nearest to it
    double score = 0;
    bool taken = false;
  };
  std::vector<NameMatch> name_matches;
  std::vector<std::string> succession;  // what the succession table linked or broke, one sentence each
  // A series -> the one that carries it on where a takeover broke it: predecessor and acquirer -> acquirer afterwards.
  std::vector<std::pair<std::string, std::string>> continued_by;
  Notes notes;
};

// Integer codes of rows by some key, with a label for each code.
struct Grouping {
  std::string name;
  std::vector<std::int32_t> code;  // one per row, 0..count-1
  std::int32_t count = 0;
  Names labels;  // one per code
};

class Panel {
 public:
  struct Keys {
    std::string unit;  // column name; empty when the data have no unit key
    std::string time;  // column name; empty when the data have no time key
  };

  // Sorts rows by unit and time. With a unit key alone a unit may have many rows (a cluster). Throws Error{data,
  // "data.duplicate_key" | "data.missing_key" | "data.ambiguous_unit" | "data.period" | "data.mixed_periods"} naming
  // file, row and column. `source_rows` are line numbers in the file, for messages.
  Panel(std::vector<Column> columns, Keys keys, std::vector<std::int64_t> source_rows, DataLedger ledger);

  Index rows() const { return rows_; }
  const Keys& keys() const { return keys_; }
  const std::vector<Column>& columns() const { return columns_; }
  const Column* find(std::string_view name) const;
  // Throws Error{formula, "formula.unknown_column"} that names the nearest column, and Error{data,
  // "data.unread_column"} for a column whose values cannot be had.
  const Column& column(std::string_view name) const;

  bool has_unit() const { return !keys_.unit.empty(); }
  bool has_time() const { return !keys_.time.empty(); }
  const Grouping& units() const { return units_; }  // one group a row when there is no unit key
  const Grouping& times() const { return times_; }  // codes in time order; one group when there is no time key
  const std::vector<Period>& periods() const { return periods_; }  // one per code of times()
  // A period as the time key counts it, however it is written ("2019-10", "201910"); nullopt when it is of another
  // kind.
  std::optional<Period> period_of(std::string_view text) const;
  // Smallest gap between periods (gcd): the step of l(x, 1).
  std::int64_t time_step() const { return step_; }
  // Row of (unit code, ordinal), or -1. Lags go by time value.
  Index row_at(std::int32_t unit, std::int64_t ordinal) const;

  const DataLedger& ledger() const { return ledger_; }
  std::int64_t source_row(Index row) const { return source_rows_[static_cast<std::size_t>(row)]; }

 private:
  friend Panel with_quality_checks(Panel panel);

  std::vector<Column> columns_;
  Keys keys_;
  Index rows_ = 0;
  Grouping units_;
  Grouping times_;
  std::vector<Period> periods_;
  std::int64_t step_ = 1;
  std::vector<Index> unit_begin_;  // rows of unit u: unit_begin_[u] .. unit_begin_[u + 1]
  std::vector<std::int64_t> source_rows_;
  DataLedger ledger_;
};

// The panel with everything odd noted in its ledger: tenfold typos, probable mergers, annual series repeated, totals.
Panel with_quality_checks(Panel panel);

// Tree of SCHEMA.md's /data.
Tree describe(const DataLedger& ledger);

// Codes of a column as a grouping: by the text of the cells where the column keeps it, otherwise by distinct number in
// increasing order. An identity never goes through a double that would merge it with another. Missing cells get -1.
Grouping grouping(const Column& column);

// A column of text that may have been meant as numbers: a level is a number or begins with a digit, and neither the
// file nor the user declares the column as text. Such a column is no factor unless it is named as one.
bool may_be_numbers(const Column& column);

struct ReadOptions {
  std::string unit = {};
  std::string time = {};
  std::string succession = {};         // path of a succession table, or ""
  std::vector<std::string> text = {};  // columns that must stay text whatever they look like
  bool check_quality = true;           // look for suspicious jumps and mergers
};

// By extension: .csv (also .tsv), .parquet, .feather / .arrow, .h5 / .hdf5.
Panel read_panel(const std::string& path, const ReadOptions& options);

}  // namespace headwater
