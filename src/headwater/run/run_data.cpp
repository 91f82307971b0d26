#include "headwater/run/run_data.hpp"

#include <algorithm>
#include <optional>

#include "headwater/core/error.hpp"
#include "headwater/core/hash.hpp"
#include "headwater/core/progress.hpp"
#include "headwater/core/text.hpp"
#include "headwater/run/pipeline.hpp"
#include "headwater/run/ready_sources.hpp"
#include "headwater/sources/joined_sources.hpp"
#include "headwater/sources/revisions.hpp"

namespace headwater {
namespace {

// One source as a table, its keys called as the options say.
RawTable table_of(const SourceSpec& spec, ReadOptions& options, const std::string& vintage) {
  std::vector<TypedSource> sources{read_source(spec)};
  choose_vintage(sources.front(), vintage);
  if (options.time.empty() && sources.front().has_period) options.time = PanelKeys{}.time;
  const std::string sha256 =
      sources.front().ledger.column_sources.empty() ? "" : sources.front().ledger.column_sources.front().sha256;
  RawTable table = joined_sources(std::move(sources), {options.unit, options.time});
  table.ledger.file = spec.file;
  table.ledger.sha256 = sha256;
  return table;
}

// The spreadsheet's table with the columns as they are called there.
SourceSpec as_it_is(const std::string& path, const SourceFile& file, const ReadOptions& options) {
  SourceSpec own;
  own.name = "file";
  set_source_key(own, "file", path);
  if (!options.unit.empty()) set_source_key(own, "unit", options.unit);
  if (!options.time.empty()) set_source_key(own, "period", "{" + options.time + "}");
  if (const auto publication = recognised(file)) {
    own = completed(*publication, own);
    own.columns.clear();
    own.identity.clear();  // of columns that are renamed
    return own;
  }
  if (options.unit.empty())
    throw Error(ErrorKind::data, "source.not_recognised",
                path + " is none of the publications that are known; name the column of its units with --unit",
                {.file = path});
  own.header = {options.unit};
  if (!options.time.empty()) own.header.push_back(options.time);
  return own;
}

}  // namespace

RawTable read_data_table(const std::string& path, ReadOptions& options) {
  if (!is_workbook(path)) return read_table(path, options);
  const SourceSpec spec = as_it_is(path, read_source_head(path), options);
  if (options.unit.empty()) options.unit = spec.unit;
  return table_of(spec, options, "");
}

std::optional<PublishedTable> read_publication(const std::string& path, ReadOptions& options) {
  const bool csv = lower(path).ends_with(".csv") || lower(path).ends_with(".tsv");
  if (!csv && !is_workbook(path)) return std::nullopt;
  const auto publication = recognised(read_source_head(path));
  if (!publication) return std::nullopt;
  SourceSpec own;
  own.name = publication->name;
  set_source_key(own, "file", path);
  const SourceSpec spec = completed(*publication, own);
  if (options.unit.empty()) options.unit = PanelKeys{}.unit;
  return PublishedTable{spec, table_of(spec, options, "")};
}

RawTable read_sources(const RunConfig& config) {
  std::vector<TypedSource> sources;
  std::string digests;
  for (const SourceSpec& own : config.data.sources) {
    const Stage stage("reading [source " + own.name + "]");
    sources.push_back(read_source(resolved_source(own)));
    tell_revisions(sources.back());
    choose_vintage(sources.back(), config.data.vintage);
    for (const auto& column : sources.back().ledger.column_sources) digests += column.sha256;
  }
  RawTable table = joined_sources(std::move(sources), {config.data.unit, config.data.time});
  table.ledger.file = counted(static_cast<long long>(config.data.sources.size()), "source") +
                      (config.file.empty() ? "" : " of " + config.file);
  table.ledger.sha256 = sha256(digests);
  return table;
}

Panel read_run_panel(const RunConfig& config) {
  ReadOptions options = read_options(config);
  if (config.data.sources.empty()) {
    const Stage stage("reading " + config.data.file);
    if (!is_workbook(config.data.file)) return read_panel(config.data.file, options);
    RawTable table = read_data_table(config.data.file, options);
    return make_panel(std::move(table), options);
  }
  RawTable table = read_sources(config);
  const bool timed = std::any_of(table.columns.begin(), table.columns.end(),
                                 [&](const Column& column) { return column.name == options.time; });
  if (!timed) options.time.clear();
  return make_panel(std::move(table), options);
}

}  // namespace headwater
