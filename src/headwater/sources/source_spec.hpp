// How a published table is laid out, as declared: where its file is, which sheet, which header, what becomes of its
// columns, and how its rows join those of the others. Nothing of a publication is programmed.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "headwater/core/labelled.hpp"
#include "headwater/panel/period.hpp"

namespace headwater {

// What a cell is turned into.
enum class Conversion { none, text, per_cent, thousand, million };
double factor(Conversion conversion);

struct ColumnSpec {
  std::string name;    // in the panel; a * in it is what the * of `header` stands for
  std::string header;  // in the file
  Conversion conversion = Conversion::none;

  friend bool operator==(const ColumnSpec&, const ColumnSpec&) = default;
};

// How values of one period come to stand in rows of another.
enum class Joining { exact, hold, mean, last, sum };
const char* name(Joining joining);

struct SourceSpec {
  std::string name;       // of [source NAME]
  std::string about;      // the comment that opens the file of a ready source
  std::string like;       // the ready source that it was completed from
  std::string file;       // path, or a pattern with * for several
  Names sheets;           // names or patterns; none: the first sheet that holds the header
  Names header;           // names that the header row holds
  int header_rows = 1;    // 2: the row above names sections
  std::string unit;       // column of codes
  std::string unit_name;  // column of names
  std::string region;     // column of regions, by which totals of regions are checked
  std::string period;     // template: {Column}, {year} of `tall`, {sheet}, {file}, {above: PATTERN}, or text
  std::string vintage;    // template
  std::string frequency;  // "", or what a period is taken as: year, financial_year, quarter, financial_quarter, month
  std::vector<std::pair<std::string, Names>> keep;  // rows where the column holds one of the values
  Names wide;                                       // columns whose values become columns
  std::string value;                                // the column that holds their values
  std::string tall;                                 // pattern of columns that hold one year each: *_{year}
  Names totals;                                     // patterns of codes or names that are sums of other rows
  Names sums;                                       // columns (of the panel) whose totals are sums of the units
  std::string count;  // text of a note that holds the number of units: Number of trusts: *
  Names identity;     // growth of productivity, of activity, of resource: columns of the panel
  Joining joining = Joining::exact;
  double match = 0;                 // units by name: the least score that is taken; 0: by code
  std::vector<ColumnSpec> columns;  // none: every column as it is called

  // What was written, in order, from which all of this can be read again.
  std::vector<std::pair<std::string, std::string>> settings, column_settings;

  friend bool operator==(const SourceSpec&, const SourceSpec&) = default;
};

// The keys of [source NAME] with what they mean.
const std::vector<std::pair<std::string, std::string>>& source_keys();

// Sets a key of source_keys(). Throws Error{usage, "source.value"} that says what the key takes.
void set_source_key(SourceSpec& spec, const std::string& key, const std::string& value);
// Adds a line of [columns NAME]: name = header, or name = per_cent(header), thousand(...), million(...), text(...).
void add_source_column(SourceSpec& spec, const std::string& column_name, const std::string& value);

// The publication's declaration with what `own` says in the place of it; columns of `own` take the place of all.
SourceSpec completed(const SourceSpec& publication, const SourceSpec& own);

// What a source must say to be read. Throws Error{usage, "source.incomplete"}.
void require_complete(const SourceSpec& spec);

// Whether the text is one of the pattern, in which * stands for any text and ? for one letter, without regard to case.
bool fits(std::string_view pattern, std::string_view text);
bool fits_any(const Names& patterns, std::string_view text);
// What the * of a pattern with one * stands for in a text that fits it.
std::string starred(std::string_view pattern, std::string_view text);

}  // namespace headwater
