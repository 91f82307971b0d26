#include "headwater/panel/key_columns.hpp"

#include <algorithm>

#include "headwater/core/text.hpp"

namespace headwater {

bool must_be_text(const ReadOptions& options, const std::string& column) {
  return column == options.unit || column == options.time ||
         std::find(options.text.begin(), options.text.end(), column) != options.text.end();
}

Column as_text(Column column, const std::vector<std::int64_t>& rows, Notes& notes) {
  if (column.type == Column::Type::text) return column;
  std::vector<std::string> cells;
  for (Index i = 0; i < column.size(); ++i)
    cells.push_back(column.is_missing(i) ? ""
                    : column.codes.empty()
                        ? shortest(column.numbers(i))
                        : column.levels[static_cast<std::size_t>(column.codes[static_cast<std::size_t>(i)])]);
  Column text = type_column(column.name, {cells.begin(), cells.end()}, rows, true, notes);
  text.missing = std::move(column.missing);
  return text;
}

}  // namespace headwater
