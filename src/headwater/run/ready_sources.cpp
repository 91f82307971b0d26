#include "headwater/run/ready_sources.hpp"

#include "headwater/core/error.hpp"
#include "headwater/core/method.hpp"
#include "headwater/core/text.hpp"
#include "headwater/run/ini.hpp"
#include "headwater/sources/header.hpp"

namespace headwater {
namespace {

SourceSpec parsed_source(const ReadySourceText& ready) {
  const IniFile file = parse_ini(ready.text, "sources/" + std::string(ready.name) + ".source");
  SourceSpec spec;
  spec.name = ready.name;
  spec.about = file.opening_comment;
  for (const IniEntry& entry : file.entries)
    if (entry.section == "columns")
      add_source_column(spec, entry.key, entry.value);
    else
      set_source_key(spec, entry.key, entry.value);
  return spec;
}

bool is_of(const SourceFile& file, const SourceSpec& spec) {
  for (const Sheet& sheet : file.workbook.sheets) {
    if (!spec.sheets.empty() && !file.text && !fits_any(spec.sheets, sheet.name)) continue;
    if (find_header(sheet, spec)) return true;
  }
  return false;
}

Names ready_names() {
  Names names;
  for (const SourceSpec& spec : ready_sources()) names.push_back(spec.name);
  return names;
}

const SourceSpec& ready_source(const SourceSpec& own) {
  for (const SourceSpec& spec : ready_sources())
    if (spec.name == own.like) return spec;
  const std::string near = nearest(own.like, ready_names());
  throw Error(ErrorKind::usage, "source.unknown",
              "[source " + own.name + "] like = " + own.like + " is no publication that is known" +
                  (near.empty() ? "; they are " + joined(ready_names(), ", ") : "; did you mean '" + near + "'?"),
              {.key = "source.like"});
}

}  // namespace

const std::vector<SourceSpec>& ready_sources() {
  static const std::vector<SourceSpec> all = [] {
    std::vector<SourceSpec> specs;
    for (const ReadySourceText& ready : ready_source_texts()) specs.push_back(parsed_source(ready));
    return specs;
  }();
  return all;
}

std::optional<SourceSpec> recognised(const SourceFile& file) {
  std::optional<SourceSpec> best;
  for (const SourceSpec& spec : ready_sources())
    if ((!best || spec.header.size() > best->header.size()) && is_of(file, spec)) best = spec;
  return best;
}

SourceSpec resolved_source(const SourceSpec& own) {
  if (!own.like.empty()) return completed(ready_source(own), own);
  if (!own.header.empty() || own.file.empty()) return own;
  const std::string path = files_of(own).front();
  if (const auto publication = recognised(read_source_head(path))) return completed(*publication, own);
  throw Error(ErrorKind::data, "source.not_recognised",
              path + " is none of the publications that are known (" + joined(ready_names(), ", ") +
                  "); declare header, unit and period under [source " + own.name + "]",
              {.file = path});
}

}  // namespace headwater
