#include "headwater/formula/tokens.hpp"

#include <algorithm>
#include <array>

#include "headwater/core/error.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

constexpr std::size_t kShownAround = 60;  // bytes of the text shown either side of the caret

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool continues_name(char c) { return starts_name(c) || is_digit(c) || c == '.'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

constexpr std::array<std::string_view, 8> kTwoCharacterSymbols = {"==", "!=", "<=", ">=", "**", "&&", "||", "[["};
constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
constexpr std::string_view kOneCharacterSymbols = "+-*/^:~|()[],=<>&!";

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  std::vector<Token> run() {
    std::vector<Token> tokens;
    for (skip_blanks(); at_ < source_.size(); skip_blanks()) tokens.push_back(next());
    tokens.push_back({Token::Kind::end, "", 0, {source_.size(), source_.size()}});
    return tokens;
  }

 private:
  // No-break spaces come with text pasted from documents.
  void skip_blanks() {
    while (at_ < source_.size())
      if (is_blank(source_[at_]))
        ++at_;
      else if (source_.substr(at_, kNoBreakSpace.size()) == kNoBreakSpace)
        at_ += kNoBreakSpace.size();
      else
        return;
  }

  Token next() {
    const char c = source_[at_];
    if (const auto sign = typographic_sign(source_, at_)) refuse_typographic(*sign);
    if (is_digit(c) || (c == '.' && at_ + 1 < source_.size() && is_digit(source_[at_ + 1]))) return number();
    if (starts_name(c) || c == '.') return name();
    if (c == '`') return quoted(Token::Kind::name, "a closing back-quote");
    if (c == '"' || c == '\'') return quoted(Token::Kind::text, "a closing quote");
    return symbol();
  }

  Token number() {
    const std::size_t begin = at_;
    while (at_ < source_.size() && (is_digit(source_[at_]) || source_[at_] == '.')) ++at_;
    if (at_ < source_.size() && (source_[at_] == 'e' || source_[at_] == 'E')) {
      std::size_t exponent = at_ + 1;
      if (exponent < source_.size() && (source_[exponent] == '+' || source_[exponent] == '-')) ++exponent;
      if (exponent < source_.size() && is_digit(source_[exponent])) {
        at_ = exponent;
        while (at_ < source_.size() && is_digit(source_[at_])) ++at_;
      }
    }
    const std::string text(source_.substr(begin, at_ - begin));
    const auto value = parse_number(text);
    if (!value || (at_ < source_.size() && continues_name(source_[at_])))
      syntax_error(source_, begin,
                   "'" + text + "' is not a number and a name starts with a letter; put odd names in back-quotes");
    return {Token::Kind::number, text, *value, {begin, at_}};
  }

  [[noreturn]] void refuse_typographic(const TypographicSign& sign) const {
    syntax_error(source_, at_,
                 "'" + std::string(sign.written) + "' is " +
                     (sign.is_quote ? "a quote of word processors; write straight quotes, " + std::string(sign.plain)
                                    : "no sign of formulas; write " + std::string(sign.plain)) +
                     " (a name that holds it stands between back-quotes)");
  }

  Token name() {
    const std::size_t begin = at_;
    while (at_ < source_.size() && continues_name(source_[at_]) &&
           source_.substr(at_, kNoBreakSpace.size()) != kNoBreakSpace && !typographic_sign(source_, at_))
      ++at_;
    return {Token::Kind::name, std::string(source_.substr(begin, at_ - begin)), 0, {begin, at_}};
  }

  Token quoted(Token::Kind kind, const char* expected) {
    const std::size_t begin = at_;
    const std::size_t end = closing_quote(source_, begin);
    if (end == std::string_view::npos) syntax_error(source_, source_.size(), std::string("expected ") + expected);
    if (end == begin + 1 && kind == Token::Kind::name)
      syntax_error(source_, begin, "a name between back-quotes is empty");
    at_ = end + 1;
    return {kind, unquoted(source_.substr(begin, at_ - begin)), 0, {begin, at_}};
  }

  Token symbol() {
    const std::size_t begin = at_;
    for (const std::string_view two : kTwoCharacterSymbols)
      if (source_.substr(at_, 2) == two) {
        at_ += 2;
        return {Token::Kind::symbol, two == "**" ? "^" : std::string(two), 0, {begin, at_}};
      }
    if (kOneCharacterSymbols.find(source_[at_]) == std::string_view::npos)
      syntax_error(source_, at_, "'" + std::string(1, source_[at_]) + "' has no meaning in a formula");
    ++at_;
    return {Token::Kind::symbol, std::string(1, source_[begin]), 0, {begin, at_}};
  }

  std::string_view source_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Token> tokenize(std::string_view source) { return Lexer(source).run(); }

void syntax_error(std::string_view source, std::size_t at, const std::string& message) {
  const std::size_t begin = sequence_start(source, at > kShownAround ? at - kShownAround : 0);
  const std::size_t end = sequence_start(source, std::min(source.size(), at + kShownAround));
  std::string shown(source.substr(begin, end - begin));
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  const std::string lead = begin > 0 ? "..." : "";
  const auto indent = static_cast<std::size_t>(display_width(lead + shown.substr(0, at - begin)));
  throw Error(ErrorKind::formula, "formula.syntax",
              "cannot read the formula: " + message + "\n  " + lead + shown + (end < source.size() ? "..." : "") +
                  "\n  " + std::string(indent, ' ') + "^");
}

}  // namespace headwater
