#include "headwater/core/labelled.hpp"

#include <algorithm>
#include <utility>

#include "headwater/core/error.hpp"

namespace headwater {
namespace {

[[noreturn]] void missing_item(const Tree& tree, std::string_view item, const char* what) {
  throw Error(ErrorKind::data, "result.schema",
              std::string(what) + " '" + std::string(item) + "' is not in '" + tree.name +
                  "' or has another type than the schema says; write the result again with this version",
              {.key = std::string(item)});
}

template <class T>
const std::vector<T>& typed(const Tree& tree, std::string_view name) {
  const LabelledArray* array = tree.find_array(name);
  const std::vector<T>* values = array ? std::get_if<std::vector<T>>(&array->values) : nullptr;
  if (!values) missing_item(tree, name, "dataset");
  return *values;
}

}  // namespace

std::int64_t Axis::size() const {
  return std::visit([](const auto& values) { return static_cast<std::int64_t>(values.size()); }, labels);
}

void Tree::attribute(std::string key, Attribute value) {
  attributes.insert_or_assign(std::move(key), std::move(value));
}

void Tree::axis(std::string axis_name, std::vector<std::string> axis_labels, std::string description) {
  axes.push_back({std::move(axis_name), std::move(axis_labels), std::move(description)});
}

void Tree::scalar(std::string array_name, double value, std::string description, std::string unit) {
  arrays.push_back(
      {std::move(array_name), {}, {}, std::vector<double>{value}, std::move(description), std::move(unit)});
}

void Tree::vector(std::string array_name, std::string dim, const Vector& values, std::string description,
                  std::string unit) {
  std::vector<double> copy(values.data(), values.data() + values.size());
  arrays.push_back({std::move(array_name),
                    {std::move(dim)},
                    {values.size()},
                    std::move(copy),
                    std::move(description),
                    std::move(unit)});
}

void Tree::integers(std::string array_name, std::string dim, std::vector<std::int64_t> values, std::string description,
                    std::string unit) {
  const auto size = static_cast<std::int64_t>(values.size());
  arrays.push_back(
      {std::move(array_name), {std::move(dim)}, {size}, std::move(values), std::move(description), std::move(unit)});
}

void Tree::text(std::string array_name, std::string dim, std::vector<std::string> values, std::string description) {
  const auto size = static_cast<std::int64_t>(values.size());
  std::vector<std::string> dims;
  std::vector<std::int64_t> shape;
  if (!dim.empty()) {
    dims.push_back(std::move(dim));
    shape.push_back(size);
  }
  arrays.push_back(
      {std::move(array_name), std::move(dims), std::move(shape), std::move(values), std::move(description), "text"});
}

void Tree::matrix(std::string array_name, std::string row_dim, std::string column_dim, const Matrix& values,
                  std::string description, std::string unit) {
  std::vector<double> row_major(static_cast<std::size_t>(values.size()));
  for (Index i = 0; i < values.rows(); ++i)
    for (Index j = 0; j < values.cols(); ++j) row_major[static_cast<std::size_t>(i * values.cols() + j)] = values(i, j);
  arrays.push_back({std::move(array_name),
                    {std::move(row_dim), std::move(column_dim)},
                    {values.rows(), values.cols()},
                    std::move(row_major),
                    std::move(description),
                    std::move(unit)});
}

Tree& Tree::child(std::string child_name) {
  const auto found =
      std::find_if(children.begin(), children.end(), [&](const Tree& c) { return c.name == child_name; });
  if (found != children.end()) return *found;
  children.emplace_back();
  children.back().name = std::move(child_name);
  return children.back();
}

const Tree* Tree::find_child(std::string_view child_name) const {
  const auto found =
      std::find_if(children.begin(), children.end(), [&](const Tree& c) { return c.name == child_name; });
  return found == children.end() ? nullptr : &*found;
}

const LabelledArray* Tree::find_array(std::string_view array_name) const {
  const auto found =
      std::find_if(arrays.begin(), arrays.end(), [&](const LabelledArray& a) { return a.name == array_name; });
  return found == arrays.end() ? nullptr : &*found;
}

const Axis* Tree::find_axis(std::string_view axis_name) const {
  const auto found = std::find_if(axes.begin(), axes.end(), [&](const Axis& a) { return a.name == axis_name; });
  return found == axes.end() ? nullptr : &*found;
}

const Attribute* Tree::find_attribute(std::string_view key) const {
  const auto found = attributes.find(std::string(key));
  return found == attributes.end() ? nullptr : &found->second;
}

void merge(Tree& into, Tree part) {
  for (auto& [key, value] : part.attributes) into.attribute(key, std::move(value));
  for (Axis& axis : part.axes)
    if (!into.find_axis(axis.name)) into.axes.push_back(std::move(axis));
  for (LabelledArray& array : part.arrays)
    if (!into.find_array(array.name)) into.arrays.push_back(std::move(array));
  for (Tree& child : part.children) {
    Tree& target = into.child(child.name);
    merge(target, std::move(child));
  }
}

Tree describe(const Notes& notes) {
  Tree tree;
  std::vector<std::string> index, codes, messages;
  for (const Note& note : notes) {
    index.push_back(std::to_string(index.size() + 1));
    codes.push_back(note.code);
    messages.push_back(note.message);
  }
  tree.axis("note", index, "warnings, in the order they were raised");
  tree.text("note_code", "note", codes, "stable code of the warning");
  tree.text("note_message", "note", messages, "the warning in words");
  return tree;
}

const std::vector<double>& numbers(const Tree& tree, std::string_view array) { return typed<double>(tree, array); }
double scalar(const Tree& tree, std::string_view array) {
  const std::vector<double>& values = numbers(tree, array);
  if (values.size() != 1) missing_item(tree, array, "single number");
  return values.front();
}
const std::vector<std::int64_t>& integers(const Tree& tree, std::string_view array) {
  return typed<std::int64_t>(tree, array);
}
const std::vector<std::string>& texts(const Tree& tree, std::string_view array) {
  return typed<std::string>(tree, array);
}

const std::vector<std::string>& labels(const Tree& tree, std::string_view axis_name) {
  const Axis* axis = tree.find_axis(axis_name);
  const auto* names = axis ? std::get_if<std::vector<std::string>>(&axis->labels) : nullptr;
  if (!names) missing_item(tree, axis_name, "axis");
  return *names;
}

std::string text_attribute(const Tree& tree, std::string_view key, const std::string& fallback) {
  const Attribute* attribute = tree.find_attribute(key);
  const auto* text = attribute ? std::get_if<std::string>(attribute) : nullptr;
  return text ? *text : fallback;
}

double number_attribute(const Tree& tree, std::string_view key) {
  const Attribute* attribute = tree.find_attribute(key);
  if (attribute) {
    if (const auto* number = std::get_if<double>(attribute)) return *number;
    if (const auto* integer = std::get_if<std::int64_t>(attribute)) return static_cast<double>(*integer);
  }
  missing_item(tree, key, "attribute");
}

}  // namespace headwater
