#include "headwater/report/unit_names.hpp"

#include <algorithm>
#include <array>

#include "headwater/core/text.hpp"
#include "headwater/report/audience.hpp"

namespace headwater {
namespace {

constexpr std::string_view kInstead = "one unit";

bool letter_or_digit(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

bool begins_word(std::string_view text, std::size_t at) {
  return at == 0 || !letter_or_digit(text[at - 1]) || !letter_or_digit(text[at]);
}

bool ends_word(std::string_view text, std::size_t end) {
  return end == 0 || end == text.size() || !letter_or_digit(text[end]) || !letter_or_digit(text[end - 1]);
}

// The run of letters and digits at `at`, or the one other character there.
std::string_view first_word(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && letter_or_digit(text[end])) ++end;
  return text.substr(at, std::max<std::size_t>(1, end - at));
}

bool whole_at(std::string_view text, std::size_t at, std::string_view label) {
  return text.substr(at, label.size()) == label && ends_word(text, at + label.size());
}

// As run/plan.cpp writes labels into the names of fits.
std::string squeezed(std::string_view label) {
  std::string out;
  for (const char c : label) {
    const bool plain = (letter_or_digit(c) && static_cast<unsigned char>(c) < 0x80) || c == '_' || c == '-' || c == '.';
    out += plain ? c : '_';
  }
  return out;
}

bool needs_context(std::string_view label) { return label.size() < 2 || parse_number(label).has_value(); }

bool any_letter(std::string_view text) { return std::any_of(text.begin(), text.end(), letter_or_digit); }

// What may stand between a column and the labels it is compared with: trust %in% c("RAB", "RCD").
std::size_t past_comparison(std::string_view text, std::size_t at) {
  constexpr std::string_view kBetween = " =!<>%(),\"'`:[]";
  for (;;) {
    while (at < text.size() && kBetween.find(text[at]) != std::string_view::npos) ++at;
    const std::string_view word = at < text.size() ? first_word(text, at) : std::string_view();
    if (word != "in" && word != "c" && word != "is") return at;
    at += word.size();
  }
}

// A level that no sentence holds by chance: SITE7, North East, but neither "yes" nor "acute".
bool is_name(std::string_view level) {
  return !needs_context(level) && std::any_of(level.begin(), level.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' || static_cast<unsigned char>(c) >= 0x80;
  });
}

// What a component is about: the level in "rate: north".
std::string_view last_part(std::string_view label) {
  const std::size_t colon = label.rfind(": ");
  return colon == std::string_view::npos ? label : label.substr(colon + 2);
}

}  // namespace

UnitNames::UnitNames(const Tree& result) {
  if (const Tree* fits = result.find_child("fits"))
    for (const Tree& fit : fits->children) {
      if (const std::string unit = text_attribute(fit, "unit"); !unit.empty()) unit_columns_.insert(unit);
      if (const Tree* rows = fit.find_child("rows")) add_units(*rows, "row_unit");
      if (const Tree* movers = fit.find_child("movers")) add_units(*movers, "mover_unit");
    }
  if (const Tree* data = result.find_child("data")) {
    for (const char* array : {"unit_label", "suspicion_unit", "unmatched_unit", "name_match_unit", "name_match_written",
                              "name_match_matched"})
      add_units(*data, array);
    add_small_groups(*data);
  }
  Labels columns = unit_columns_;
  columns.insert({"unit", "units"});
  for (const std::string& column : columns) by_column_[column].insert(in_context_.begin(), in_context_.end());
  // A term of a text column has the level behind the column's name: trustRAB.
  for (const std::string& column : unit_columns_)
    for (const auto& [first, labels] : words_) by_column_[column].insert(labels.begin(), labels.end());
}

void UnitNames::add_units(const Tree& node, std::string_view array) {
  if (!node.find_array(array)) return;
  for (const std::string& label : texts(node, array)) {
    add_unit(label);
    if (const std::size_t series = label.find('@'); series != std::string::npos) add_unit(label.substr(0, series));
  }
}

void UnitNames::add_unit(const std::string& label) {
  if (label.empty()) return;
  if (needs_context(label)) {
    in_context_.insert(label);
    return;
  }
  words_[std::string(first_word(label, 0))].insert(label);
  if (const std::string name = squeezed(label); name != label && any_letter(name) && !needs_context(name))
    words_[std::string(first_word(name, 0))].insert(name);
}

void UnitNames::add_small_groups(const Tree& data) {
  if (!data.find_array("small_group_level")) return;
  const auto &columns = texts(data, "small_group_column"), &levels = texts(data, "small_group_level");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].empty() || levels[i].empty()) continue;  // what has no name stands nowhere
    by_column_[columns[i]].insert(levels[i]);
    small_levels_.insert(levels[i]);
    if (is_name(levels[i])) small_words_[std::string(first_word(levels[i], 0))].insert(levels[i]);
  }
}

std::optional<UnitNames::Place> UnitNames::word_at(const Words& words, std::string_view text, std::size_t at) {
  if (!begins_word(text, at)) return std::nullopt;
  const auto found = words.find(first_word(text, at));
  if (found == words.end()) return std::nullopt;
  std::optional<Place> longest;
  for (const std::string& label : found->second)
    if (whole_at(text, at, label) && (!longest || label.size() > longest->length)) longest = {at, label.size()};
  return longest;
}

std::optional<UnitNames::Place> UnitNames::quoted_at(std::string_view text, std::size_t at) const {
  if (in_context_.empty()) return std::nullopt;
  if (text[at] == '"' || text[at] == '\'') {
    const std::size_t end = text.find(text[at], at + 1);
    if (end == std::string_view::npos || in_context_.count(text.substr(at + 1, end - at - 1)) == 0) return std::nullopt;
    return Place{at + 1, end - at - 1};
  }
  if (!begins_word(text, at)) return std::nullopt;
  const std::string_view word = text.substr(at, std::min(text.size(), text.find('@', at)) - at);
  const bool series = at + word.size() < text.size() && in_context_.count(word) > 0;
  return series ? std::optional(Place{at, word.size()}) : std::nullopt;
}

std::optional<UnitNames::Place> UnitNames::after_column_at(std::string_view text, std::size_t begin) const {
  if (!begins_word(text, begin)) return std::nullopt;
  for (const auto& [column, labels] : by_column_) {
    if (text.substr(begin, column.size()) != column) continue;
    std::size_t at = begin + column.size();
    for (bool first = true;; first = false) {
      const auto here = [&](const std::string& label) { return whole_at(text, at, label); };
      if (const auto label = std::find_if(labels.begin(), labels.end(), here); label != labels.end())
        return Place{at, label->size()};
      const bool listed =
          !first && at < text.size() &&
          (parse_number(first_word(text, at)).has_value() || text[at - 1] == '"' || text[at - 1] == '\'');
      if (!first && !listed) break;
      if (first && !ends_word(text, at)) break;
      const std::size_t next = past_comparison(text, listed ? at + first_word(text, at).size() : at);
      if (next == at || next >= text.size()) break;
      at = next;
    }
  }
  return std::nullopt;
}

std::optional<UnitNames::Place> UnitNames::next(std::string_view text, std::size_t from) const {
  for (std::size_t at = from; at < text.size(); ++at) {
    if (const auto place = word_at(words_, text, at)) return place;
    if (const auto place = word_at(small_words_, text, at)) return place;
    if (const auto place = quoted_at(text, at)) return place;
    if (const auto place = after_column_at(text, at)) return place;
  }
  return std::nullopt;
}

std::string UnitNames::name_in(std::string_view text) const {
  for (std::size_t at = 0; at < text.size(); ++at)
    for (const auto& place : {word_at(words_, text, at), quoted_at(text, at), after_column_at(text, at)})
      if (place) return std::string(text.substr(place->at, place->length));
  return "";
}

std::string UnitNames::without_names(std::string_view text) const {
  std::string out;
  std::size_t at = 0;
  while (const auto place = next(text, at)) {
    out.append(text.substr(at, place->at - at)).append(kInstead);
    at = place->at + place->length;
  }
  return out.append(text.substr(at));
}

bool UnitNames::is_unit(std::string_view label) const {
  if (in_context_.count(label) > 0) return true;
  const auto found = label.empty() ? words_.end() : words_.find(first_word(label, 0));
  return found != words_.end() && found->second.count(label) > 0;
}

bool UnitNames::labels(const Axis& axis) const {
  static constexpr std::array<std::string_view, 5> kUnitLevel = {"atom", "basis", "row", "cell", "unit"};
  if (std::find(kUnitLevel.begin(), kUnitLevel.end(), axis.name) != kUnitLevel.end()) return true;
  if (unit_columns_.count(axis.name) > 0) return true;
  const auto* labels = std::get_if<std::vector<std::string>>(&axis.labels);
  if (!labels || labels->empty()) return false;
  const auto tells = [&](const std::string& label) {
    const std::string_view level = last_part(label);
    return stands_in(label) || (small_group(level) && !parse_number(level));
  };
  return std::any_of(labels->begin(), labels->end(), tells) ||
         std::all_of(labels->begin(), labels->end(), [&](const std::string& label) { return is_unit(label); });
}

bool UnitNames::make_decomposition(const Tree& node) const {
  for (const auto& [key, value] : node.attributes)
    if (const auto* text = std::get_if<std::string>(&value); text && stands_in(*text)) return true;
  const Axis* components = node.find_axis("component");
  return small_group(text_attribute(node, "choice.group")) || (components && labels(*components));
}

bool UnitNames::small_group(std::string_view level) const { return small_levels_.count(level) > 0; }

bool UnitNames::of_small_group(const std::string& fit) const {
  return std::any_of(small_levels_.begin(), small_levels_.end(), [&](const std::string& level) {
    const std::string end = "." + squeezed(level);
    return fit.size() > end.size() && fit.compare(fit.size() - end.size(), end.size(), end) == 0;
  });
}

}  // namespace headwater
