#include "headwater/run/figures.hpp"

#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/method.hpp"
#include "headwater/core/text.hpp"
#include "headwater/run/ready_sources.hpp"
#include "headwater/run/run_data.hpp"

namespace headwater {
namespace {

const Column& column_of(const std::vector<Column>& columns, const std::string& name, const std::string& where) {
  Names known;
  for (const Column& column : columns) {
    if (column.name == name) return column;
    known.push_back(column.name);
  }
  const std::string near = nearest(name, known);
  throw Error(ErrorKind::usage, "reliability.column",
              where + " has no column '" + name + "'" +
                  (near.empty() ? "; it has " + joined(known, ", ") : "; did you mean '" + near + "'?"),
              {.file = where, .column = name});
}

void require_numbers(const Column& column, const std::string& where) {
  if (column.type != Column::Type::number)
    throw Error(ErrorKind::data, "reliability.text",
                where + ": '" + column.name + "' is text, and figures are numbers; " +
                    (column.why_text.empty() ? "name another column" : column.why_text),
                {.file = where, .column = column.name});
}

// The cell of a column of text.
std::string text_at(const Column& column, Index row) {
  const std::int32_t code = column.codes[static_cast<std::size_t>(row)];
  return code < 0 ? "" : column.levels[static_cast<std::size_t>(code)];
}

// Value, error and the groups' names, and only those.
void keep_columns(TypedSource& source, const FigureQuestion& question, const std::string& where) {
  std::vector<Column> kept;
  for (const std::string& name : {question.value, question.error, question.by}) {
    if (name.empty()) continue;
    kept.push_back(column_of(source.columns, name, where));
    if (name != question.by || name == question.value) require_numbers(kept.back(), where);
  }
  if (!question.by.empty() && kept.back().type != Column::Type::text)
    throw Error(ErrorKind::data, "reliability.groups",
                where + ": '" + question.by + "' holds numbers, and --by names groups of units in words",
                {.file = where, .column = question.by});
  source.columns = std::move(kept);
}

TypedSource of_file(const FigureQuestion& question) {
  if (question.unit.empty())
    throw Error(ErrorKind::usage, "reliability.unit",
                "reliability sets units against each other; name the column of the unit with --unit", {.key = "unit"});
  ReadOptions options{.unit = question.unit, .time = question.time, .check_quality = false};
  for (const std::string& name : {question.vintage, question.by})
    if (!name.empty()) options.text.push_back(name);
  RawTable table = read_data_table(question.file, options);
  TypedSource source;
  const auto rows = static_cast<Index>(table.source_rows.size());
  const auto keys = [&](const std::string& name) {
    Names cells(static_cast<std::size_t>(rows));
    if (name.empty()) return cells;
    const Column& column = column_of(table.columns, name, question.file);
    for (Index i = 0; i < rows; ++i) cells[static_cast<std::size_t>(i)] = text_at(column, i);
    return cells;
  };
  source.unit = source.unit_name = keys(question.unit);
  source.vintage = keys(question.vintage);
  source.spec.vintage = question.vintage;
  source.has_period = !question.time.empty();
  const Names periods = keys(question.time);
  for (std::size_t i = 0; i < periods.size(); ++i) {
    const auto period = source.has_period ? parse_period(periods[i]) : Period{};
    if (!period)
      throw Error(ErrorKind::data, "data.period",
                  question.file + ", row " + std::to_string(table.source_rows[i]) + ": '" + periods[i] + "' in '" +
                      question.time + "' is no period; correct it, or name another column with --time",
                  {.file = question.file, .row = table.source_rows[i], .column = question.time});
    source.period.push_back(*period);
    source.place.push_back(question.file + ", row " + std::to_string(table.source_rows[i]) + ": ");
  }
  source.row = table.source_rows;
  source.columns = std::move(table.columns);
  source.ledger = std::move(table.ledger);
  keep_columns(source, question, question.file);
  return source;
}

// The source that declares vintages and holds the figure.
TypedSource of_configuration(const FigureQuestion& question) {
  const RunConfig config = read_data_config(question.file, {});
  Names without;
  for (const SourceSpec& spec : config.data.sources) {
    TypedSource source = read_source(resolved_source(spec));
    const bool holds = std::any_of(source.columns.begin(), source.columns.end(),
                                   [&](const Column& column) { return column.name == question.value; });
    if (!holds) {
      without.push_back(spec.name);
      continue;
    }
    if (source.spec.vintage.empty())
      throw Error(ErrorKind::usage, "reliability.vintage",
                  "[source " + spec.name + "] has '" + question.value +
                      "' and declares no vintage, so its figures are seen once; build the panel (headwater panel " +
                      question.file + " -o panel.csv) and ask of its periods",
                  {.file = question.file});
    keep_columns(source, question, "[source " + spec.name + "]");
    return source;
  }
  throw Error(ErrorKind::usage, "reliability.column",
              without.empty() ? question.file + " declares no [source NAME]; name its data file instead"
                              : "no source of " + question.file + " has the column '" + question.value +
                                    "'; there are " + joined(without, ", "),
              {.file = question.file, .column = question.value});
}

}  // namespace

TypedSource read_figures(const FigureQuestion& question) {
  const std::string name = lower(question.file);
  const bool configuration = name.ends_with(".cfg") || name.ends_with(".ini") || name.ends_with(".conf");
  return configuration ? of_configuration(question) : of_file(question);
}

}  // namespace headwater
