// Headwater's own panel file: what the CSV reader saw, so that it need not be read and typed again.
//   /              attributes source_file, source_sha256, rows_read, rows_kept; axis row (line of each row in the
//   source);
//                  axis column with column_type ("number" or "text"); axes note, lost_reason, succession
//   /values/NAME   [row] numbers, or for text the position of the level (-1 where missing)
//   /levels/NAME   axis level: the distinct values of a text column; attribute why_text
//   /spellings/NAME [row] for a column of numbers whose texts must be kept apart: position of the level, as above
//   /missing/NAME  [row] why a cell has no value, by position in enum Missing; only for columns with missing cells
// In NAME the characters / and % of a column's name are written %2F and %25.
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/hash.hpp"
#include "headwater/core/text.hpp"
#include "headwater/hdf5/tree_file.hpp"
#include "headwater/panel/key_columns.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

const TreeFormat& panel_format() {
  static const TreeFormat format{"headwater.panel", 1, "panel file", "make one with `headwater convert`"};
  return format;
}

std::string link_name(const std::string& column) {
  if (column == ".") return "%2E";
  std::string name;
  for (const char c : column) name += c == '/' ? "%2F" : c == '%' ? "%25" : std::string(1, c);
  return name;
}

std::vector<std::int64_t> positions(const std::vector<std::int32_t>& codes) { return {codes.begin(), codes.end()}; }

std::vector<std::int64_t> reasons(const std::vector<Missing>& missing) {
  std::vector<std::int64_t> result;
  for (const Missing reason : missing) result.push_back(static_cast<std::int64_t>(reason));
  return result;
}

void add_column(Tree& tree, const Column& column) {
  const std::string name = link_name(column.name);
  const bool number = column.type == Column::Type::number;
  if (number)
    tree.child("values").vector(name, "row", column.numbers, "column '" + column.name + "'", "as in the source");
  if (!number || !column.codes.empty()) {
    tree.child(number ? "spellings" : "values")
        .integers(name, "row", positions(column.codes), "column '" + column.name + "': position of the level");
    Tree& levels = tree.child("levels").child(name);
    levels.axis("level", column.levels, "distinct values of column '" + column.name + "'");
    levels.attribute("why_text", column.why_text);
  }
  if (!column.missing.empty())
    tree.child("missing").integers(
        name, "row", reasons(column.missing),
        "column '" + column.name +
            "': why a cell has no value (0 present, 1 empty, 2 not "
            "available, 3 dash, 4 suppressed, 5 rounded, 6 unavailable, 7 not applicable, 8 low count, "
            "9 not in the source)");
}

void add_ledger(Tree& tree, const DataLedger& ledger) {
  tree.attribute("source_file", ledger.file);
  tree.attribute("source_sha256", ledger.sha256);
  tree.attribute("rows_read", ledger.rows_read);
  tree.attribute("rows_kept", ledger.rows_kept);
  tree.attribute("succession", ledger.succession);
  std::vector<std::string> lost_reasons;
  std::vector<std::int64_t> lost_rows;
  for (const auto& [reason, rows] : ledger.rows_lost) {
    lost_reasons.push_back(reason);
    lost_rows.push_back(rows);
  }
  tree.axis("lost_reason", lost_reasons, "why rows of the source are not here");
  tree.integers("lost_rows", "lost_reason", lost_rows, "rows lost", "rows");
  merge(tree, describe(ledger.notes));
}

class PanelTree {
 public:
  PanelTree(const Tree& tree, const std::string& path) : tree_(tree), path_(path) {}

  std::vector<std::int64_t> rows() const {
    const Axis* axis = tree_.find_axis("row");
    const auto* rows = axis ? std::get_if<std::vector<std::int64_t>>(&axis->labels) : nullptr;
    if (!rows) invalid("row", "there is no axis of row numbers");
    return *rows;
  }

  Column column(const std::string& name, bool text) const {
    Column column;
    column.name = name;
    const std::string link = link_name(name);
    if (text) {
      column.type = Column::Type::text;
      read_levels(column, group("values"), link);
    } else {
      const auto& values = numbers(group("values"), link);
      column.numbers = Eigen::Map<const Vector>(values.data(), static_cast<Index>(values.size()));
      const Tree* spellings = tree_.find_child("spellings");
      if (spellings && spellings->find_array(link)) read_levels(column, *spellings, link);
    }
    read_missing(column, link);
    check_missing(column);
    return column;
  }

 private:
  [[noreturn]] void invalid(const std::string& column, const std::string& why) const {
    throw Error(ErrorKind::data, "panel.invalid",
                path_ + ": column '" + column + "' is not as headwater writes it: " + why +
                    "; make the file again with `headwater convert`",
                {.file = path_, .column = column});
  }

  const Tree& group(const std::string& name) const {
    const Tree* found = tree_.find_child(name);
    if (!found) invalid(name, "there is no group '" + name + "'");
    return *found;
  }

  void read_levels(Column& column, const Tree& codes, const std::string& link) const {
    const Tree* levels = group("levels").find_child(link);
    if (!levels) invalid(column.name, "it has no levels");
    column.levels = labels(*levels, "level");
    column.why_text = text_attribute(*levels, "why_text");
    const auto count = static_cast<std::int64_t>(column.levels.size());
    for (const std::int64_t code : integers(codes, link)) {
      if (code < -1 || code >= count)
        invalid(column.name, "level " + std::to_string(code) + " of " + std::to_string(count));
      column.codes.push_back(static_cast<std::int32_t>(code));
    }
  }

  void read_missing(Column& column, const std::string& link) const {
    const Tree* missing = tree_.find_child("missing");
    if (!missing || !missing->find_array(link)) return;
    for (const std::int64_t reason : integers(*missing, link)) {
      if (reason < 0 || reason > static_cast<std::int64_t>(kLastMissing))
        invalid(column.name, "reason " + std::to_string(reason) + " is unknown");
      column.missing.push_back(static_cast<Missing>(reason));
    }
  }

  void check_missing(const Column& column) const {
    for (Index i = 0; i < column.size(); ++i) {
      const bool without_code = !column.codes.empty() && column.codes[static_cast<std::size_t>(i)] < 0;
      const bool absent = column.type == Column::Type::text ? without_code : std::isnan(column.numbers(i));
      if (absent != column.is_missing(i) || (!column.codes.empty() && without_code != absent))
        invalid(column.name, "cell " + std::to_string(i + 1) + " has no value and no reason, or both");
    }
  }

  const Tree& tree_;
  const std::string& path_;
};

DataLedger ledger_of(const Tree& tree, const std::string& path) {
  DataLedger ledger;
  ledger.file = path;
  ledger.sha256 = sha256_of_file(path);
  ledger.rows_read = static_cast<std::int64_t>(number_attribute(tree, "rows_read"));
  ledger.rows_kept = static_cast<std::int64_t>(number_attribute(tree, "rows_kept"));
  if (const Attribute* succession = tree.find_attribute("succession"))
    if (const auto* texts_of = std::get_if<std::vector<std::string>>(succession)) ledger.succession = *texts_of;
  const auto& lost = labels(tree, "lost_reason");
  const auto& rows = integers(tree, "lost_rows");
  for (std::size_t i = 0; i < lost.size() && i < rows.size(); ++i) ledger.rows_lost.emplace_back(lost[i], rows[i]);
  const auto& codes = texts(tree, "note_code");
  const auto& messages = texts(tree, "note_message");
  for (std::size_t i = 0; i < codes.size() && i < messages.size(); ++i) ledger.notes.push_back({codes[i], messages[i]});
  ledger.notes.push_back({"panel.converted", path + " was converted from '" + text_attribute(tree, "source_file") +
                                                 "' (SHA-256 " + text_attribute(tree, "source_sha256") + ")"});
  return ledger;
}

}  // namespace

void write_hdf5_panel(const RawTable& table, const std::string& path) {
  Tree tree;
  add_ledger(tree, table.ledger);
  tree.axes.push_back({"row", table.source_rows, "line of each row in the source"});
  std::vector<std::string> names, types;
  for (const Column& column : table.columns) {
    names.push_back(column.name);
    types.emplace_back(column.type == Column::Type::number ? "number" : "text");
    add_column(tree, column);
  }
  tree.axis("column", names, "columns in the order of the source");
  tree.text("column_type", "column", types, "number or text");
  write_tree(tree, path, panel_format());
}

RawTable read_hdf5_panel(const std::string& path, const ReadOptions& options) {
  const Tree tree = read_tree(path, panel_format());
  const PanelTree content(tree, path);
  RawTable table;
  table.source_rows = content.rows();
  table.ledger = ledger_of(tree, path);
  const auto& names = labels(tree, "column");
  const auto& types = texts(tree, "column_type");
  for (std::size_t i = 0; i < names.size() && i < types.size(); ++i) {
    Column column = content.column(names[i], types[i] == "text");
    if (must_be_text(options, names[i])) column = as_text(std::move(column), table.source_rows, table.ledger.notes);
    table.columns.push_back(std::move(column));
  }
  return table;
}

}  // namespace headwater
