#include "headwater/sources/source_file.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <optional>

#include "headwater/core/error.hpp"
#include "headwater/core/hash.hpp"
#include "headwater/core/text.hpp"
#include "headwater/panel/csv_file.hpp"
#include "headwater/panel/csv_layout.hpp"
#include "headwater/panel/readers.hpp"
#include "headwater/sources/header.hpp"

namespace headwater {
namespace {

Workbook csv_as_workbook(std::string_view text, const std::string& path, char separator, std::size_t most) {
  CsvTokens tokens(text, path, separator);
  if (declared_separator(text)) tokens.skip_line();
  Sheet sheet;
  CsvRecord record;
  while (!tokens.done() && sheet.rows.size() < most) {
    const std::int64_t row = tokens.line();
    tokens.record(record);
    if (all_blank(record)) continue;
    sheet.rows.push_back({row, {}});
    for (const std::string_view field : record)
      sheet.rows.back().cells.push_back(
          {stripped(field).empty() ? Cell::Kind::empty : Cell::Kind::text, false, std::string(field)});
  }
  Workbook workbook;
  workbook.sheets.push_back(std::move(sheet));
  return workbook;
}

SourceFile read_rows(const std::string& path, std::size_t most) {
  SourceFile file;
  file.path = path;
  const std::string bytes = read_file(path);
  file.sha256 = sha256(bytes);
  if (is_workbook(path)) {
    file.workbook = read_workbook(path, bytes);
    return file;
  }
  file.text = true;
  const char usual = lower(path).ends_with(".tsv") ? '\t' : ',';
  const std::optional<std::string> converted = as_utf8(bytes, usual, path, file.notes);
  std::string_view text = converted ? std::string_view(*converted) : std::string_view(bytes);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  file.workbook = csv_as_workbook(text, path, declared_separator(text).value_or(usual), most);
  return file;
}

}  // namespace

SourceFile read_source_file(const std::string& path) {
  return read_rows(path, std::numeric_limits<std::size_t>::max());
}

SourceFile read_source_head(const std::string& path) { return read_rows(path, kHeaderRows); }

Names files_of(const SourceSpec& spec) {
  namespace fs = std::filesystem;
  if (spec.file.find_first_of("*?") == std::string::npos) return {spec.file};
  const fs::path whole(spec.file);
  const std::string pattern = whole.filename().string();
  Names found;
  std::error_code unreadable;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(whole.parent_path().empty() ? "." : whole.parent_path(), unreadable))
    if (entry.is_regular_file(unreadable) && fits(pattern, entry.path().filename().string()))
      found.push_back((whole.parent_path() / entry.path().filename()).string());
  if (found.empty())
    throw Error(ErrorKind::io, "source.no_file",
                "[source " + spec.name + "] no file is called " + spec.file + "; check the folder and the pattern",
                {.file = spec.file});
  std::sort(found.begin(), found.end(), natural_less);
  return found;
}

std::string where_in(const std::string& file, const std::string& sheet) {
  return file + (sheet.empty() ? "" : ", sheet '" + sheet + "'");
}

std::string place_in(const std::string& file, const std::string& sheet, std::int64_t row) {
  return where_in(file, sheet) + ", row " + std::to_string(row) + ": ";
}

}  // namespace headwater
