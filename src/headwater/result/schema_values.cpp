// What values may be: "0..1", "0..", "row of test", "label of term", "labels of term", "a fit", "name of its group",
// "(empty)", or the word itself.
#include <algorithm>

#include "headwater/core/text.hpp"
#include "headwater/result/schema.hpp"

namespace headwater {
namespace {

constexpr std::size_t kMostShown = 40;

std::string quoted(const std::string& text) { return "'" + shortened(text, kMostShown) + "'"; }

// The rest of `text` after `beginning`; nullptr when it begins otherwise.
const char* after(const std::string& text, std::string_view beginning) {
  return text.compare(0, beginning.size(), beginning) == 0 ? text.c_str() + beginning.size() : nullptr;
}

bool in_range(const std::string& choice, double value) {
  const std::size_t dots = choice.find("..");
  if (dots == std::string::npos) return false;
  const std::string low = choice.substr(0, dots), high = choice.substr(dots + 2);
  const std::optional<double> least = parse_number(low), most = parse_number(high);
  return (low.empty() || (least && value >= *least)) && (high.empty() || (most && value <= *most));
}

bool allowed_number(const std::string& choice, double value, const Around& around) {
  const char* const name = after(choice, "row of ");
  if (!name) return in_range(choice, value);
  const Axis* const axis = axis_around(around, name);
  return axis && value >= 0 && value < static_cast<double>(axis->size());
}

bool is_label(const char* axis_name, const std::string& value, const Around& around) {
  const Axis* const axis = axis_around(around, axis_name);
  const auto* const labels = axis ? std::get_if<std::vector<std::string>>(&axis->labels) : nullptr;
  return labels && std::find(labels->begin(), labels->end(), value) != labels->end();
}

bool allowed_text(const std::string& choice, const std::string& value, const Around& around) {
  if (const char* const name = after(choice, "label of ")) return is_label(name, value, around);
  if (choice == "a fit") {
    const Tree* const fits = around.front()->find_child("fits");
    return fits && fits->find_child(value);
  }
  if (choice == "name of its group") return around.size() > 1 && around[around.size() - 2]->name == value;
  return choice == "(empty)" ? value.empty() : value == choice;
}

bool allowed(const std::string& choice, const std::string& value, const Around& around) {
  return allowed_text(choice, value, around);
}
bool allowed(const std::string& choice, double value, const Around& around) {
  return allowed_number(choice, value, around);
}
bool allowed(const std::string& choice, std::int64_t value, const Around& around) {
  return allowed_number(choice, static_cast<double>(value), around);
}

std::string text_of(const std::string& value) { return quoted(value); }
std::string text_of(double value) { return shortest(value); }
std::string text_of(std::int64_t value) { return std::to_string(value); }

template <class T>
std::string wrong_value(const SchemaRow& row, const T& value, const Around& around) {
  const bool fine = std::any_of(row.value_choices.begin(), row.value_choices.end(),
                                [&](const std::string& choice) { return allowed(choice, value, around); });
  return fine ? "" : "holds " + text_of(value) + ", which is not " + joined(row.value_choices, ", ");
}

template <class T>
std::string wrong_value(const SchemaRow& row, const std::vector<T>& values, const Around& around) {
  for (const T& value : values)
    if (std::string why = wrong_value(row, value, around); !why.empty()) return why;
  return "";
}

}  // namespace

const Axis* axis_around(const Around& around, const std::string& name) {
  for (auto node = around.rbegin(); node != around.rend(); ++node)
    if (const Axis* const axis = (*node)->find_axis(name)) return axis;
  return nullptr;
}

std::string wrong_values(const SchemaRow& row, const LabelledArray& array, const Around& around) {
  if (row.value_choices.empty()) return "";
  return std::visit([&](const auto& values) { return wrong_value(row, values, around); }, array.values);
}

std::string wrong_attribute(const SchemaRow& row, const Attribute& attribute, const Around& around) {
  if (row.value_choices.empty()) return "";
  return std::visit([&](const auto& value) { return wrong_value(row, value, around); }, attribute);
}

std::string wrong_labels(const SchemaRow& row, const Axis& axis, const Around& around) {
  for (const std::string& choice : row.value_choices) {
    const char* const name = after(choice, "labels of ");
    const Axis* const other = name ? axis_around(around, name) : nullptr;
    if (!other || other->labels != axis.labels) return "does not have the " + choice;
  }
  return "";
}

}  // namespace headwater
