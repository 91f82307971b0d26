// The result tree as Python sees it: attributes as a dict, arrays as read-only NumPy views into the tree.
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

#include "bindings.hpp"

namespace nb = nanobind;

namespace headwater::python {
namespace {

template <class T>
nb::object view(const std::vector<T>& values, const std::vector<std::int64_t>& shape, nb::handle owner) {
  const std::vector<std::size_t> extents(shape.begin(), shape.end());
  return nb::cast(nb::ndarray<nb::numpy, const T>(values.data(), extents.size(),
                                                  extents.empty() ? nullptr : extents.data(), owner));
}

nb::object view(const std::vector<std::string>& values, const std::vector<std::int64_t>&, nb::handle) {
  return nb::cast(values);
}

const Tree& tree_of(nb::handle self) { return *nb::cast<const Node&>(self).tree; }

nb::typed<nb::dict, nb::str, nb::object> attributes(const Node& node) {
  nb::typed<nb::dict, nb::str, nb::object> result;
  for (const auto& [key, value] : node.tree->attributes) result[key.c_str()] = nb::cast(value);
  return result;
}

template <class Items>
std::vector<std::string> names(const Items& items) {
  std::vector<std::string> result;
  for (const auto& item : items) result.push_back(item.name);
  return result;
}

template <class Item>
const Item& required(const Item* item, const std::string& name) {
  if (!item) throw nb::key_error(name.c_str());
  return *item;
}

Node child(const Node& node, const std::string& name) {
  return {std::shared_ptr<const Tree>(node.tree, &required(node.tree->find_child(name), name))};
}

nb::object axis(nb::handle self, const std::string& name) {
  const Axis& found = required(tree_of(self).find_axis(name), name);
  const nb::object labels =
      std::visit([&](const auto& values) { return view(values, {found.size()}, self); }, found.labels);
  return nb::make_tuple(labels, found.description);
}

nb::object array(nb::handle self, const std::string& name) {
  const LabelledArray& found = required(tree_of(self).find_array(name), name);
  const nb::object values =
      std::visit([&](const auto& content) { return view(content, found.shape, self); }, found.values);
  return nb::make_tuple(values, found.dims, found.shape, found.description, found.unit);
}

}  // namespace

void bind_tree(nb::module_& module) {
  nb::class_<Node>(module, "Tree", "A node of a result: labelled arrays with descriptions and units.")
      .def_prop_ro("name", [](const Node& node) { return node.tree->name; })
      .def_prop_ro("attributes", &attributes)
      .def_prop_ro("axes", [](const Node& node) { return names(node.tree->axes); })
      .def_prop_ro("arrays", [](const Node& node) { return names(node.tree->arrays); })
      .def_prop_ro("children", [](const Node& node) { return names(node.tree->children); })
      .def("child", &child, nb::arg("name"))
      .def("axis", &axis, nb::arg("name"), "(labels, description)")
      .def("array", &array, nb::arg("name"),
           "(values, dims, shape, description, unit); texts are a flat list, numbers a read-only view");
}

}  // namespace headwater::python
