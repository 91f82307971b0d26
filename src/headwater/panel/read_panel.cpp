#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/method.hpp"
#include "headwater/core/text.hpp"
#include "headwater/panel/key_columns.hpp"
#include "headwater/panel/other_formats.hpp"
#include "headwater/panel/readers.hpp"
#include "headwater/panel/totals.hpp"

namespace headwater {
namespace {

bool ends_with(const std::string& path, std::string_view extension) {
  return path.size() >= extension.size() && lower(path.substr(path.size() - extension.size())) == extension;
}

RawTable read_by_extension(const std::string& path, const ReadOptions& options) {
  if (ends_with(path, ".parquet") || ends_with(path, ".feather") || ends_with(path, ".arrow"))
    return read_arrow(path, options);
  if (ends_with(path, ".h5") || ends_with(path, ".hdf5")) return read_hdf5_panel(path, options);
  refuse_endings_of_other_programs(path);
  return read_csv(path, options);  // also "-", standard input
}

void require_text_columns(const RawTable& table, const ReadOptions& options) {
  Names names;
  for (const Column& column : table.columns) names.push_back(column.name);
  for (const auto& [unread, why] : table.ledger.unread) names.push_back(unread);
  for (const std::string& wanted : options.text) {
    if (std::find(names.begin(), names.end(), wanted) != names.end()) continue;
    const std::string near = nearest(wanted, names);
    throw Error(ErrorKind::usage, "data.unknown_text_column",
                "'" + shortened(wanted, 60) + "', which is to stay text, is not a column of " + table.ledger.file +
                    (near.empty() ? std::string("; correct the list") : "; did you mean '" + near + "'?"),
                {.file = table.ledger.file, .column = wanted});
  }
}

}  // namespace

RawTable read_table(const std::string& path, const ReadOptions& options) {
  RawTable table = read_by_extension(path, options);
  require_text_columns(table, options);
  return table;
}

Panel read_panel(const std::string& path, const ReadOptions& options) {
  if (path.empty())
    throw Error(ErrorKind::usage, "data.no_file",
                "no data file is named; give one under [data] file or as the first argument");
  return make_panel(read_table(path, options), options);
}

Panel make_panel(RawTable table, const ReadOptions& options) {
  for (const auto& [column, why] : table.ledger.unread)
    if (must_be_text(options, column))
      throw Error(ErrorKind::data, "data.unread_column", why, {.file = table.ledger.file, .column = column});
  set_totals_aside(table, options);
  if (!options.succession.empty()) apply_succession(table, options);
  Panel panel(std::move(table.columns), {options.unit, options.time}, std::move(table.source_rows),
              std::move(table.ledger));
  return options.check_quality ? with_quality_checks(std::move(panel)) : panel;
}

}  // namespace headwater
