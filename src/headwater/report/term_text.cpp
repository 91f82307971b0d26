#include "headwater/report/term_text.hpp"

#include <algorithm>
#include <cstdlib>
#include <regex>

#include "headwater/core/text.hpp"

namespace headwater {
namespace {

bool name_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
         byte == '_' || byte == '.';
}

bool balanced(std::string_view text) {
  int depth = 0;
  for (const char c : text) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (depth < 0) return false;
  }
  return depth == 0;
}

struct Call {
  std::string name, inside;
};

// name(inside), when that is the whole text.
std::optional<Call> call_of(std::string_view text) {
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos || open == 0 || text.back() != ')') return std::nullopt;
  const std::string_view name = text.substr(0, open), inside = text.substr(open + 1, text.size() - open - 2);
  if (!std::all_of(name.begin(), name.end(), name_character) || !balanced(inside)) return std::nullopt;
  return Call{std::string(name), std::string(inside)};
}

// "x, 2" -> x and 2; x and `fallback` without a number.
std::pair<std::string, int> stepped(const std::string& inside, int fallback) {
  const std::vector<std::string> parts = split(inside, ',');
  const auto step = parts.size() == 2 ? parse_number(parts[1]) : std::nullopt;
  return step ? std::pair(parts[0], static_cast<int>(*step)) : std::pair(inside, fallback);
}

std::string shift_in_words(int lag, const std::string& period) {
  if (lag == 0) return "same " + period;
  const int n = std::abs(lag);
  return std::to_string(n) + " " + period + (n == 1 ? "" : "s") + (lag > 0 ? " earlier" : " later");
}

// The "=" outside brackets that is no part of ==, !=, <= or >=.
std::size_t equals_sign(std::string_view text) {
  int depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
    const bool compares = (at > 0 && std::string_view("=!<>").find(text[at - 1]) != std::string_view::npos) ||
                          (at + 1 < text.size() && text[at + 1] == '=');
    if (text[at] == '=' && depth == 0 && !compares) return at;
  }
  return std::string_view::npos;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

}  // namespace

bool is_lead(std::string_view term) {
  for (std::size_t at = 0; at + 2 < term.size(); ++at) {
    if (at > 0 && name_character(term[at - 1])) continue;
    if (term.substr(at, 2) == "f(") return true;
    if (term.substr(at, 2) != "l(") continue;
    std::size_t end = at + 2;
    for (int depth = 1; end < term.size() && depth > 0; ++end)
      depth += term[end] == '(' ? 1 : term[end] == ')' ? -1 : 0;
    if (stepped(std::string(term.substr(at + 2, end - at - 3)), 1).second < 0) return true;
  }
  return false;
}

std::string variable_of(std::string_view term) {
  const auto call = call_of(term);
  if (!call || (call->name != "l" && call->name != "f" && call->name != "d")) return std::string(term);
  return variable_of(stepped(call->inside, 1).first);
}

std::optional<EventTerm> event_term(std::string_view term) {
  const std::size_t colons = term.find("::");
  if (colons == std::string_view::npos) return std::nullopt;
  const std::string_view rest = term.substr(colons + 2);
  const std::size_t by = rest.find(':');
  return EventTerm{std::string(term.substr(0, colons)), std::string(rest.substr(0, by)),
                   by == std::string_view::npos ? "" : std::string(rest.substr(by + 1))};
}

std::string reference_of(std::string_view formula, const std::string& factor) {
  const std::size_t begin = formula.find("i(" + factor);
  if (begin == std::string_view::npos) return "";
  const std::string_view call = formula.substr(begin, formula.find(')', begin) - begin);
  const std::size_t ref = call.find("ref");
  const std::size_t equals = ref == std::string_view::npos ? ref : call.find('=', ref);
  if (equals == std::string_view::npos) return "";
  std::string level(trimmed(split(call.substr(equals + 1), ',').front()));
  if (level.size() > 1 && (level.front() == '"' || level.front() == '\'')) level = level.substr(1, level.size() - 2);
  return level;
}

std::vector<std::pair<std::string, std::string>> called_names(std::string_view names) {
  std::vector<std::pair<std::string, std::string>> called;
  for (const std::string& entry : split(names, ';')) {
    if (entry.empty()) continue;
    const std::size_t at = equals_sign(entry);
    if (at == std::string::npos)
      called.emplace_back(entry, "");
    else
      called.emplace_back(trimmed(entry.substr(0, at)), trimmed(entry.substr(at + 1)));
  }
  return called;
}

Words::Words(std::string_view names) {
  for (const auto& [name, words] : called_names(names))
    if (!name.empty() && !words.empty()) called_[name] = words;
}

std::string Words::key(const std::string& name, const std::string& otherwise) const {
  if (const auto found = called_.find(name); found != called_.end()) return found->second;
  const bool letters =
      std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
  return letters && name.size() >= 3 && name.size() <= 12 ? lower(name) : otherwise;
}

std::string Words::column(const std::string& name) const {
  const auto found = called_.find(name);
  return found == called_.end() ? name : found->second;
}

std::string Words::with_names(std::string_view text) const {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t length = longest_at(text, at); length > 0) {
      out += called_.find(text.substr(at, length))->second;
      at += length;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && name_character(text[end])) ++end;
    out += text.substr(at, std::max(end, at + 1) - at);
    at = std::max(end, at + 1);
  }
  return out;
}

// The length of the longest named text that begins here and ends where a name may end: log(y) before y.
std::size_t Words::longest_at(std::string_view text, std::size_t at) const {
  std::size_t longest = 0;
  for (const auto& [name, words] : called_) {
    const std::size_t end = at + name.size();
    if (text.substr(at, name.size()) != name || name.size() <= longest) continue;
    const bool stop = end < text.size() && text[end] == '.' && (end + 1 == text.size() || text[end + 1] == ' ');
    if (end == text.size() || stop || !name_character(text[end]) || !name_character(name.back())) longest = name.size();
  }
  return longest;
}

std::string Words::plain(std::string_view text) const {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && name_character(text[end])) ++end;
    const std::string name(text.substr(at, end - at));
    if (end > at)
      out += called_.count(name) > 0 ? column(name) : replaced(name, "_", " ");
    else if (text[at] != '`')
      out += text[at];
    at = std::max(end, at + 1);
  }
  return std::string(trimmed(out));
}

std::string Words::call(std::string_view name, std::string_view inside, std::string_view whole,
                        const std::string& period) const {
  if (name == "l" || name == "f") {
    const auto [variable, step] = stepped(std::string(inside), 1);
    return term(variable, period) + ", " + shift_in_words(name == "l" ? step : -step, period);
  }
  if (name == "d") return "change in " + term(inside, period);
  static const std::regex zero("^(.+?) == ([0-9.]+), ([0-9.]+), (.+)$");
  static const std::regex missing("^is\\.na\\((.+?)\\), ([0-9.]+), (.+)$");
  const std::string text(inside);
  std::smatch parts;
  if (name == "ifelse" && std::regex_match(text, parts, zero) && parts[1] == parts[4])
    return plain(parts[1].str()) + " (" + parts[2].str() + " as " + parts[3].str() + ")";
  if (name == "ifelse" && std::regex_match(text, parts, missing) && parts[1] == parts[3])
    return plain(parts[1].str()) + " (missing as " + parts[2].str() + ")";
  if (name == "log") {
    const auto own = call_of(inside);
    if (own && own->name == "ifelse") {
      const std::string words = call(own->name, own->inside, inside, period);
      if (words.back() == ')' && words.find(" as ") != std::string::npos)
        return words.substr(0, words.size() - 1) + ", log)";
    }
    const bool simple =
        std::all_of(inside.begin(), inside.end(), [](char c) { return name_character(c) || c == ' ' || c == '`'; });
    if (simple) return plain(inside) + " (log)";
  }
  if (name == "I")
    return replaced(replaced(replaced(replaced(plain(inside), "==", "="), "/", " / "), "  ", " "), "  ", " ");
  return plain(whole);
}

std::string Words::term(std::string_view text, const std::string& period) const {
  const std::string whole(trimmed(text));
  if (const auto own = called_.find(whole); own != called_.end()) return own->second;
  if (whole == "(Intercept)") return "constant";
  if (const auto event = event_term(whole))
    return (event->by.empty() ? "" : term(event->by, period) + ", ") + plain(event->factor) + " " + event->level;
  const auto own = call_of(whole);
  return own ? call(own->name, own->inside, whole, period) : plain(whole);
}

}  // namespace headwater
