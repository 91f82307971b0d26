// RFC 4180: fields, quotes and line ends.
#include <bit>

#include "headwater/core/error.hpp"
#include "headwater/panel/csv_file.hpp"
#include "headwater/panel/csv_words.hpp"

namespace headwater {
namespace {

constexpr std::size_t kMostColumns = 1'000'000;

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

}  // namespace

void csv_error(const std::string& file, std::int64_t row, const std::string& code, std::string message,
               std::optional<std::string> column) {
  throw Error(ErrorKind::data, "csv." + code, file + ", row " + std::to_string(row) + ": " + std::move(message),
              {.file = file, .row = row, .column = std::move(column)});
}

CsvTokens::CsvTokens(std::string_view text, std::string file, char separator)
    : text_(text), file_(std::move(file)), separator_(separator) {
  if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
}

CsvTokens CsvTokens::ahead() const {
  CsvTokens copy(text_, file_, separator_);
  copy.at_ = at_;
  copy.line_ = line_;
  return copy;
}

void CsvTokens::skip_line() {
  while (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r') ++at_;
  if (at_ < text_.size()) end_line();
}

void CsvTokens::record(std::vector<std::string_view>& fields) {
  fields.clear();
  for (;;) {
    fields.push_back(at_ < text_.size() && text_[at_] == '"' ? quoted(fields.size()) : plain());
    if (at_ >= text_.size()) return;
    if (text_[at_] == separator_) {
      ++at_;
      if (fields.size() > kMostColumns)
        csv_error(file_, line_, "too_many_columns", "more than 1,000,000 fields; check the separator");
      continue;
    }
    end_line();
    return;
  }
}

std::string_view CsvTokens::plain() {
  const std::size_t begin = at_, end = field_end(text_, begin, separator_);
  at_ = end;
  return text_.substr(begin, end - begin);
}

std::string_view CsvTokens::quoted(std::size_t column) {
  const std::int64_t opened = line_;
  const std::size_t begin = ++at_;
  bool doubled = false;
  for (;; ++at_) {
    if (at_ >= text_.size())
      csv_error(file_, opened, "unclosed_quote",
                "the quote that opens field " + std::to_string(column + 1) + " is never closed; close it or double it");
    if (text_[at_] == '\n' || (text_[at_] == '\r' && text_.substr(at_ + 1, 1) != "\n")) ++line_;
    if (text_[at_] != '"') continue;
    if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
      doubled = true;
      ++at_;
      continue;
    }
    break;
  }
  const std::string_view inside = text_.substr(begin, at_ - begin);
  ++at_;
  if (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n' && text_[at_] != '\r')
    csv_error(file_, line_, "text_after_quote",
              "field " + std::to_string(column + 1) + " goes on after its closing quote; double the quotes inside it");
  return doubled ? unescape(inside) : inside;
}

std::string_view CsvTokens::unescape(std::string_view inside) {
  std::string& text = unescaped_.emplace_back();
  for (std::size_t i = 0; i < inside.size(); ++i) {
    text += inside[i];
    if (inside[i] == '"') ++i;
  }
  return text;
}

void CsvTokens::end_line() {
  if (text_[at_] == '\r') ++at_;
  if (at_ < text_.size() && text_[at_] == '\n') ++at_;
  ++line_;
}

}  // namespace headwater
