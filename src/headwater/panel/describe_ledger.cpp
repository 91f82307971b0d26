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
