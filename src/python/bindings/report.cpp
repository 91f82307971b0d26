// Text, JSON and HDF5 of a result.
#include <nanobind/stl/string.h>

#include <algorithm>

#include "bindings.hpp"
#include "headwater/core/hash.hpp"
#include "headwater/report/json.hpp"
#include "headwater/report/tables.hpp"
#include "headwater/result/result_file.hpp"

namespace nb = nanobind;

namespace headwater::python {
namespace {

// The result with one of its fits alone, and what belongs to it.
Node with_one_fit(const Node& node, const std::string& fit) {
  Tree result = *node.tree;
  for (const char* group : {"fits", "decompositions"})
    for (Tree& child : result.children)
      if (child.name == group) std::erase_if(child.children, [&](const Tree& each) { return each.name != fit; });
  std::erase_if(result.children, [](const Tree& child) {
    return child.name == "comparison" || (child.name == "decompositions" && child.children.empty());
  });
  return {std::make_shared<const Tree>(std::move(result))};
}

std::string json_of(const Node& node) {
  return node.tree->find_child("decompositions") ? decompositions_json(*node.tree) : fits_json(*node.tree);
}

std::string text_of(const Node& node, bool stars) { return text_report(*node.tree, {.stars = stars}); }

}  // namespace

void bind_report(nb::module_& module) {
  module.def("with_one_fit", &with_one_fit, nb::arg("result"), nb::arg("fit"));
  module.def("text", &text_of, nb::arg("result"), nb::arg("stars"));
  module.def("json", &json_of, nb::arg("result"));
  module.def(
      "write", [](const Node& node, const std::string& path) { write_result(*node.tree, path); }, nb::arg("result"),
      nb::arg("path"), nb::call_guard<nb::gil_scoped_release>());
  module.def(
      "read", [](const std::string& path) { return Node{std::make_shared<const Tree>(read_result(path))}; },
      nb::arg("path"), nb::call_guard<nb::gil_scoped_release>());
  module.def("sha256_of_file", &sha256_of_file, nb::arg("path"), nb::call_guard<nb::gil_scoped_release>());
}

}  // namespace headwater::python
