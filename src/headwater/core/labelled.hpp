// Labelled arrays: how every noun describes itself. The result file, JSON and tables are writers of this one tree.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "headwater/core/matrix.hpp"
#include "headwater/core/notes.hpp"

namespace headwater {

using Attribute = std::variant<std::string, double, std::int64_t, std::vector<std::string>, std::vector<double>,
                               std::vector<std::int64_t>>;

// Coordinate labels of one dimension. A k × k array uses twin axes with the same labels: "term" and "term_2".
struct Axis {
  std::string name;
  std::variant<std::vector<std::string>, std::vector<double>, std::vector<std::int64_t>> labels;
  std::string description;

  std::int64_t size() const;
};

struct LabelledArray {
  std::string name;
  std::vector<std::string> dims;    // axis names, found in the same tree node or an ancestor; empty for a scalar
  std::vector<std::int64_t> shape;  // one extent for each of dims
  std::variant<std::vector<double>, std::vector<std::int64_t>, std::vector<std::string>> values;  // row-major
  std::string description;
  std::string unit;  // "1" when dimensionless, "log points", "periods", ...
};

struct Tree {
  std::string name;
  std::map<std::string, Attribute> attributes;
  std::vector<Axis> axes;
  std::vector<LabelledArray> arrays;
  std::vector<Tree> children;

  void attribute(std::string key, Attribute value);
  void axis(std::string name, std::vector<std::string> labels, std::string description);
  void scalar(std::string name, double value, std::string description, std::string unit = "1");
  void vector(std::string name, std::string dim, const Vector& values, std::string description, std::string unit = "1");
  void integers(std::string name, std::string dim, std::vector<std::int64_t> values, std::string description,
                std::string unit = "1");
  // An empty `dim` with one value makes a scalar.
  void text(std::string name, std::string dim, std::vector<std::string> values, std::string description);
  void matrix(std::string name, std::string row_dim, std::string column_dim, const Matrix& values,
              std::string description, std::string unit = "1");
  Tree& child(std::string name);  // appended when absent

  // Look-ups return nullptr when absent.
  const Tree* find_child(std::string_view name) const;
  const LabelledArray* find_array(std::string_view name) const;
  const Axis* find_axis(std::string_view name) const;
  const Attribute* find_attribute(std::string_view key) const;
};

// Moves what `part` has and `into` lacks into the same node; attributes of `part` win.
void merge(Tree& into, Tree part);

// Axis "note" with note_code and note_message.
Tree describe(const Notes& notes);

// Typed reads that throw Error{data, "result.schema"} naming the path when the item is absent or of another type.
const std::vector<double>& numbers(const Tree& tree, std::string_view array);
double scalar(const Tree& tree, std::string_view array);  // an array without axes
const std::vector<std::int64_t>& integers(const Tree& tree, std::string_view array);
const std::vector<std::string>& texts(const Tree& tree, std::string_view array);
const std::vector<std::string>& labels(const Tree& tree, std::string_view axis);
std::string text_attribute(const Tree& tree, std::string_view key, const std::string& fallback = {});
double number_attribute(const Tree& tree, std::string_view key);

}  // namespace headwater
