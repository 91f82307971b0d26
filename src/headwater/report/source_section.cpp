#include "headwater/report/source_section.hpp"

#include <map>
#include <vector>

#include "headwater/core/text.hpp"
#include "headwater/report/layout.hpp"

namespace headwater {
namespace {

constexpr std::size_t kMostNamed = 12;

std::string named_list(std::vector<std::string> names) {
  const std::size_t more = names.size() > kMostNamed ? names.size() - kMostNamed : 0;
  names.resize(names.size() - more);
  return joined(names, ", ") + (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

// Columns of one sheet under its name, in the order in which they were read.
std::string columns_by_sheet(const Tree& data) {
  const auto &columns = texts(data, "column_source_column"), &headers = texts(data, "column_source_header"),
             &files = texts(data, "column_source_file"), &sheets = texts(data, "column_source_sheet"),
             &ranges = texts(data, "column_source_range"), &hashes = texts(data, "column_source_sha256"),
             &conversions = texts(data, "column_source_conversion"), &joinings = texts(data, "column_source_joining"),
             &sources = texts(data, "column_source_source");
  std::string out, last;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string sheet =
        "[source " + sources[i] + "] " + files[i] + (sheets[i].empty() ? "" : ", sheet '" + sheets[i] + "'");
    if (sheet != last) out += wrapped(sheet + ", SHA-256 " + hashes[i].substr(0, 16) + "...: " + joinings[i] + ".", 2);
    last = sheet;
    const std::string renamed = columns[i] == headers[i] ? "" : "'" + headers[i] + "', ";
    out += item("  " + columns[i], renamed + ranges[i] + (conversions[i].empty() ? "" : "; " + conversions[i]), 32);
  }
  return out;
}

std::string unmatched_units(const Tree& data) {
  const auto &sources = texts(data, "unmatched_source"), &sides = texts(data, "unmatched_side"),
             &units = texts(data, "unmatched_unit");
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> by_side;
  for (std::size_t i = 0; i < units.size(); ++i) by_side[{sources[i], sides[i]}].push_back(units[i]);
  std::string out;
  for (const auto& [side, names] : by_side)
    out += wrapped(
        "[source " + side.first + "] " + counted(static_cast<long long>(names.size()), "unit") +
            (side.second == "source" ? " without a row of the panel: " : " of the panel with rows that it lacks: ") +
            named_list(names) + ".",
        2);
  return out;
}

std::string matched_names(const Tree& data) {
  const auto &written = texts(data, "name_match_written"), &units = texts(data, "name_match_unit"),
             &matched = texts(data, "name_match_matched");
  const auto& scores = numbers(data, "name_match_score");
  const auto& taken = integers(data, "name_match_taken");
  if (written.empty()) return "";
  TextTable table;
  for (const char* title : {"name in the source", "unit", "nearest name"}) table.column(title, Align::left);
  table.column("score", Align::decimal);
  table.column("taken", Align::left);
  for (std::size_t i = 0; i < written.size(); ++i)
    table.row({written[i], units[i], matched[i], significant(scores[i], 3), taken[i] == 1 ? "yes" : "no"});
  return "\n" + table.text();
}

}  // namespace

std::string source_section(const Tree& data) {
  std::string out;
  if (const std::string publication = text_attribute(data, "publication"); !publication.empty())
    out += heading("Publication: " + publication) + wrapped(text_attribute(data, "about"), 2);
  if (!data.find_array("column_source_column")) return out;
  return out + heading("Where the columns come from") + columns_by_sheet(data) + unmatched_units(data) +
         matched_names(data);
}

}  // namespace headwater
