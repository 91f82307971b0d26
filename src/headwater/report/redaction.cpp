#include "headwater/report/redaction.hpp"

#include "headwater/core/error.hpp"
#include "headwater/core/json.hpp"

namespace headwater {
namespace {

// The end of the JSON text that begins with a quotation mark at `at`, past its closing one.
std::size_t end_of_text(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at)
    if (json[at] == '\\') ++at;
  return at + 1;
}

// Texts of our own writer: the escapes that core/json.cpp makes.
std::string unescaped(std::string_view inside) {
  std::string out;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] != '\\') {
      out += inside[i];
      continue;
    }
    switch (inside[++i]) {
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'u':
        out += static_cast<char>(std::stoi(std::string(inside.substr(i + 1, 4)), nullptr, 16));
        i += 4;
        break;
      default: out += inside[i];
    }
  }
  return out;
}

std::string written(const std::string& text) {
  JsonWriter json;
  json.value(text);
  return json.text();
}

}  // namespace

Redacted redacted(std::string_view json, const UnitNames& units) {
  Redacted result;
  result.json.reserve(json.size());
  for (std::size_t at = 0; at < json.size();) {
    if (json[at] != '"') {
      result.json += json[at++];
      continue;
    }
    const std::size_t end = end_of_text(json, at);
    const std::string text = unescaped(json.substr(at + 1, end - at - 2));
    if (units.stands_in(text)) {
      result.json += written(units.without_names(text));
      ++result.texts;
    } else {
      result.json += json.substr(at, end - at);
    }
    at = end;
  }
  return result;
}

void refuse_names(const Captions& captions, const UnitNames& units) {
  for (const auto& [key, text] : captions)
    if (const std::string name = units.name_in(text); !name.empty())
      throw Error(ErrorKind::usage, "report.names_unit",
                  "report." + key + " names the unit '" + name +
                      "', and a report for publication names none; reword it, or write the report with --audience "
                      "internal",
                  {.key = "report." + key});
}

}  // namespace headwater
