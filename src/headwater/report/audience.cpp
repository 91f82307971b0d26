#include "headwater/report/audience.hpp"

#include <algorithm>
#include <array>

#include "headwater/core/error.hpp"

namespace headwater {
namespace {

bool word_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
         byte == '_';
}

bool word_at(std::string_view text, std::size_t at, std::size_t length) {
  const bool starts = at == 0 || !word_character(text[at - 1]) || !word_character(text[at]);
  const std::size_t end = at + length;
  return starts && (end == text.size() || !word_character(text[end]) || !word_character(text[end - 1]));
}

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1))
    if (word_at(text, at, word.size())) return true;
  return false;
}

template <class T>
void sort_unique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

Audience parse_audience(const std::string& text) {
  if (text == "publish") return Audience::publish;
  if (text == "internal") return Audience::internal;
  throw Error(ErrorKind::usage, "report.audience", "the audience is '" + text + "'; it is publish or internal",
              {.key = "audience"});
}

const char* name(Audience audience) { return audience == Audience::publish ? "publish" : "internal"; }

UnitNames::UnitNames(const Tree& result) {
  if (const Tree* data = result.find_child("data")) add(*data, "suspicion_unit");
  if (const Tree* fits = result.find_child("fits"))
    for (const Tree& fit : fits->children) {
      if (const std::string unit = text_attribute(fit, "unit"); !unit.empty()) unit_columns_.push_back(unit);
      if (const Tree* rows = fit.find_child("rows")) add(*rows, "row_unit");
      if (const Tree* movers = fit.find_child("movers")) add(*movers, "mover_unit");
    }
  sort_unique(names_);
  sort_unique(unit_columns_);
}

void UnitNames::add(const Tree& node, std::string_view array) {
  if (!node.find_array(array)) return;
  for (const std::string& unit : texts(node, array))
    if (!unit.empty()) names_.push_back(unit);
}

bool UnitNames::stands_in(std::string_view text) const {
  return std::any_of(names_.begin(), names_.end(), [&](const std::string& unit) { return has_word(text, unit); });
}

bool UnitNames::makes_term(std::string_view term) const {
  for (const std::string& column : unit_columns_) {
    const std::size_t at = term.find(column);
    if (at == std::string_view::npos) continue;
    std::string_view rest = term.substr(at + column.size());
    while (!rest.empty() && (rest.front() == ')' || rest.front() == ':')) rest.remove_prefix(1);
    for (const std::string& unit : names_)
      if (rest.substr(0, unit.size()) == unit && word_at(rest, 0, unit.size())) return true;
  }
  return false;
}

bool UnitNames::labels(const Axis& axis) const {
  static constexpr std::array<std::string_view, 5> kUnitLevel = {"atom", "basis", "row", "cell", "unit"};
  if (std::find(kUnitLevel.begin(), kUnitLevel.end(), axis.name) != kUnitLevel.end()) return true;
  if (std::find(unit_columns_.begin(), unit_columns_.end(), axis.name) != unit_columns_.end()) return true;
  const auto* labels = std::get_if<std::vector<std::string>>(&axis.labels);
  return labels &&
         std::any_of(labels->begin(), labels->end(), [&](const std::string& label) { return stands_in(label); });
}

bool UnitNames::make_decomposition(const Tree& node) const {
  for (const auto& [key, value] : node.attributes)
    if (const auto* text = std::get_if<std::string>(&value); text && stands_in(*text)) return true;
  const Axis* components = node.find_axis("component");
  return components && labels(*components);
}

}  // namespace headwater
