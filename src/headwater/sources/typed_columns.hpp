// Columns of a source as its tables are read one after the other: text of cells -> numbers or texts, with the marks
// beside them in a column of their own and the conversions noted.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "headwater/panel/panel.hpp"
#include "headwater/sources/source_records.hpp"

namespace headwater {

// Cells that are typed already as a column: of text by the texts, else by the numbers, NaN where missing.
struct TypedCells {
  Column::Type type = Column::Type::number;
  std::vector<double> numbers;
  Names texts;
  std::vector<Missing> missing;
};
Column column_of(const std::string& column_name, const TypedCells& cells, const std::vector<std::int64_t>& rows);
// Texts as a column of text, whatever they look like.
Column text_column_of(const std::string& column_name, const Names& texts, const std::vector<std::int64_t>& rows);

class TypedColumns {
 public:
  explicit TypedColumns(const SourceSpec& spec) : spec_(spec) {}

  // Throws Error{data, "source.not_a_number"} naming file, sheet, row and column.
  void add(const SourceRecords& records, const SourceTable& table, DataLedger& ledger);
  std::vector<Column> finished(DataLedger& ledger);

 private:
  struct Wanted {
    std::string name;
    std::size_t at = 0;
    Conversion conversion = Conversion::none;
    bool declared = false;
  };
  struct Growing {
    std::string name;
    TypedCells cells;
    Names status;
    bool any_status = false;
  };

  std::vector<Wanted> wanted_columns(const SourceRecords& records, const SourceTable& table) const;
  void add_column(const Wanted& wanted, const SourceRecords& records, const SourceTable& table, DataLedger& ledger);
  Growing& growing(const std::string& column_name);
  void tell_source(const Wanted& wanted, const SourceRecords& records, const SourceTable& table,
                   const std::string& conversion, DataLedger& ledger) const;

  const SourceSpec& spec_;
  std::vector<Growing> columns_;
  std::map<std::string, std::size_t> position_;
  std::size_t rows_ = 0;
};

}  // namespace headwater
