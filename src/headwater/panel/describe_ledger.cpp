#include "headwater/panel/panel.hpp"

namespace headwater {
namespace {

std::vector<std::string> numbered(std::size_t count) {
  std::vector<std::string> index;
  for (std::size_t i = 1; i <= count; ++i) index.push_back(std::to_string(i));
  return index;
}

void describe_missing(Tree& tree, const DataLedger& ledger) {
  std::vector<std::string> columns, reasons;
  std::vector<std::int64_t> cells;
  for (const auto& entry : ledger.missing)
    for (const auto& [reason, count] : entry.counts) {
      columns.push_back(entry.column);
      reasons.emplace_back(name(reason));
      cells.push_back(count);
    }
  tree.axis("missing_entry", numbered(columns.size()), "column and reason of missing cells");
  tree.text("missing_column", "missing_entry", columns, "column");
  tree.text("missing_reason", "missing_entry", reasons, "why the cells have no value");
  tree.integers("missing_cells", "missing_entry", cells, "cells without a value", "cells");
}

void describe_suspicions(Tree& tree, const DataLedger& ledger) {
  std::vector<std::string> kinds, columns, units, periods, messages;
  for (const auto& suspicion : ledger.suspicions) {
    kinds.push_back(suspicion.kind);
    columns.push_back(suspicion.column);
    units.push_back(suspicion.unit);
    periods.push_back(suspicion.period);
    messages.push_back(suspicion.message);
  }
  tree.axis("suspicion", numbered(kinds.size()), "values that look odd; none was changed");
  tree.text("suspicion_kind", "suspicion", kinds, "total, merger, tenfold, jump, share above one, step function");
  tree.text("suspicion_column", "suspicion", columns, "columns concerned");
  tree.text("suspicion_unit", "suspicion", units, "unit concerned");
  tree.text("suspicion_period", "suspicion", periods, "period concerned");
  tree.text("suspicion_message", "suspicion", messages, "in words");
}

// One array for each member of the entries.
template <class Entry>
void describe_entries(Tree& tree, const std::string& axis, const std::string& what, const std::vector<Entry>& entries,
                      const std::vector<std::pair<std::string, std::string Entry::*>>& members) {
  tree.axis(axis, numbered(entries.size()), what);
  for (const auto& [name, member] : members) {
    std::vector<std::string> values;
    for (const Entry& entry : entries) values.push_back(entry.*member);
    tree.text(axis + "_" + name, axis, values, name);
  }
}

// Where the columns of a panel made from sources come from, and what did not find its row.
void describe_sources(Tree& tree, const DataLedger& ledger) {
  if (ledger.column_sources.empty()) return;
  using Source = DataLedger::ColumnSource;
  describe_entries<Source>(tree, "column_source", "columns by file and sheet", ledger.column_sources,
                           {{"column", &Source::column},
                            {"source", &Source::source},
                            {"header", &Source::header},
                            {"file", &Source::file},
                            {"sheet", &Source::sheet},
                            {"range", &Source::range},
                            {"sha256", &Source::sha256},
                            {"conversion", &Source::conversion},
                            {"joining", &Source::joining}});
  using Unmatched = DataLedger::Unmatched;
  describe_entries<Unmatched>(tree, "unmatched", "units with rows on one side alone", ledger.unmatched,
                              {{"source", &Unmatched::source}, {"side", &Unmatched::side}, {"unit", &Unmatched::unit}});
  std::vector<std::int64_t> rows, taken;
  for (const Unmatched& entry : ledger.unmatched) rows.push_back(entry.rows);
  tree.integers("unmatched_rows", "unmatched", rows, "rows without a counterpart", "rows");
  using Match = DataLedger::NameMatch;
  describe_entries<Match>(
      tree, "name_match", "names that stand for codes", ledger.name_matches,
      {{"source", &Match::source}, {"written", &Match::written}, {"unit", &Match::unit}, {"matched", &Match::matched}});
  Vector scores(static_cast<Index>(ledger.name_matches.size()));
  for (std::size_t i = 0; i < ledger.name_matches.size(); ++i) {
    scores(static_cast<Index>(i)) = ledger.name_matches[i].score;
    taken.push_back(ledger.name_matches[i].taken ? 1 : 0);
  }
  tree.vector("name_match_score", "name_match", scores, "1: the same name");
  tree.integers("name_match_taken", "name_match", taken, "1 where the code was taken");
}

}  // namespace

Tree describe(const DataLedger& ledger) {
  Tree tree;
  tree.attribute("file", ledger.file);
  tree.attribute("sha256", ledger.sha256);
  tree.attribute("rows_read", ledger.rows_read);
  tree.attribute("rows_kept", ledger.rows_kept);
  std::vector<std::string> reasons;
  std::vector<std::int64_t> rows;
  for (const auto& [reason, count] : ledger.rows_lost) {
    reasons.push_back(reason);
    rows.push_back(count);
  }
  tree.axis("lost_reason", reasons, "why rows of the file are not in the panel");
  tree.integers("lost_rows", "lost_reason", rows, "rows lost", "rows");
  describe_missing(tree, ledger);
  describe_suspicions(tree, ledger);
  describe_sources(tree, ledger);
  tree.axis("succession", numbered(ledger.succession.size()), "what the succession table did");
  tree.text("succession_message", "succession", ledger.succession, "in words");
  std::vector<std::string> codes, messages;
  for (const Note& note : ledger.notes) {
    codes.push_back(note.code);
    messages.push_back(note.message);
  }
  tree.axis("data_note", numbered(codes.size()), "warnings of the reader");
  tree.text("data_note_code", "data_note", codes, "stable code of the warning");
  tree.text("data_note_message", "data_note", messages, "the warning in words");
  return tree;
}

}  // namespace headwater
