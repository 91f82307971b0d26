#include "headwater/panel/csv_layout.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

constexpr std::size_t kMostAbove = 200;  // records among which a header is looked for

struct Placed {
  CsvRecord fields;
  std::int64_t row;
};

std::vector<Placed> first_records(CsvTokens& tokens, std::size_t most) {
  std::vector<Placed> records;
  while (!tokens.done() && records.size() < most) {
    Placed next{{}, tokens.line()};
    tokens.record(next.fields);
    records.push_back(std::move(next));
  }
  return records;
}

bool blank_cell(std::string_view cell) { return stripped(cell).empty(); }

std::size_t filled(const CsvRecord& record) {
  return static_cast<std::size_t>(std::count_if(record.begin(), record.end(), [](auto c) { return !blank_cell(c); }));
}

// Every field has a name of its own.
bool names_all(const CsvRecord& record) {
  std::unordered_set<std::string_view> seen;
  for (const std::string_view field : record)
    if (blank_cell(field) || !seen.insert(stripped(field)).second) return false;
  return true;
}

bool holds(const CsvRecord& record, const std::string& name) {
  return std::any_of(record.begin(), record.end(), [&](std::string_view field) { return stripped(field) == name; });
}

bool holds_keys(const CsvRecord& record, const ReadOptions& options) {
  return (options.unit.empty() || holds(record, options.unit)) && (options.time.empty() || holds(record, options.time));
}

// The next record that is not an empty line has as many fields: a table begins here.
bool goes_on(const std::vector<Placed>& records, std::size_t at) {
  for (std::size_t next = at + 1; next < records.size(); ++next)
    if (!all_blank(records[next].fields)) return records[next].fields.size() == records[at].fields.size();
  return false;
}

std::size_t header_position(const std::vector<Placed>& records, const ReadOptions& options) {
  const CsvRecord& first = records.front().fields;
  const bool keyed = !options.unit.empty() || !options.time.empty(), first_names_all = names_all(first);
  if (keyed ? holds_keys(first, options) : first_names_all) return 0;
  for (std::size_t at = 1; at < records.size(); ++at) {
    const CsvRecord& here = records[at].fields;
    const bool headed = keyed ? holds_keys(here, options) : names_all(here) && here.size() > 1;
    if (headed && goes_on(records, at) && !(first_names_all && first.size() == here.size())) return at;
  }
  return 0;
}

bool repeats_a_name(const Names& names) {
  std::unordered_set<std::string> seen;
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& n) { return !n.empty() && !seen.insert(n).second; });
}

// Names under the headings of sections: `Available` over the first of several columns holds for them all.
Names under_sections(const Names& names, const CsvRecord& above) {
  Names result = names;
  std::string section;
  for (std::size_t j = 0; j < names.size(); ++j) {
    if (!blank_cell(above[j])) section = std::string(stripped(above[j]));
    if (!section.empty() && !names[j].empty()) result[j] = section + ": " + names[j];
  }
  return result;
}

// Where names repeat, the row above is a header too: it is taken off `above`.
void join_sections(CsvHeader& header, std::vector<Placed>& above, Notes& notes) {
  if (above.empty() || !repeats_a_name(header.names) || above.back().fields.size() != header.names.size()) return;
  header.names = under_sections(header.names, above.back().fields);
  notes.push_back({"data.two_header_rows", "rows " + std::to_string(above.back().row) + " and " +
                                               std::to_string(header.row) +
                                               " are two rows of headers, whose names are joined: '" +
                                               shortened(header.names.back(), 60) + "'"});
  above.pop_back();
}

void require_separator(const CsvRecord& fields, std::int64_t row, const std::string& file, char separator) {
  if (fields.size() != 1 || separator != ',') return;
  if (fields[0].find(';') != std::string_view::npos)
    csv_error(file, row, "separator", "the header has ';' and no ',': save the file with commas, or as .tsv with tabs");
  if (fields[0].find('\t') != std::string_view::npos)
    csv_error(file, row, "separator", "the header has tabs and no ',': name the file .tsv, or save it with commas");
}

void require_distinct(const CsvHeader& header, const std::string& file) {
  std::unordered_map<std::string, std::size_t> seen;
  for (std::size_t j = 0; j < header.names.size(); ++j) {
    const std::string& name = header.names[j];
    if (name.empty()) continue;
    const auto [known, fresh] = seen.emplace(name, j);
    if (!fresh)
      csv_error(file, header.row, "duplicate_header",
                "columns " + std::to_string(known->second + 1) + " and " + std::to_string(j + 1) + " are both named '" +
                    name + "'; rename one",
                name);
  }
}

std::string first_words(const std::vector<Placed>& records) {
  for (const Placed& record : records)
    for (const std::string_view field : record.fields)
      if (!blank_cell(field)) return " ('" + shortened(stripped(field), 40) + "')";
  return "";
}

// Words with which notes begin, in lower case.
constexpr std::array<std::string_view, 12> kNoteWords = {"source",   "sources",   "note",    "notes",
                                                         "footnote", "footnotes", "contact", "copyright",
                                                         "caveats",  "caveat",    "key",     "\xC2\xA9"};

// A sentence, or one of the words with which notes begin.
bool reads_like_a_note(const CsvRecord& record) {
  if (filled(record) > 2) return false;
  const auto first = std::find_if(record.begin(), record.end(), [](auto cell) { return !blank_cell(cell); });
  if (first == record.end()) return false;
  const std::string text = lower(stripped(*first));
  std::size_t words = 0;
  for (std::size_t i = 0; i < text.size(); ++i) words += text[i] != ' ' && (i == 0 || text[i - 1] == ' ');
  const std::string opening = text.substr(0, text.find_first_of(" :.,"));
  return words >= 3 || std::find(kNoteWords.begin(), kNoteWords.end(), opening) != kNoteWords.end();
}

}  // namespace

bool all_blank(const CsvRecord& record) { return std::all_of(record.begin(), record.end(), blank_cell); }

std::optional<char> declared_separator(std::string_view text) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  const bool quoted = line.size() == 7 && line.front() == '"' && line.back() == '"';
  const std::string_view words = quoted ? line.substr(1, 5) : line;
  if (words.size() != 5 || lower(words.substr(0, 4)) != "sep=" || words.size() == text.size()) return std::nullopt;
  return words[4];
}

CsvHeader read_header(CsvTokens& tokens, const std::string& file, char separator, const ReadOptions& options,
                      Notes& notes) {
  CsvTokens ahead = tokens.ahead();
  std::vector<Placed> records = first_records(ahead, 1);
  if (!names_all(records.front().fields) || !holds_keys(records.front().fields, options)) {
    ahead = tokens.ahead();
    records = first_records(ahead, kMostAbove);
  }
  const std::size_t at = header_position(records, options);
  records = first_records(tokens, at + 1);
  CsvHeader header{{}, records[at].row};
  require_separator(records[at].fields, header.row, file, separator);
  for (const std::string_view field : records[at].fields) header.names.emplace_back(stripped(field));
  records.pop_back();
  join_sections(header, records, notes);
  require_distinct(header, file);
  if (!first_words(records).empty())
    notes.push_back({"data.rows_above", "the header stands in row " + std::to_string(header.row) +
                                            "; what stands above it" + first_words(records) +
                                            " is no part of the table"});
  return header;
}

std::string other_header(CsvTokens from_the_start, std::size_t width) {
  const std::vector<Placed> records = first_records(from_the_start, kMostAbove);
  for (std::size_t at = 1; at < records.size(); ++at)
    if (records[at].fields.size() > width && names_all(records[at].fields) && goes_on(records, at))
      return "; the header may stand in row " + std::to_string(records[at].row) +
             ": name the keys as it does, or delete what stands above it";
  return "";
}

CsvBody::CsvBody(const CsvHeader& header, const ReadOptions& options) : width_(header.names.size()) {
  const auto position = [&](const std::string& key) {
    const auto found = std::find(header.names.begin(), header.names.end(), key);
    return key.empty() ? width_ : static_cast<std::size_t>(found - header.names.begin());
  };
  unit_ = position(options.unit);
  time_ = position(options.time);
}

bool CsvBody::is_sparse(const CsvRecord& record) const {
  return record.size() != width_ || (width_ > 1 && blank_cell(record.back()) && filled(record) <= 2);
}

// As wide as the table, with its keys: a period where there is a time key.
bool CsvBody::belongs(const CsvRecord& record) const {
  if (record.size() != width_) return false;
  if (unit_ < width_ && blank_cell(record[unit_])) return false;
  if (time_ < width_) return parse_period(record[time_]).has_value();
  return filled(record) > 2 || width_ < 3;
}

bool CsvBody::ends_before(const CsvRecord& record, std::int64_t row, CsvTokens rest) {
  if (row < last_known_row_ || belongs(record) || !reads_like_a_note(record)) return false;
  CsvRecord next;
  while (!rest.done()) {
    const std::int64_t here = rest.line();
    rest.record(next);
    if (!belongs(next)) continue;
    last_known_row_ = here;
    return false;
  }
  return true;
}

}  // namespace headwater
