#include "headwater/report/csv_tidy.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/core/text.hpp"
#include "headwater/report/grids.hpp"
#include "headwater/report/marks.hpp"

namespace headwater {
namespace {

std::string csv_number(double value) { return std::isfinite(value) ? shortest(value) : std::string(); }

bool simulated(const Tree& result) { return !simulated_notice(result).empty(); }

// Rows that know their columns by name: tables of one kind from several decompositions are one table. Made-up data say
// so in a column of their own.
class TidyTable {
 public:
  explicit TidyTable(std::string name, std::vector<std::string> columns = {}, Words words = {})
      : name_(std::move(name)), columns_(std::move(columns)), words_(std::move(words)) {}

  const std::string& name() const { return name_; }
  bool empty() const { return rows_.empty(); }
  void row() { rows_.emplace_back(); }
  void mark_simulated() {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      rows_[i].resize(columns_.size());
      rows_[i].emplace_back("\"SIMULATED DATA\"");
    }
    columns_.emplace_back("data");
  }
  // A term or component, with what the author calls it beside it.
  void label(const std::string& column, const std::string& text) {
    cell(column, csv_text(text));
    if (!words_.empty()) cell("name", csv_text(words_.term(text)));
  }
  // Fills a cell of the last row.
  void cell(const std::string& column, std::string text) {
    const auto found = std::find(columns_.begin(), columns_.end(), column);
    const auto at = static_cast<std::size_t>(found - columns_.begin());
    if (found == columns_.end()) columns_.push_back(column);
    if (rows_.back().size() <= at) rows_.back().resize(at + 1);
    rows_.back()[at] = std::move(text);
  }
  std::string text() const {
    std::string out;
    for (std::size_t c = 0; c < columns_.size(); ++c) out += (c > 0 ? "," : "") + csv_name(columns_[c]);
    out += "\n";
    for (const std::vector<std::string>& row : rows_) {
      for (std::size_t c = 0; c < columns_.size(); ++c) out += (c > 0 ? "," : "") + (c < row.size() ? row[c] : "");
      out += "\n";
    }
    return out;
  }

 private:
  static std::string csv_name(const std::string& name) {
    const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
    return plain ? name : csv_text(name);
  }

  std::string name_;
  std::vector<std::string> columns_;
  Words words_;
  std::vector<std::vector<std::string>> rows_;
};

std::string finished(TidyTable& sheet, const Tree& result) {
  if (simulated(result)) sheet.mark_simulated();
  return sheet.text();
}

class Sheets {
 public:
  TidyTable& named(const std::string& name) {
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const TidyTable& s) { return s.name() == name; });
    return found != all_.end() ? *found : all_.emplace_back(name);
  }
  std::vector<CsvTable> tables(const Tree& result) {
    std::vector<CsvTable> tables;
    for (TidyTable& sheet : all_)
      if (!sheet.empty()) tables.push_back({sheet.name(), finished(sheet, result)});
    return tables;
  }

 private:
  std::vector<TidyTable> all_;
};

template <class Visit>
void each_decomposition(const Tree& result, const Visit& visit) {
  if (const Tree* all = result.find_child("decompositions"))
    for (const Tree& fit : all->children)
      for (const Tree& node : fit.children) visit(fit.name, node);
}

void start_row(TidyTable& sheet, const std::string& fit, const Tree& node) {
  sheet.row();
  sheet.cell("fit", csv_text(fit));
  sheet.cell("decomposition", csv_text(node.name));
}

struct PartRow {
  std::string component;
  double estimate, std_error, conf_low, conf_high, share;
  bool estimable;
};

void add_part(TidyTable& sheet, const std::string& fit, const Tree& node, const PartRow& part) {
  start_row(sheet, fit, node);
  sheet.label("component", part.component);
  sheet.cell("estimate", csv_number(part.estimate));
  sheet.cell("std_error", part.estimable ? csv_number(part.std_error) : "");
  sheet.cell("conf_low", part.estimable ? csv_number(part.conf_low) : "");
  sheet.cell("conf_high", part.estimable ? csv_number(part.conf_high) : "");
  sheet.cell("share", csv_number(part.share));
  sheet.cell("estimable", part.estimable ? "1" : "0");
  sheet.cell("unit", csv_text(text_attribute(node, "unit")));
}

void add_parts(TidyTable& sheet, const std::string& fit, const Tree& node) {
  const double none = std::nan("");
  const auto& names = labels(node, "component");
  for (std::size_t i = 0; i < names.size(); ++i)
    if (zero_part(node, i))
      add_part(sheet, fit, node,
               {names[i], 0, none, none, none, text_attribute(node, "shares_reason").empty() ? 0 : none, false});
    else
      add_part(sheet, fit, node,
               {names[i], numbers(node, "estimate")[i], numbers(node, "std_error")[i], numbers(node, "conf_low")[i],
                numbers(node, "conf_high")[i], numbers(node, "share")[i], integers(node, "estimable")[i] != 0});
  for (const std::string& name : labels(node, "unidentified"))
    add_part(sheet, fit, node, {name, none, none, none, none, none, false});
  if (additive(node))
    add_part(sheet, fit, node,
             {"total", scalar(node, "total"), scalar(node, "total_std_error"), scalar(node, "total_conf_low"),
              scalar(node, "total_conf_high"), text_attribute(node, "shares_reason").empty() ? 1 : none,
              std::isfinite(scalar(node, "total_std_error"))});
}

void add_bootstrap(TidyTable& sheet, const std::string& fit, const Tree& node) {
  if (!node.find_array("boot_std_error")) return;
  const auto& names = labels(node, "component");
  for (std::size_t i = 0; i < names.size(); ++i) {
    start_row(sheet, fit, node);
    sheet.cell("component", csv_text(names[i]));
    for (const char* key : {"boot_std_error", "boot_low", "boot_high", "boot_student_low", "boot_student_high"})
      sheet.cell(key, csv_number(numbers(node, key)[i]));
  }
}

void add_quantities(TidyTable& sheet, const std::string& fit, const Tree& node) {
  for (const Quantity& q : quantities(node)) {
    start_row(sheet, fit, node);
    sheet.cell("quantity", csv_text(q.name));
    sheet.cell("value", csv_number(q.value));
    sheet.cell("unit", csv_text(q.unit));
    sheet.cell("description", csv_text(q.description));
  }
}

std::string column_cell(const MethodTable::Column& column, std::size_t row) {
  if (const auto* values = std::get_if<std::vector<double>>(&column.values)) return csv_number((*values)[row]);
  if (const auto* whole = std::get_if<std::vector<std::int64_t>>(&column.values)) return std::to_string((*whole)[row]);
  return csv_text(std::get<std::vector<std::string>>(column.values)[row]);
}

void add_method_tables(Sheets& sheets, const std::string& fit, const Tree& node) {
  for (const MethodTable& table : method_tables(node)) {
    TidyTable& sheet = sheets.named(text_attribute(node, "method") + "-" + table.name);
    const auto& rows = labels(node, table.axis->name);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      start_row(sheet, fit, node);
      sheet.cell(table.axis->name, csv_text(rows[i]));
      for (const MethodTable::Column& column : table.columns) sheet.cell(column.name, column_cell(column, i));
    }
  }
}

// A split's value as the data have it; the fit's name holds it only as far as a name can.
void add_split(TidyTable& sheet, const Tree& fit) {
  if (text_attribute(fit, "split").empty()) return;
  for (const char* key : {"split", "split_value"}) sheet.cell(key, csv_text(text_attribute(fit, key)));
}

void start_coefficient(TidyTable& sheet, const Tree& fit, const std::string& term, const std::string& status) {
  sheet.row();
  sheet.cell("fit", csv_text(fit.name));
  sheet.cell("outcome", csv_text(text_attribute(fit, "outcome")));
  if (!term.empty()) sheet.label("term", term);
  sheet.cell("status", csv_text(status));
  add_split(sheet, fit);
}

void add_coefficients(TidyTable& sheet, const Tree& fit) {
  if (failed(fit)) return start_coefficient(sheet, fit, "", "failed");
  const auto& terms = labels(fit, "term");
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const bool none = !has_std_error(fit, i);
    start_coefficient(sheet, fit, terms[i], none ? "not estimable" : text_attribute(fit, "status"));
    for (const char* key : {"estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high", "mde"})
      sheet.cell(key, csv_number(numbers(fit, key)[i]));
    sheet.cell("df", shortest(term_df(fit, i)));
    if (const std::string mark = term_mark(fit, i); !mark.empty()) sheet.cell("mark", csv_text(mark));
  }
  for (const std::string& name : labels(fit, "unidentified")) start_coefficient(sheet, fit, name, "not identified");
}

void add_fit(TidyTable& sheet, const Tree& fit) {
  sheet.row();
  sheet.cell("fit", csv_text(fit.name));
  for (const char* key : {"outcome", "formula", "status"}) sheet.cell(key, csv_text(text_attribute(fit, key)));
  add_split(sheet, fit);
  if (failed(fit)) return;
  for (const char* key : {"estimator", "covariance", "profile"}) sheet.cell(key, csv_text(text_attribute(fit, key)));
  for (const char* key : {"nobs", "units", "periods"}) sheet.cell(key, csv_number(number_attribute(fit, key)));
  for (const char* key : {"r_squared", "r_squared_within"}) sheet.cell(key, csv_number(scalar(fit, key)));
  sheet.cell("effects", csv_text(joined(labels(fit, "effect"), " + ")));
}

void add_tests(TidyTable& sheet, const Tree& fit) {
  const Tree* tests = fit.find_child("tests");
  if (!tests) return;
  const auto& names = labels(*tests, "test");
  for (std::size_t i = 0; i < names.size(); ++i) {
    sheet.row();
    sheet.cell("fit", csv_text(fit.name));
    sheet.cell("test", csv_text(names[i]));
    sheet.cell("hypothesis", csv_text(texts(*tests, "hypothesis")[i]));
    sheet.cell("distribution", csv_text(texts(*tests, "distribution")[i]));
    for (const char* key : {"statistic", "p_value", "estimate", "std_error", "mde"})
      sheet.cell(key, csv_number(numbers(*tests, key)[i]));
    if (const std::string mark = test_mark(*tests, fit, i); !mark.empty()) sheet.cell("mark", csv_text(mark));
  }
}

std::string coefficients_sheet(const Tree& result, const Words& words) {
  TidyTable sheet("coefficients",
                  {"fit", "outcome", "term", "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high",
                   "mde", "df", "status"},
                  words);
  if (const Tree* fits = result.find_child("fits"))
    for (const Tree& fit : fits->children) add_coefficients(sheet, fit);
  return finished(sheet, result);
}

std::string decompositions_sheet(const Tree& result, const Words& words) {
  TidyTable sheet("decompositions",
                  {"fit", "decomposition", "component", "estimate", "std_error", "conf_low", "conf_high", "share",
                   "estimable", "unit"},
                  words);
  each_decomposition(result, [&](const std::string& fit, const Tree& node) { add_parts(sheet, fit, node); });
  return finished(sheet, result);
}

}  // namespace

std::string csv_text(std::string text) {
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) text.insert(0, "'");
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string csv_coefficients(const Tree& result) { return coefficients_sheet(result, {}); }

std::string csv_decompositions(const Tree& result) { return decompositions_sheet(result, {}); }

std::string csv_answer(const Tree& result) {
  return result.find_child("decompositions") ? csv_decompositions(result) : csv_coefficients(result);
}

std::vector<CsvTable> csv_tables(const Tree& result, TableWhat what, const Words& words) {
  std::vector<CsvTable> tables;
  Sheets sheets;
  if (what != TableWhat::decompositions) {
    tables.push_back({"coefficients", coefficients_sheet(result, words)});
    if (const Tree* fits = result.find_child("fits"))
      for (const Tree& fit : fits->children) {
        add_fit(sheets.named("fits"), fit);
        add_tests(sheets.named("tests"), fit);
      }
  }
  const bool wanted = what == TableWhat::decompositions || result.find_child("decompositions");
  if (wanted && what != TableWhat::coefficients) {
    tables.push_back({"decompositions", decompositions_sheet(result, words)});
    each_decomposition(result, [&](const std::string& fit, const Tree& node) {
      add_quantities(sheets.named("quantities"), fit, node);
      add_bootstrap(sheets.named("bootstrap"), fit, node);
      add_method_tables(sheets, fit, node);
    });
  }
  for (CsvTable& table : sheets.tables(result)) tables.push_back(std::move(table));
  return tables;
}

}  // namespace headwater
