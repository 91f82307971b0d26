// schema.tsv as it was compiled in (cmake/HeadwaterSchema.cmake), row by row.
#include <algorithm>
#include <initializer_list>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/result/schema.hpp"
#include "headwater/result/schema_text.hpp"

namespace headwater {
namespace {

constexpr std::size_t kFields = 7;  // path, kind, axes, when, since, values, what

std::vector<std::string_view> between(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + separator.size();
  }
  return parts;
}

std::vector<std::string> listed(std::string_view text, std::string_view separator) {
  std::vector<std::string> items;
  if (trimmed(text).empty()) return items;
  for (const std::string_view item : between(text, separator)) items.emplace_back(trimmed(item));
  return items;
}

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

SchemaRow row_of(std::string_view line) {
  const std::vector<std::string_view> fields = between(line, "\t");
  const bool sound =
      fields.size() == kFields && fields[0].substr(0, 1) == "/" &&
      one_of(fields[1],
             {"text", "integer", "number", "texts", "integers", "numbers", "axis of texts", "axis of integers"}) &&
      one_of(fields[3], {"always", "together", "stored", "fitted", "estimated", "failed", "sometimes"}) &&
      one_of(fields[4], {"1", "2"});
  if (!sound)
    throw Error(ErrorKind::internal, "schema.table",
                "schema.tsv has a line that is no row of seven fields (path, kind, axes, when, since, values, what): " +
                    std::string(line));
  return {.path = std::string(fields[0]),
          .kind = std::string(fields[1]),
          .axes = listed(fields[2], ","),
          .when = std::string(fields[3]),
          .since = fields[4] == "1" ? 1 : 2,
          .value_choices = listed(fields[5], "|")};
}

}  // namespace

Schema::Schema(std::string_view table) {
  const std::vector<std::string_view> lines = between(table, "\n");
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    SchemaRow row = row_of(lines[i]);
    const std::size_t end = row.path.find_last_of("@/");
    const std::string name = (row.attribute() ? "@" : "") + row.path.substr(end + 1);
    std::string group = row.path.substr(0, end);
    if (group == "/") group.clear();
    groups_[group].emplace(name, std::move(row));
    for (; !group.empty(); group.resize(group.rfind('/'))) groups_[group];
  }
}

const std::map<std::string, SchemaRow>* Schema::group(const std::string& path) const {
  const auto found = groups_.find(path);
  return found == groups_.end() ? nullptr : &found->second;
}

const Schema& result_schema() {
  static const Schema schema(schema_text());
  return schema;
}

}  // namespace headwater
