#include "headwater/sources/source_spec.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "headwater/core/error.hpp"
#include "headwater/core/pattern.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

constexpr std::array<std::pair<std::string_view, Conversion>, 4> kConversions = {{{"text", Conversion::text},
                                                                                  {"per_cent", Conversion::per_cent},
                                                                                  {"thousand", Conversion::thousand},
                                                                                  {"million", Conversion::million}}};
constexpr std::array<Joining, 5> kJoinings = {Joining::exact, Joining::hold, Joining::mean, Joining::last,
                                              Joining::sum};
constexpr std::array<std::string_view, 5> kFrequencies = {"year", "financial_year", "quarter", "financial_quarter",
                                                          "month"};

[[noreturn]] void bad_value(const SourceSpec& spec, const std::string& key, const std::string& value,
                            const std::string& takes) {
  throw Error(ErrorKind::usage, "source.value",
              "'" + value + "' is not a value for '" + key + "' of [source " + spec.name + "]; it takes " + takes,
              {.key = "source." + key});
}

int header_rows_of(const SourceSpec& spec, const std::string& value) {
  if (value != "1" && value != "2") bad_value(spec, "header_rows", value, "1 or 2");
  return value == "2" ? 2 : 1;
}

Joining joining_of(const SourceSpec& spec, const std::string& value) {
  for (const Joining joining : kJoinings)
    if (value == name(joining)) return joining;
  bad_value(spec, "join", value, "exact, hold, mean, last or sum");
}

std::string frequency_of(const SourceSpec& spec, const std::string& value) {
  if (std::find(kFrequencies.begin(), kFrequencies.end(), value) == kFrequencies.end())
    bad_value(spec, "frequency", value, "year, financial_year, quarter, financial_quarter or month");
  return value;
}

double score_of(const SourceSpec& spec, const std::string& value) {
  const auto score = parse_number(value);
  if (!score || *score <= 0.5 || *score > 1)
    bad_value(spec, "match", value, "a score above 0.5 and up to 1, such as 0.9");
  return *score;
}

// Column: value, value; other column: value.
std::vector<std::pair<std::string, Names>> filters_of(const SourceSpec& spec, const std::string& value) {
  std::vector<std::pair<std::string, Names>> filters;
  for (const std::string& part : entries_of(value, ';')) {
    const std::size_t colon = part.find(": ");
    if (colon == std::string::npos || colon == 0)
      bad_value(spec, "keep", value, "a column and the values kept: Data Type: FTE, HC; Staff Group: All staff groups");
    filters.emplace_back(unquoted(trimmed(part.substr(0, colon))), column_list(part.substr(colon + 2)));
  }
  return filters;
}

std::string pattern_of_years(const SourceSpec& spec, const std::string& value) {
  const std::size_t star = value.find('*'), year = value.find("{year}");
  if (star == std::string::npos || year == std::string::npos || star > year)
    bad_value(spec, "tall", value, "a pattern of the columns with the year behind the measure, such as *_{year}");
  return value;
}

// productivity: activity, resource
Names identity_of(const SourceSpec& spec, const std::string& value) {
  const std::size_t colon = value.find(':');
  Names names = column_list(value.substr(colon == std::string::npos ? 0 : colon + 1));
  if (colon == std::string::npos || names.size() != 2)
    bad_value(spec, "identity", value,
              "growth of productivity, activity and resource: productivity: activity, resource");
  names.insert(names.begin(), unquoted(trimmed(value.substr(0, colon))));
  return names;
}

struct SourceKey {
  const char *key, *help;
  std::function<void(SourceSpec&, const std::string&)> set;
};

const std::vector<SourceKey>& keys() {
  using S = SourceSpec&;
  using T = const std::string&;
  static const std::vector<SourceKey> all = {
      {"file", "path of an .xlsx, .ods or .csv file; * and ? stand for several", [](S s, T v) { s.file = v; }},
      {"like", "a publication of sources/; by default the one that the header tells", [](S s, T v) { s.like = v; }},
      {"sheet", "names of sheets or patterns, separated by commas; by default the first with the header",
       [](S s, T v) { s.sheets = column_list(v); }},
      {"header", "names that the header row holds, separated by commas", [](S s, T v) { s.header = column_list(v); }},
      {"header_rows", "2 where the row above the header names sections",
       [](S s, T v) { s.header_rows = header_rows_of(s, v); }},
      {"unit", "column of the unit's code, or of its name with match", [](S s, T v) { s.unit = unquoted(v); }},
      {"unit_name", "column of the unit's name", [](S s, T v) { s.unit_name = unquoted(v); }},
      {"region", "column by which the totals of regions are checked", [](S s, T v) { s.region = unquoted(v); }},
      {"period",
       "{Column}, {year} of tall, {sheet}, {file}, {above: Period:*}, {above?: ...} where it may lack, or plain text",
       [](S s, T v) { s.period = v; }},
      {"vintage", "the same, for when the figures were published", [](S s, T v) { s.vintage = v; }},
      {"frequency", "year, financial_year, quarter, financial_quarter or month: what a period is taken as",
       [](S s, T v) { s.frequency = frequency_of(s, v); }},
      {"keep", "rows that are kept: Column: value, value; Column: value", [](S s, T v) { s.keep = filters_of(s, v); }},
      {"wide", "columns whose values become columns, separated by commas", [](S s, T v) { s.wide = column_list(v); }},
      {"value", "with wide: the column that holds the values", [](S s, T v) { s.value = unquoted(v); }},
      {"tall", "columns of one year each that become rows: *_{year}",
       [](S s, T v) { s.tall = pattern_of_years(s, v); }},
      {"totals", "codes or names of rows that are totals, as patterns", [](S s, T v) { s.totals = column_list(v); }},
      {"sums", "columns of the panel that add up to the totals, as patterns",
       [](S s, T v) { s.sums = column_list(v); }},
      {"count", "a note that holds the number of units: Number of trusts: *", [](S s, T v) { s.count = v; }},
      {"identity", "columns of growth that are checked: productivity: activity, resource",
       [](S s, T v) { s.identity = identity_of(s, v); }},
      {"join", "exact, hold (a year over its quarters), mean, last or sum (months to quarters)",
       [](S s, T v) { s.joining = joining_of(s, v); }},
      {"match", "units by name: the least score that is taken, such as 0.9",
       [](S s, T v) { s.match = score_of(s, v); }}};
  return all;
}

char folded_letter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

double factor(Conversion conversion) {
  switch (conversion) {
    case Conversion::per_cent: return 0.01;
    case Conversion::thousand: return 1e3;
    case Conversion::million: return 1e6;
    case Conversion::none:
    case Conversion::text: return 1;
  }
  return 1;
}

const char* name(Joining joining) {
  switch (joining) {
    case Joining::exact: return "exact";
    case Joining::hold: return "hold";
    case Joining::mean: return "mean";
    case Joining::last: return "last";
    case Joining::sum: return "sum";
  }
  return "exact";
}

const std::vector<std::pair<std::string, std::string>>& source_keys() {
  static const std::vector<std::pair<std::string, std::string>> cards = [] {
    std::vector<std::pair<std::string, std::string>> all;
    for (const SourceKey& key : keys()) all.emplace_back(key.key, key.help);
    return all;
  }();
  return cards;
}

void set_source_key(SourceSpec& spec, const std::string& key, const std::string& value) {
  for (const SourceKey& known : keys())
    if (key == known.key) known.set(spec, value);
  spec.settings.emplace_back(key, value);
}

void add_source_column(SourceSpec& spec, const std::string& column_name, const std::string& value) {
  ColumnSpec column{column_name, unquoted(value), Conversion::none};
  for (const auto& [word, conversion] : kConversions)
    if (value.starts_with(word) && value.size() > word.size() + 2 && value[word.size()] == '(' && value.back() == ')') {
      column.header =
          unquoted(trimmed(std::string_view(value).substr(word.size() + 1, value.size() - word.size() - 2)));
      column.conversion = conversion;
    }
  spec.columns.push_back(std::move(column));
  spec.column_settings.emplace_back(column_name, value);
}

SourceSpec completed(const SourceSpec& publication, const SourceSpec& own) {
  SourceSpec whole;
  whole.name = own.name;
  whole.about = publication.about;
  for (const auto& setting : publication.settings)
    if (std::none_of(own.settings.begin(), own.settings.end(), [&](const auto& s) { return s.first == setting.first; }))
      set_source_key(whole, setting.first, setting.second);
  for (const auto& [key, value] : own.settings) set_source_key(whole, key, value);
  const SourceSpec& lister = own.columns.empty() ? publication : own;
  const bool told =
      std::any_of(own.settings.begin(), own.settings.end(), [](const auto& s) { return s.first == "identity"; });
  if (!own.columns.empty() && !told) whole.identity.clear();  // it names columns of the publication's own list
  for (const auto& [column_name, value] : lister.column_settings) add_source_column(whole, column_name, value);
  whole.like = publication.name;
  return whole;
}

void require_complete(const SourceSpec& spec) {
  const auto missing = [&](const std::string& key, const std::string& what) {
    throw Error(ErrorKind::usage, "source.incomplete", "[source " + spec.name + "] has no " + key + "; " + what,
                {.key = "source." + key});
  };
  if (spec.file.empty()) missing("file", "give the path of a published file");
  if (spec.unit.empty()) missing("unit", "name the column of the units' codes");
  if (spec.header.empty()) missing("header", "name columns that its header row holds");
  if (spec.wide.empty() != spec.value.empty())
    missing(spec.wide.empty() ? "wide" : "value", "wide and value go together");
}

bool fits(std::string_view pattern, std::string_view text) {
  return fits_pattern(pattern, text, [](char a, char b) { return a == '?' || folded_letter(a) == folded_letter(b); });
}

bool fits_any(const Names& patterns, std::string_view text) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) { return fits(pattern, text); });
}

std::string starred(std::string_view pattern, std::string_view text) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return "";
  const std::size_t behind = pattern.size() - star - 1;
  return std::string(text.substr(star, text.size() - star - behind));
}

}  // namespace headwater
