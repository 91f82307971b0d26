// A result made from the schema itself: one fit that has everything, one that failed, one decomposition of every method
// that adds something. Axes differ in length, so that an array on another axis never fits by chance.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "headwater/result/schema.hpp"

namespace headwater {

inline std::string sample_text(const SchemaRow& row) {
  const std::string first = row.value_choices.empty() ? "words" : row.value_choices.front();
  if (first == "a fit" || first == "name of its group") return "m";
  if (first.rfind("label of ", 0) == 0) return first.substr(9) + " 1";
  return first == "(empty)" ? "" : first;
}

inline std::int64_t sample_integer(const SchemaRow& row) {
  return row.value_choices.empty() || row.value_choices.front()[0] == 'r' ? 0 : std::stoll(row.value_choices.front());
}

inline Axis sample_axis(const SchemaRow& row, std::size_t length) {
  std::string name = row.path.substr(row.path.rfind('/') + 1);
  std::vector<std::string> words;
  std::vector<std::int64_t> numbers;
  const std::string labels =
      row.value_choices.empty() ? name : row.value_choices.front().substr(std::string("labels of ").size());
  for (std::size_t i = 1; i <= length; ++i) {
    words.push_back(labels + " " + std::to_string(i));
    numbers.push_back(static_cast<std::int64_t>(i));
  }
  if (row.kind == "axis of integers") return {std::move(name), std::move(numbers), "an axis"};
  return {std::move(name), std::move(words), "an axis"};
}

inline void add_sample_attribute(Tree& tree, const SchemaRow& row, std::string key) {
  if (key.back() == '*') key.back() = 'x';
  if (row.kind == "text") tree.attribute(key, sample_text(row));
  if (row.kind == "integer") tree.attribute(key, sample_integer(row));
  if (row.kind == "number") tree.attribute(key, 0.5);
}

// Twin axes, such as term and term_2, are as long as each other.
inline std::size_t sample_length(const std::string& axis, const std::vector<std::string>& seen) {
  const std::string twin =
      axis.size() > 2 && axis.substr(axis.size() - 2) == "_2" ? axis.substr(0, axis.size() - 2) : axis;
  return 2 + static_cast<std::size_t>(std::find(seen.begin(), seen.end(), twin) - seen.begin());
}

inline void add_sample_array(Tree& tree, const SchemaRow& row, const std::vector<const Tree*>& around) {
  LabelledArray array{row.path.substr(row.path.rfind('/') + 1), row.axes, {}, {}, "an array", "1"};
  std::size_t count = 1;
  for (const std::string& axis : row.axes) {
    array.shape.push_back(axis_around(around, axis)->size());
    count *= static_cast<std::size_t>(array.shape.back());
  }
  if (row.kind == "texts") array.values = std::vector<std::string>(count, sample_text(row));
  if (row.kind == "integers") array.values = std::vector<std::int64_t>(count, sample_integer(row));
  if (row.kind == "numbers") array.values = std::vector<double>(count, 0.25);
  tree.arrays.push_back(std::move(array));
}

// Adds what the schema says of `group` to `tree`, for a fit that failed or one that did not.
inline void add_samples(Tree& tree, const std::string& group, std::vector<const Tree*> around, bool failed) {
  const auto& rows = *result_schema().group(group);
  const auto absent = [&](const SchemaRow& row) {
    return failed ? row.when == "fitted" || row.when == "estimated" : row.when == "failed";
  };
  std::vector<std::string> axes;
  for (const auto& [name, row] : rows)
    if (row.kind.rfind("axis", 0) == 0) axes.push_back(name);
  around.push_back(&tree);
  for (const auto& [name, row] : rows) {
    if (absent(row)) continue;
    if (row.attribute()) add_sample_attribute(tree, row, name.substr(1));
    if (row.kind.rfind("axis", 0) == 0) tree.axes.push_back(sample_axis(row, sample_length(name, axes)));
  }
  for (const auto& [name, row] : rows)
    if (!absent(row) && !row.attribute() && row.kind.rfind("axis", 0) != 0) add_sample_array(tree, row, around);
}

inline Tree sample_fit(const std::string& name, bool failed, const Tree& root) {
  Tree fit;
  fit.name = name;
  add_samples(fit, "/fits/*", {&root}, failed);
  if (failed) {
    fit.attribute("status", std::string("failed"));
    return fit;
  }
  for (const char* child : {"rows", "tests", "movers", "covariances", "extras"})
    add_samples(fit.child(child), std::string("/fits/*/") + child, {&root, &fit}, false);
  return fit;
}

inline Tree sample_result() {
  Tree root;
  for (const char* group : {"run", "data"}) add_samples(root.child(group), std::string("/") + group, {&root}, false);
  add_samples(root, "", {}, false);
  root.attribute("estimated", std::int64_t{1});
  root.child("fits").children = {sample_fit("m", false, root), sample_fit("broken", true, root)};
  Tree& of_fit = root.child("decompositions").child("m");
  std::vector<std::string> methods = {"change"};
  const std::string beginning = "/decompositions/*/*_";
  for (const auto& [group, rows] : result_schema().groups())
    if (group.rfind(beginning, 0) == 0) methods.push_back(group.substr(beginning.size()));
  for (const std::string& method : methods) {
    Tree node;
    node.name = std::to_string(of_fit.children.size() + 1) + "_" + method;
    add_samples(node, "/decompositions/*/*", {&root, &of_fit}, false);
    if (method != "change") add_samples(node, beginning + method, {&root, &of_fit}, false);
    node.attribute("method", method);
    node.attribute("fit", std::string("m"));
    of_fit.children.push_back(std::move(node));
  }
  add_samples(root.child("comparison"), "/comparison", {&root}, false);
  return root;
}

}  // namespace headwater
