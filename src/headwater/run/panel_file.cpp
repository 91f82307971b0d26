#include "headwater/run/panel_file.hpp"

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/hdf5/whole_file.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

// As a field of RFC 4180.
std::string quoted_field(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos && trimmed(text) == text) return text;
  std::string field = "\"";
  for (const char c : text) field += c == '"' ? "\"\"" : std::string(1, c);
  return field + "\"";
}

std::string field_of(const Column& column, Index row) {
  const auto at = static_cast<std::size_t>(row);
  if (column.is_missing(row)) return "";
  if (column.type == Column::Type::number && column.codes.empty()) return shortest(column.numbers(row));
  return column.codes[at] < 0 ? "" : quoted_field(column.levels[static_cast<std::size_t>(column.codes[at])]);
}

std::string csv_of(const Panel& panel) {
  std::string out;
  for (const Column& column : panel.columns()) out += (out.empty() ? "" : ",") + quoted_field(column.name);
  out += "\n";
  for (Index row = 0; row < panel.rows(); ++row) {
    bool first = true;
    for (const Column& column : panel.columns()) {
      out += (first ? "" : ",") + field_of(column, row);
      first = false;
    }
    out += "\n";
  }
  return out;
}

}  // namespace

void write_panel(const Panel& panel, const std::string& path) {
  const std::string name = lower(path);
  if (name.ends_with(".csv")) {
    write_whole_file(path, csv_of(panel));
    return;
  }
  if (!name.ends_with(".h5"))
    throw Error(ErrorKind::usage, "output.format",
                "'" + path + "' ends in neither .csv nor .h5; a panel is one of the two", {.file = path});
  RawTable table{panel.columns(), {}, panel.ledger()};
  for (Index row = 0; row < panel.rows(); ++row) table.source_rows.push_back(panel.source_row(row));
  write_hdf5_panel(table, path);
}

}  // namespace headwater
