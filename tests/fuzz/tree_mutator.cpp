#include "tree_mutator.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace headwater::fuzz {
namespace {

struct Place {
  Tree* node;
  std::vector<Tree*> around;  // from the root to the node
};

void collect(Tree& node, std::vector<Tree*> around, std::vector<Place>& places) {
  around.push_back(&node);
  places.push_back({&node, around});
  for (Tree& child : node.children) collect(child, around, places);
}

const std::vector<double>& odd_numbers() {
  static const std::vector<double> numbers = {std::nan(""),
                                              std::numeric_limits<double>::infinity(),
                                              -std::numeric_limits<double>::infinity(),
                                              0,
                                              -0.0,
                                              -1,
                                              1,
                                              2,
                                              1e308,
                                              -1e308,
                                              5e-324,
                                              9007199254740993.0,
                                              0.5,
                                              1e-9};
  return numbers;
}

const std::vector<std::int64_t>& odd_integers() {
  static const std::vector<std::int64_t> numbers = {0,
                                                    1,
                                                    -1,
                                                    2,
                                                    7,
                                                    65535,
                                                    65536,
                                                    std::numeric_limits<std::int32_t>::max(),
                                                    std::numeric_limits<std::int64_t>::max(),
                                                    std::numeric_limits<std::int64_t>::min()};
  return numbers;
}

const std::vector<std::string>& odd_texts() {
  static const std::vector<std::string> texts = {"",
                                                 " ",
                                                 "a",
                                                 "total",
                                                 "model",
                                                 "failed",
                                                 "ratio",
                                                 "activity",
                                                 "draws",
                                                 "set",
                                                 "influence",
                                                 "cluster(unit)",
                                                 "driscoll_kraay(lag = 9)",
                                                 "cluster(",
                                                 "component, component",
                                                 "unit, rank, , x",
                                                 "change",
                                                 "gelbach",
                                                 std::string("\x1b[31m\x07\r\n\t", 8),
                                                 "\xff\xfe\xc3",
                                                 "\xe2\x80\xae",
                                                 "</script><script>",
                                                 "=cmd|' /C calc'!A0",
                                                 "x::y:z^w",
                                                 "1:2",
                                                 "effects: ",
                                                 "2019Q1",
                                                 std::string(5000, 'w'),
                                                 std::string(300, ' '),
                                                 "inf",
                                                 "-",
                                                 "."};
  return texts;
}

template <class T>
const std::vector<T>& odd();
template <>
const std::vector<double>& odd<double>() {
  return odd_numbers();
}
template <>
const std::vector<std::int64_t>& odd<std::int64_t>() {
  return odd_integers();
}
template <>
const std::vector<std::string>& odd<std::string>() {
  return odd_texts();
}

template <class Values>
void change_value(Values& values, Bytes& bytes) {
  std::visit(
      [&](auto& items) {
        using Item = typename std::decay_t<decltype(items)>::value_type;
        if (items.empty()) return;
        const bool all = bytes.below(4) == 0;
        const Item& value = bytes.among(odd<Item>());
        if (all) std::fill(items.begin(), items.end(), value);
        items[bytes.below(items.size())] = value;
      },
      values);
}

template <class Values>
void change_length(Values& values, std::size_t length) {
  std::visit([&](auto& items) { items.resize(length); }, values);
}

template <class Values>
std::size_t length_of(const Values& values) {
  return std::visit([](const auto& items) { return items.size(); }, values);
}

template <class Values>
void change_kind(Values& values, Bytes& bytes) {
  const std::size_t count = length_of(values);
  switch (bytes.below(3)) {
    case 0: values = std::vector<double>(count, 1); break;
    case 1: values = std::vector<std::int64_t>(count, 1); break;
    default: values = std::vector<std::string>(count, "1"); break;
  }
}

std::size_t product(const std::vector<std::int64_t>& shape) {
  std::size_t count = 1;
  for (const std::int64_t extent : shape) count *= static_cast<std::size_t>(std::max<std::int64_t>(extent, 0));
  return std::min<std::size_t>(count, 1 << 16);
}

// The array on another axis that it can see; usually with as many values as that axis has labels.
void move_to_axis(LabelledArray& array, const Place& place, Bytes& bytes) {
  std::vector<const Axis*> axes;
  for (const Tree* node : place.around)
    for (const Axis& axis : node->axes) axes.push_back(&axis);
  if (axes.empty()) return;
  const Axis& axis = *bytes.among(axes);
  if (array.dims.empty() || bytes.below(8) == 0) {
    array.dims.push_back(axis.name);
    array.shape.push_back(axis.size());
  } else {
    const std::size_t d = bytes.below(array.dims.size());
    array.dims[d] = axis.name;
    array.shape[d] = axis.size();
  }
  if (bytes.below(4) != 0) change_length(array.values, product(array.shape));
}

// An axis longer or shorter, with every array and twin axis that goes along it.
void change_axis_length(Tree& node, const std::string& name, std::size_t length) {
  for (Axis& axis : node.axes)
    if (axis.name == name || axis.name == name + "_2") change_length(axis.labels, length);
  for (LabelledArray& array : node.arrays) {
    for (std::size_t d = 0; d < array.dims.size(); ++d)
      if (array.dims[d] == name || array.dims[d] == name + "_2") array.shape[d] = static_cast<std::int64_t>(length);
    change_length(array.values, product(array.shape));
  }
  for (Tree& child : node.children)
    if (!child.find_axis(name)) change_axis_length(child, name, length);
}

void change_array(const Place& place, Bytes& bytes) {
  if (place.node->arrays.empty()) return;
  const std::size_t at = bytes.below(place.node->arrays.size());
  LabelledArray& array = place.node->arrays[at];
  switch (bytes.below(10)) {
    case 0: move_to_axis(array, place, bytes); break;
    case 1: change_length(array.values, bytes.below(9)); break;
    case 2: change_kind(array.values, bytes); break;
    case 3: array.name = bytes.below(2) == 0 ? bytes.among(odd_texts()) : bytes.among(place.node->arrays).name; break;
    case 4: place.node->arrays.erase(place.node->arrays.begin() + static_cast<std::ptrdiff_t>(at)); break;
    case 5: std::reverse(array.dims.begin(), array.dims.end()); break;
    default: change_value(array.values, bytes); break;
  }
}

void change_axis(const Place& place, Bytes& bytes) {
  if (place.node->axes.empty()) return;
  const std::size_t at = bytes.below(place.node->axes.size());
  Axis& axis = place.node->axes[at];
  switch (bytes.below(8)) {
    case 0: change_length(axis.labels, bytes.below(9)); break;
    case 1: change_kind(axis.labels, bytes); break;
    case 2: axis.name = bytes.among(odd_texts()); break;
    case 3: place.node->axes.erase(place.node->axes.begin() + static_cast<std::ptrdiff_t>(at)); break;
    case 4: change_value(axis.labels, bytes); break;
    default: change_axis_length(*place.node, std::string(axis.name), bytes.below(5)); break;
  }
}

void change_attribute(Tree& node, Bytes& bytes) {
  if (node.attributes.empty()) return;
  auto chosen = node.attributes.begin();
  std::advance(chosen, static_cast<std::ptrdiff_t>(bytes.below(node.attributes.size())));
  switch (bytes.below(8)) {
    case 0: node.attributes.erase(chosen); break;
    case 1: chosen->second = bytes.among(odd_numbers()); break;
    case 2: chosen->second = bytes.among(odd_integers()); break;
    case 3: chosen->second = bytes.among(odd_texts()); break;
    default:
      if (std::holds_alternative<double>(chosen->second))
        chosen->second = bytes.among(odd_numbers());
      else if (std::holds_alternative<std::int64_t>(chosen->second))
        chosen->second = bytes.among(odd_integers());
      else
        chosen->second = bytes.among(odd_texts());
  }
}

void change_children(Tree& root, const Place& place, const std::vector<Place>& places, Bytes& bytes) {
  Tree& node = *place.node;
  const Tree other = *bytes.among(places).node;
  if (&node != &root && bytes.below(3) == 0) {
    node.name = bytes.among(odd_texts());
  } else if (!node.children.empty() && bytes.below(2) == 0) {
    node.children.erase(node.children.begin() + static_cast<std::ptrdiff_t>(bytes.below(node.children.size())));
  } else if (other.children.size() < 4) {
    node.children.push_back(other);
  }
}

}  // namespace

void mutate(Tree& root, Bytes& bytes) {
  const std::size_t times = 1 + bytes.below(3);
  for (std::size_t i = 0; i < times; ++i) {
    std::vector<Place> places;
    collect(root, {}, places);
    const Place& place = bytes.among(places);
    switch (bytes.below(10)) {
      case 0: change_children(root, place, places, bytes); break;
      case 1:
      case 2: change_attribute(*place.node, bytes); break;
      case 3:
      case 4:
      case 5: change_axis(place, bytes); break;
      default: change_array(place, bytes); break;
    }
  }
}

}  // namespace headwater::fuzz
