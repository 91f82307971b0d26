#include "headwater/core/method.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "headwater/core/error.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

[[noreturn]] void syntax_error(std::string_view text, std::size_t at, const std::string& expected) {
  throw Error(ErrorKind::usage, "method.syntax",
              "cannot read the method '" + std::string(text) + "': expected " + expected + "\n  " + std::string(text) +
                  "\n  " + std::string(at, ' ') + "^");
}

// A name in back-quotes keeps them: an option may be a formula, and who wants a column's name takes them off.
std::string without_text_quotes(std::string_view text) {
  return !text.empty() && text.front() == '`' ? std::string(text) : unquoted(text);
}

// Position of a top-level '=' that is not part of ==, <=, >= or !=; npos when there is none.
std::size_t assignment(std::string_view argument) {
  int depth = 0;
  for (std::size_t i = 0; i < argument.size(); ++i) {
    const char c = argument[i];
    if (c == '"' || c == '\'' || c == '`') return std::string_view::npos;
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c != '=' || depth != 0) continue;
    const bool comparison = (i + 1 < argument.size() && argument[i + 1] == '=') ||
                            (i > 0 && (argument[i - 1] == '<' || argument[i - 1] == '>' || argument[i - 1] == '!'));
    return comparison ? std::string_view::npos : i;
  }
  return std::string_view::npos;
}

void check_balance(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\'' || c == '`') {
      i = closing_quote(text, i);
      if (i == std::string_view::npos) syntax_error(text, text.size(), "a closing quote");
      continue;
    }
    if (c == '(') ++depth;
    if (c == ')' && --depth < 0) syntax_error(text, i, "no ')' here: nothing is open");
    if (c == ')' && depth == 0 && i + 1 < text.size()) syntax_error(text, i + 1, "the end after ')'");
  }
  if (depth > 0) syntax_error(text, text.size(), "')'");
}

// A value that begins with a quote of word processors; within a value they are letters of a name.
void refuse_typographic_quote(std::string_view text, std::string_view value) {
  value = trimmed(value);
  if (value.empty()) return;
  const auto sign = typographic_sign(value, 0);
  if (sign && sign->is_quote)
    syntax_error(
        text, text.find(sign->written),
        "straight quotes, " + std::string(sign->plain) + ", where '" + std::string(sign->written) + "' stands");
}

// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitute = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, substitute});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

bool MethodCall::has(std::string_view key) const {
  return std::any_of(arguments.begin(), arguments.end(), [&](const auto& a) { return a.first == key; });
}

std::string MethodCall::get(std::string_view key, std::string_view fallback) const {
  for (const auto& [name, value] : arguments)
    if (name == key) return value;
  return std::string(fallback);
}

double MethodCall::number(std::string_view key, double fallback) const {
  if (!has(key)) return fallback;
  const std::string written = get(key);
  const auto value = parse_number(written);
  if (!value)
    throw Error(ErrorKind::usage, "method.option_value",
                "option '" + std::string(key) + "' of " + method + " is '" + written +
                    "', which is not a number; give a number",
                {.key = std::string(key)});
  return *value;
}

long MethodCall::integer(std::string_view key, long fallback) const {
  if (!has(key)) return fallback;
  const double value = number(key, 0);
  if (value != std::floor(value) || std::abs(value) > 1e9)
    throw Error(ErrorKind::usage, "method.option_value",
                "option '" + std::string(key) + "' of " + method + " is '" + get(key) +
                    "', which is not a whole number; give a whole number",
                {.key = std::string(key)});
  return static_cast<long>(value);
}

std::vector<std::string> MethodCall::positional() const {
  std::vector<std::string> values;
  for (const auto& [name, value] : arguments)
    if (name.empty()) values.push_back(value);
  return values;
}

MethodCall parse_method_call(std::string_view raw) {
  const std::string_view text = trimmed(raw);
  MethodCall call;
  call.text = std::string(text);
  std::size_t end = 0;
  while (end < text.size() && is_name_character(text[end])) ++end;
  if (end == 0) syntax_error(text, 0, "the name of a method");
  call.method = std::string(text.substr(0, end));
  std::string_view rest = trimmed(text.substr(end));
  if (rest.empty()) return call;
  if (rest.front() != '(') syntax_error(text, end, "'(' or the end");
  check_balance(text);
  rest = rest.substr(1, rest.size() - 2);
  for (const std::string& argument : split(rest, ',')) {
    const std::size_t equals = assignment(argument);
    refuse_typographic_quote(text, equals == std::string::npos ? argument : argument.substr(equals + 1));
    if (argument.empty()) syntax_error(text, text.size(), "an option between the commas");
    if (equals == std::string::npos)
      call.arguments.emplace_back("", without_text_quotes(argument));
    else
      call.arguments.emplace_back(trimmed(std::string_view(argument).substr(0, equals)),
                                  without_text_quotes(trimmed(std::string_view(argument).substr(equals + 1))));
  }
  return call;
}

namespace {

void check_choice(const OptionCard& option, const std::string& value) {
  constexpr std::string_view kChoice = "choice:";
  if (option.type.substr(0, kChoice.size()) != kChoice) return;
  const std::vector<std::string> known = split(option.type.substr(kChoice.size()), '|');
  if (std::find(known.begin(), known.end(), value) != known.end()) return;
  const std::string near = nearest(value, known), key(option.name);
  throw Error(ErrorKind::usage, "method.choice",
              key + " = " + value + " is not one of " + joined(known, ", ") +
                  (near.empty() ? std::string() : "; did you mean '" + near + "'?"),
              {.key = key});
}

}  // namespace

namespace {

[[noreturn]] void unknown_option(const MethodCall& call, const std::vector<std::string>& known,
                                 const std::string& key) {
  std::string message = call.method + " has no option '" + key + "'";
  const std::string near = nearest(key, known);
  if (!near.empty())
    message += "; did you mean '" + near + "'?";
  else if (known.empty())
    message += "; it takes no options";
  else
    message += "; its options are " + joined(known, ", ");
  throw Error(ErrorKind::usage, "method.unknown_option", message, {.key = key});
}

[[noreturn]] void no_position(const MethodCard& card, const std::string& value) {
  const std::vector<std::string> places(card.positions.begin(), card.positions.end());
  std::vector<std::string> options;
  for (const OptionCard& option : card.options) options.emplace_back(option.name);
  const std::string method(card.name);
  throw Error(ErrorKind::usage, "method.position",
              method + " takes " +
                  (places.empty() ? std::string("no value without a name") : joined(places, ", ") + " by position") +
                  ", so '" + value + "' has no place in it; " +
                  (options.empty() ? "it has no options, write " + method
                                   : "write it with the name of an option (" + joined(options, ", ") + ")"));
}

void check_once(const MethodCall& call, const std::string& key) {
  const auto same = [&](const auto& argument) { return argument.first == key; };
  if (std::count_if(call.arguments.begin(), call.arguments.end(), same) > 1)
    throw Error(ErrorKind::usage, "method.twice",
                "option '" + key + "' of " + call.method + " is given twice; give it once", {.key = key});
}

// "a, b = c" with a's name written before it, and so on.
std::string text_with_names(const MethodCall& call) {
  const std::size_t open = call.text.find('(');
  const std::vector<std::string> written = split(call.text.substr(open + 1, call.text.size() - open - 2), ',');
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < written.size(); ++i) {
    const std::string value(trimmed(written[i]));
    parts.push_back(assignment(value) == std::string_view::npos ? call.arguments[i].first + " = " + value : value);
  }
  return call.method + "(" + joined(parts, ", ") + ")";
}

}  // namespace

MethodCall named(MethodCall call, const MethodCard& card) {
  auto place = card.positions.begin();
  bool moved = false;
  for (auto& [key, value] : call.arguments) {
    if (!key.empty() || !card.list.empty()) continue;
    while (place != card.positions.end() && call.has(*place)) ++place;
    if (place == card.positions.end()) no_position(card, value);
    key = *place++;
    moved = true;
  }
  check_options(call, card);
  if (moved) call.text = text_with_names(call);
  return call;
}

void check_options(const MethodCall& call, const MethodCard& card) {
  std::vector<std::string> known;
  for (const OptionCard& option : card.options) known.emplace_back(option.name);
  for (const auto& [key, value] : call.arguments) {
    if (key.empty() && card.list.empty()) no_position(card, value);
    if (key.empty()) continue;
    const auto found = std::find(known.begin(), known.end(), key);
    if (found == known.end()) unknown_option(call, known, key);
    check_once(call, key);
    check_choice(card.options[static_cast<std::size_t>(found - known.begin())], value);
  }
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  std::string best;
  std::size_t best_distance = std::numeric_limits<std::size_t>::max();
  const std::string wanted = lower(word);
  if (wanted.size() > 256) return best;
  for (const std::string& candidate : known) {
    if (candidate.size() > 256) continue;
    const std::size_t distance = edit_distance(wanted, lower(candidate));
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  const std::size_t allowed = std::max<std::size_t>(1, wanted.size() / 3);
  if (best_distance <= allowed) return best;
  const auto begins = [&](const std::string& candidate) { return lower(candidate).rfind(wanted, 0) == 0; };
  const auto first = std::find_if(known.begin(), known.end(), begins);
  const bool alone = wanted.size() > 2 && std::count_if(known.begin(), known.end(), begins) == 1;
  return alone ? *first : std::string{};
}

}  // namespace headwater
