#include "headwater/run/ini.hpp"

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater {
namespace {

[[noreturn]] void syntax(const std::string& path, std::int64_t row, const std::string& message) {
  throw Error(ErrorKind::usage, "config.syntax", path + ", row " + std::to_string(row) + ": " + message,
              {.file = path, .row = row});
}

bool is_comment(std::string_view line) { return !line.empty() && (line.front() == '#' || line.front() == ';'); }

class Lexer {
 public:
  Lexer(std::string_view text, const std::string& path) : path_(path) {
    file_.path = path;
    text_ = text;
  }

  IniFile run() {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") text_.remove_prefix(3);
    while (!text_.empty()) line(next_line());
    return std::move(file_);
  }

 private:
  std::string_view next_line() {
    const std::size_t end = text_.find('\n');
    std::string_view found = text_.substr(0, end);
    text_.remove_prefix(end == std::string_view::npos ? text_.size() : end + 1);
    if (!found.empty() && found.back() == '\r') found.remove_suffix(1);
    ++row_;
    return found;
  }

  void line(std::string_view raw) {
    const std::string_view content = trimmed(raw);
    if (raw.find('\0') != std::string_view::npos) syntax(path_, row_, "there is a NUL byte; this is not a text file");
    if (content.empty()) return;
    if (is_comment(content)) return comment(content);
    const bool indented = raw.front() == ' ' || raw.front() == '\t';
    if (indented && !file_.entries.empty() && open_) {
      file_.entries.back().value += (file_.entries.back().value.empty() ? "" : " ") + std::string(content);
      return;
    }
    if (content.front() == '[') return section(content);
    entry(content);
  }

  void comment(std::string_view content) {
    if (!section_.empty()) return;
    content.remove_prefix(1);
    std::string& opening = file_.opening_comment;
    opening += (opening.empty() ? "" : " ") + std::string(trimmed(content));
  }

  void section(std::string_view content) {
    if (content.back() != ']') syntax(path_, row_, "a section ends with ']'");
    const std::string_view inside = trimmed(content.substr(1, content.size() - 2));
    const std::size_t blank = inside.find(' ');
    section_ = std::string(inside.substr(0, blank));
    label_ = blank == std::string_view::npos ? "" : std::string(trimmed(inside.substr(blank)));
    if (section_.empty()) syntax(path_, row_, "a section needs a name, such as [model]");
    open_ = false;
  }

  void entry(std::string_view content) {
    const std::size_t equals = content.find('=');
    if (equals == std::string_view::npos)
      syntax(path_, row_, "expected 'key = value', found '" + shortened(content, 60) + "'");
    if (section_.empty())
      syntax(path_, row_,
             "the key '" + std::string(trimmed(content.substr(0, equals))) +
                 "' stands before any section; put it under one, such as [data]");
    IniEntry entry{section_, label_, std::string(trimmed(content.substr(0, equals))),
                   std::string(trimmed(content.substr(equals + 1))), row_};
    if (entry.key.empty()) syntax(path_, row_, "a key is missing before '='");
    file_.entries.push_back(std::move(entry));
    open_ = true;
  }

  std::string_view text_;
  std::string path_;
  IniFile file_;
  std::string section_, label_;
  std::int64_t row_ = 0;
  bool open_ = false;  // an indented line may continue the last entry
};

}  // namespace

IniFile parse_ini(std::string_view text, const std::string& path) { return Lexer(text, path).run(); }
IniFile read_ini(const std::string& path) { return parse_ini(read_file(path), path); }

}  // namespace headwater
