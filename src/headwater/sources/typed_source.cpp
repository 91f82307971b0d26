#include "headwater/sources/typed_source.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/panel/readers.hpp"
#include "headwater/sources/growth_identity.hpp"
#include "headwater/sources/totals_check.hpp"
#include "headwater/sources/typed_columns.hpp"

namespace headwater {
namespace {

void tell_lost(DataLedger& ledger, const std::string& reason, std::size_t rows) {
  if (rows == 0) return;
  const auto known = std::find_if(ledger.rows_lost.begin(), ledger.rows_lost.end(),
                                  [&](const auto& lost) { return lost.first == reason; });
  if (known == ledger.rows_lost.end())
    ledger.rows_lost.emplace_back(reason, static_cast<std::int64_t>(rows));
  else
    known->second += static_cast<std::int64_t>(rows);
}

// What is said of each sheet alike is said of the first, with the number of the others.
void gather_notes(Notes& notes) {
  for (const char* code :
       {"source.total_adds_up", "source.count_agrees", "source.notes", "source.year_to_date", "data.encoding"}) {
    const auto of_code = [&](const Note& note) { return note.code == code; };
    const auto first = std::find_if(notes.begin(), notes.end(), of_code);
    const auto more = std::count_if(notes.begin(), notes.end(), of_code) - 1;
    if (more < 2) continue;
    first->message += "; and so in " + std::to_string(more) + " more sheets";
    notes.erase(std::remove_if(first + 1, notes.end(), of_code), notes.end());
  }
}

// What is no part of the table is said with its rows.
void tell_table(const SourceTable& table, const SourceRecords& records, const SourceSpec& spec, DataLedger& ledger) {
  const std::string source = "[source " + spec.name + "] ";
  ledger.rows_read += static_cast<std::int64_t>(table.rows.size() + table.totals.size() + table.filtered.size());
  tell_lost(ledger, source + "a total or a region", table.totals.size());
  tell_lost(ledger, source + "left out by keep", table.filtered.size());
  if (!table.below.empty()) {
    Names rows;
    for (const auto& [row, text] : table.below) rows.push_back(std::to_string(row));
    ledger.notes.push_back(
        {"source.notes",
         table.where() + ": " + (rows.size() == 1 ? "row " : "rows ") + shortened(joined(rows, ", "), 120) +
             (rows.size() == 1 ? " is a note and no row" : " are notes and no rows") + " of the table"});
  }
  if (records.year_to_date)
    ledger.notes.push_back(
        {"source.year_to_date", table.where() +
                                    ": the figures are for the year to date: a month stands for April up to and "
                                    "with it, so that those of two months of a year overlap"});
}

class Reading {
 public:
  explicit Reading(const SourceSpec& spec) : columns_(source_.spec) { source_.spec = spec; }

  TypedSource run() {
    for (const std::string& path : files_of(source_.spec)) {
      const SourceFile file = read_source_file(path);
      source_.ledger.notes.insert(source_.ledger.notes.end(), file.notes.begin(), file.notes.end());
      for (const Sheet* sheet : sheets_of(file)) read_sheet(file, *sheet);
    }
    gather_notes(source_.ledger.notes);
    source_.columns = columns_.finished(source_.ledger);
    refuse_twice();
    return std::move(source_);
  }

 private:
  std::vector<const Sheet*> sheets_of(const SourceFile& file) const {
    std::vector<const Sheet*> found;
    const Names& wanted = source_.spec.sheets;
    for (const Sheet& sheet : file.workbook.sheets) {
      if (!wanted.empty() && !file.text && !fits_any(wanted, sheet.name)) continue;
      if (!find_header(sheet, source_.spec)) continue;
      found.push_back(&sheet);
      if (wanted.empty()) break;
    }
    if (found.empty()) no_sheet(file);
    return found;
  }

  [[noreturn]] void no_sheet(const SourceFile& file) const {
    Names names;
    for (const Sheet& sheet : file.workbook.sheets) names.push_back("'" + sheet.name + "'");
    const Names& wanted = source_.spec.sheets;
    throw Error(ErrorKind::data, "source.no_header",
                file.path + ": no row " +
                    (file.text ? std::string("")
                               : "of " +
                                     (wanted.empty() ? "its sheets " + joined(names, ", ")
                                                     : "a sheet called " + joined(wanted, " or ") + " (they are " +
                                                           joined(names, ", ") + ")") +
                                     " ") +
                    "holds the header of [source " + source_.spec.name + "]: " + joined(source_.spec.header, ", ") +
                    "; correct header or sheet, or the file is another publication",
                {.file = file.path});
  }

  void read_sheet(const SourceFile& file, const Sheet& sheet) {
    const SourceSpec& spec = source_.spec;
    const SourceTable table = extract_table(file, sheet, *find_header(sheet, spec), spec);
    check_totals(table, spec, source_.ledger);
    const SourceRecords records = records_of(table, file, spec);
    tell_table(table, records, spec, source_.ledger);
    columns_.add(records, table, source_.ledger);
    if (!source_.unit.empty() && source_.has_period != records.has_period)
      throw Error(ErrorKind::data, "source.period",
                  table.where() + ": [source " + spec.name + "] finds " + (records.has_period ? "a" : "no") +
                      " period here and " + (records.has_period ? "none" : "one") +
                      " in what was read before; declare period so that every table has one",
                  {.file = table.file});
    source_.has_period = records.has_period;
    const auto named =
        spec.unit_name.empty() ? std::nullopt : column_position(records.names, spec.unit_name, table.where() + ": ");
    for (const SourceRecord& record : records.records) {
      source_.unit.push_back(record.unit);
      source_.unit_name.push_back(named ? std::string(stripped(record.cells[*named])) : "");
      source_.vintage.push_back(record.vintage);
      source_.period.push_back(record.period);
      source_.row.push_back(record.row);
      source_.place.push_back(table.place(record.row));
    }
  }

  void refuse_twice() const {
    std::map<std::tuple<std::string, std::int64_t, std::string>, std::size_t> known;
    for (std::size_t i = 0; i < source_.unit.size(); ++i) {
      const auto [first, fresh] =
          known.try_emplace({source_.unit[i], source_.period[i].ordinal, source_.vintage[i]}, i);
      if (fresh) continue;
      throw Error(ErrorKind::data, "source.twice",
                  source_.place[i] + "unit '" + source_.unit[i] + "'" +
                      (source_.has_period ? " and period '" + to_text(source_.period[i]) + "'" : "") +
                      " stand already in " +
                      source_.place[first->second].substr(0, source_.place[first->second].size() - 2) +
                      "; a unit has one row a period and vintage, so remove one, or declare wide, keep or vintage",
                  {.row = source_.row[i]});
    }
  }

  TypedSource source_;
  TypedColumns columns_;
};

}  // namespace

TypedSource read_source(const SourceSpec& spec) {
  require_complete(spec);
  TypedSource source = Reading(spec).run();
  check_identity(source);
  return source;
}

TypedSource taken(const TypedSource& source, const std::vector<Index>& rows) {
  TypedSource part;
  part.spec = source.spec;
  part.has_period = source.has_period;
  part.ledger = source.ledger;
  for (const Index row : rows) {
    const auto i = static_cast<std::size_t>(row);
    part.unit.push_back(source.unit[i]);
    part.unit_name.push_back(source.unit_name[i]);
    part.vintage.push_back(source.vintage[i]);
    part.period.push_back(source.period[i]);
    part.row.push_back(source.row[i]);
    part.place.push_back(source.place[i]);
  }
  for (const Column& column : source.columns) part.columns.push_back(taken(column, rows));
  return part;
}

}  // namespace headwater
