// CSV as RFC 4180 has it. The messages and the ledger are the point: nothing is guessed, nothing is lost in silence.
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <deque>
#include <iterator>
#include <unordered_map>

#include "headwater/core/error.hpp"
#include "headwater/core/hash.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/core/utf8.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

constexpr std::size_t kMostColumns = 1'000'000;
constexpr std::size_t kMostReserved = 50'000'000;  // cells for which room is made before they are read

[[noreturn]] void data_error(const std::string& file, std::int64_t row, const std::string& code, std::string message,
                             std::optional<std::string> column = std::nullopt) {
  throw Error(ErrorKind::data, "csv." + code, file + ", row " + std::to_string(row) + ": " + std::move(message),
              {.file = file, .row = row, .column = std::move(column)});
}

// Line and field of a byte. Counts quotes only, so it works before anything is known to be well formed.
[[noreturn]] void encoding_error(std::string_view bytes, std::size_t at, char separator, const std::string& file,
                                 const std::string& code, const std::string& message) {
  std::int64_t row = 1, field = 1;
  bool quoted = false;
  for (std::size_t i = 0; i < at; ++i) {
    const bool ends_line = bytes[i] == '\n' || (bytes[i] == '\r' && bytes[i + 1] != '\n');
    row += ends_line;
    if (bytes[i] == '"') quoted = !quoted;
    if (quoted) continue;
    if (ends_line) field = 1;
    field += bytes[i] == separator;
  }
  const std::string column = "column " + std::to_string(field);
  data_error(file, row, code, column + ": " + message, column);
}

struct Signature {
  std::string_view bytes;
  const char* what;
};
constexpr std::string_view kGzip("\x1F\x8B", 2), kZip("PK\x03\x04", 4), kOldOffice("\xD0\xCF\x11\xE0", 4);
constexpr Signature kOtherFormats[] = {
    {kGzip, "gzip-compressed; unpack it first (gunzip)"},
    {"BZh", "bzip2-compressed; unpack it first (bunzip2)"},
    {"\xFD"
     "7zXZ",
     "xz-compressed; unpack it first (unxz)"},
    {"\x28\xB5\x2F\xFD", "zstd-compressed; unpack it first (unzstd)"},
    {kZip, "a zip archive or a spreadsheet (xlsx, ods); unpack it, or save the sheet as UTF-8 CSV"},
    {kOldOffice, "an old Excel workbook (xls); save the sheet as UTF-8 CSV"},
    {"%PDF", "a PDF; save the table as UTF-8 CSV"},
    {"PAR1", "a Parquet file; name it .parquet"},
    {"ARROW1", "a Feather file; name it .feather"},
    {"\x89HDF", "an HDF5 file; name it .h5"},
};

// Files of another kind under the name of a CSV: what they are, instead of what is odd about their bytes.
void refuse_other_formats(std::string_view bytes, const std::string& file) {
  for (const Signature& format : kOtherFormats)
    if (bytes.substr(0, format.bytes.size()) == format.bytes)
      throw Error(ErrorKind::data, "csv.other_format", file + " is " + format.what, {.file = file});
  const std::string opening = lower(trimmed(bytes.substr(0, 64)));
  if (opening.rfind("<!doctype html", 0) == 0 || opening.rfind("<html", 0) == 0)
    throw Error(ErrorKind::data, "csv.other_format",
                file + " is a web page, perhaps the error page of a download; fetch the CSV itself", {.file = file});
}

// Eight bytes at a time.
constexpr std::uint64_t kHigh = 0x8080808080808080u, kOnes = 0x0101010101010101u;

std::uint64_t word_at(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// The high bit of the first byte that is zero, and perhaps of later ones.
std::uint64_t zero_bytes(std::uint64_t word) { return (word - kOnes) & ~word & kHigh; }
std::uint64_t bytes_equal(std::uint64_t word, char c) {
  return zero_bytes(word ^ (kOnes * static_cast<unsigned char>(c)));
}

// Eight bytes of plain text: none is NUL, none above 127.
bool plain_text(const char* at) {
  const std::uint64_t word = word_at(at);
  return (word & kHigh) == 0 && zero_bytes(word) == 0;
}

// Where an unquoted field ends that begins at `at`.
std::size_t field_end(std::string_view bytes, std::size_t at, char separator) {
  for (; std::endian::native == std::endian::little && at + 8 <= bytes.size(); at += 8) {
    const std::uint64_t word = word_at(bytes.data() + at);
    const std::uint64_t stops = bytes_equal(word, separator) | bytes_equal(word, '\n') | bytes_equal(word, '\r');
    if (stops != 0) return at + static_cast<std::size_t>(std::countr_zero(stops)) / 8;
  }
  while (at < bytes.size() && bytes[at] != separator && bytes[at] != '\n' && bytes[at] != '\r') ++at;
  return at;
}

std::size_t line_count(std::string_view bytes) {
  std::size_t lines = 1;
  for (std::size_t at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1)) ++lines;
  return lines;
}

void check_encoding(std::string_view bytes, char separator, const std::string& file) {
  const bool marked = bytes.substr(0, 2) == "\xFF\xFE" || bytes.substr(0, 2) == "\xFE\xFF";
  const bool alternating = bytes.size() >= 4 && (bytes[0] == '\0') != (bytes[1] == '\0') &&
                           (bytes[0] == '\0') == (bytes[2] == '\0') && (bytes[1] == '\0') == (bytes[3] == '\0');
  if (marked || alternating)
    throw Error(ErrorKind::data, "csv.utf16", file + " is UTF-16 text, which is not read; save it as UTF-8",
                {.file = file});
  for (std::size_t i = 0; i < bytes.size();) {
    if (i + 8 <= bytes.size() && plain_text(bytes.data() + i)) {
      i += 8;
      continue;
    }
    if (bytes[i] == '\0')
      encoding_error(bytes, i, separator, file, "nul_byte",
                     "there is a NUL byte, so this is not plain text; save it as UTF-8 CSV");
    const std::size_t length = static_cast<unsigned char>(bytes[i]) < 0x80 ? 1 : utf8_length(bytes, i);
    if (length == 0)
      encoding_error(bytes, i, separator, file, "invalid_utf8",
                     "a byte is not UTF-8 (the file may be Latin-1 or Windows-1252); save it as UTF-8");
    i += length;
  }
}

// Fields of the file one after the other. Unquoted and plain quoted fields are views into the bytes; fields with
// doubled quotes are kept in `unescaped`.
class Tokens {
 public:
  Tokens(std::string_view bytes, std::string file, char separator)
      : bytes_(bytes), file_(std::move(file)), separator_(separator) {
    if (bytes_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
  }

  bool done() const { return at_ >= bytes_.size(); }
  std::int64_t line() const { return line_; }

  // Reads one record; empty lines give no record and are skipped by the caller (`fields` is then one empty field).
  void record(std::vector<std::string_view>& fields) {
    fields.clear();
    for (;;) {
      fields.push_back(at_ < bytes_.size() && bytes_[at_] == '"' ? quoted(fields.size()) : plain());
      if (at_ >= bytes_.size()) return;
      if (bytes_[at_] == separator_) {
        ++at_;
        if (fields.size() > kMostColumns)
          data_error(file_, line_, "too_many_columns", "more than 1,000,000 fields; check the separator");
        continue;
      }
      end_line();
      return;
    }
  }

 private:
  std::string_view plain() {
    const std::size_t begin = at_, end = field_end(bytes_, begin, separator_);
    at_ = end;
    return bytes_.substr(begin, end - begin);
  }

  std::string_view quoted(std::size_t column) {
    const std::int64_t opened = line_;
    const std::size_t begin = ++at_;
    bool doubled = false;
    for (;; ++at_) {
      if (at_ >= bytes_.size())
        data_error(
            file_, opened, "unclosed_quote",
            "the quote that opens field " + std::to_string(column + 1) + " is never closed; close it or double it");
      if (bytes_[at_] == '\n' || (bytes_[at_] == '\r' && bytes_.substr(at_ + 1, 1) != "\n")) ++line_;
      if (bytes_[at_] != '"') continue;
      if (at_ + 1 < bytes_.size() && bytes_[at_ + 1] == '"') {
        doubled = true;
        ++at_;
        continue;
      }
      break;
    }
    const std::string_view inside = bytes_.substr(begin, at_ - begin);
    ++at_;
    if (at_ < bytes_.size() && bytes_[at_] != separator_ && bytes_[at_] != '\n' && bytes_[at_] != '\r')
      data_error(
          file_, line_, "text_after_quote",
          "field " + std::to_string(column + 1) + " goes on after its closing quote; double the quotes inside it");
    return doubled ? unescape(inside) : inside;
  }

  std::string_view unescape(std::string_view inside) {
    std::string& text = unescaped_.emplace_back();
    for (std::size_t i = 0; i < inside.size(); ++i) {
      text += inside[i];
      if (inside[i] == '"') ++i;
    }
    return text;
  }

  void end_line() {
    if (bytes_[at_] == '\r') ++at_;
    if (at_ < bytes_.size() && bytes_[at_] == '\n') ++at_;
    ++line_;
  }

  std::string_view bytes_;
  std::string file_;
  char separator_;
  std::size_t at_ = 0;
  std::int64_t line_ = 1;
  std::deque<std::string> unescaped_;
};

Names read_header(Tokens& tokens, const std::string& file, char separator) {
  std::vector<std::string_view> fields;
  tokens.record(fields);
  if (fields.size() == 1 && separator == ',' && std::count(fields[0].begin(), fields[0].end(), ';') > 0)
    data_error(file, 1, "separator", "the header has ';' and no ',': save the file with commas, or as .tsv with tabs");
  if (fields.size() == 1 && separator == ',' && fields[0].find('\t') != std::string_view::npos)
    data_error(file, 1, "separator", "the header has tabs and no ',': name the file .tsv, or save it with commas");
  std::unordered_map<std::string, std::size_t> seen;
  Names names;
  for (std::size_t j = 0; j < fields.size(); ++j) {
    const std::string name(trimmed(fields[j]));
    const std::string position = "column " + std::to_string(j + 1);
    if (name.empty())
      data_error(file, 1, "empty_header", position + " has no name; give every column a name", position);
    const auto [known, fresh] = seen.emplace(name, j);
    if (!fresh)
      data_error(file, 1, "duplicate_header",
                 "columns " + std::to_string(known->second + 1) + " and " + std::to_string(j + 1) +
                     " are both named '" + name + "'; rename one",
                 name);
    names.push_back(name);
  }
  return names;
}

[[noreturn]] void ragged(const std::string& file, std::int64_t row, const Names& header, std::size_t fields) {
  std::string message =
      "the row has " + std::to_string(fields) + " fields and the header " + std::to_string(header.size());
  if (fields < header.size())
    message += "; the first that is missing is '" + header[fields] + "'";
  else
    message += "; a comma inside a value needs quotes around it";
  data_error(file, row, "ragged_row", message, fields < header.size() ? std::optional(header[fields]) : std::nullopt);
}

}  // namespace

RawTable parse_csv(std::string_view bytes, const std::string& file, char separator, const ReadOptions& options) {
  if (bytes.empty())
    throw Error(ErrorKind::data, "csv.empty", file + " is empty; it needs a header line and rows", {.file = file});
  refuse_other_formats(bytes, file);
  check_encoding(bytes, separator, file);
  Tokens tokens(bytes, file, separator);
  const Names header = read_header(tokens, file, separator);
  std::vector<std::vector<std::string_view>> cells(header.size());
  RawTable table;
  const std::size_t lines = line_count(bytes);
  if (lines < kMostReserved / header.size())
    for (auto& column : cells) column.reserve(lines);
  std::vector<std::string_view> fields;
  while (!tokens.done()) {
    const std::int64_t row = tokens.line();
    tokens.record(fields);
    if (fields.size() == 1 && fields[0].empty() && header.size() > 1) continue;  // an empty line
    if (fields.size() != header.size()) ragged(file, row, header, fields.size());
    for (std::size_t j = 0; j < fields.size(); ++j) cells[j].push_back(fields[j]);
    table.source_rows.push_back(row);
  }
  if (table.source_rows.empty())
    throw Error(ErrorKind::data, "csv.no_rows", file + " has a header and no rows; there is nothing to fit",
                {.file = file});
  table.columns.resize(header.size());
  std::vector<Notes> notes(header.size());
  parallel_for(header.size(), [&](std::size_t j) {
    const bool key = header[j] == options.unit || header[j] == options.time;
    const bool text = key || std::find(options.text.begin(), options.text.end(), header[j]) != options.text.end();
    table.columns[j] = type_column(header[j], cells[j], table.source_rows, text, notes[j]);
  });
  for (Notes& of_column : notes) std::move(of_column.begin(), of_column.end(), std::back_inserter(table.ledger.notes));
  table.ledger.file = file;
  table.ledger.rows_read = static_cast<std::int64_t>(table.source_rows.size());
  return table;
}

RawTable read_csv(const std::string& path, const ReadOptions& options) {
  const bool piped = path == "-";
  const std::string bytes = piped ? read_standard_input() : read_file(path);
  const bool tabs = path.size() >= 4 && lower(path.substr(path.size() - 4)) == ".tsv";
  RawTable table;
  std::string digest;
  parallel_run({[&] { table = parse_csv(bytes, piped ? "standard input" : path, tabs ? '\t' : ',', options); },
                [&] { digest = sha256(bytes); }});
  table.ledger.sha256 = std::move(digest);
  return table;
}

}  // namespace headwater
