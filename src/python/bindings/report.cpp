// Text, tables, report, JSON and HDF5 of a result.
#include <nanobind/stl/map.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>

#include "bindings.hpp"
#include "headwater/core/hash.hpp"
#include "headwater/hdf5/whole_file.hpp"
#include "headwater/report/book_options.hpp"
#include "headwater/report/html.hpp"
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

using Options = std::map<std::string, std::string>;

GridBook book_of(const Node& node, const Options& options, bool side_by_side) {
  BookOptions wanted = book_options(options);
  wanted.side_by_side = side_by_side;
  check_names_used(*node.tree, wanted.names);
  return grid_book(*node.tree, wanted);
}

// A table of titles, notes and texts of cells, as a dictionary.
nb::dict grid_as_dict(const Grid& grid) {
  nb::list columns, rows;
  for (const GridColumn& column : grid.columns) columns.append(column.heading);
  for (const GridRow& row : grid.rows) {
    nb::list cells;
    for (std::size_t c = 0; c < grid.columns.size(); ++c) cells.append(cell_at(row, c).text);
    rows.append(cells);
  }
  nb::dict result;
  result["title"] = grid.title;
  result["columns"] = columns;
  result["rows"] = rows;
  result["notes"] = nb::cast(grid.notes);
  return result;
}

nb::list grids(const Node& node, const Options& options, bool side_by_side) {
  nb::list result;
  for (const Grid& grid : book_of(node, options, side_by_side).grids) result.append(grid_as_dict(grid));
  return result;
}

Node together_of(const std::vector<std::pair<std::string, const Node*>>& parts) {
  std::vector<LabelledResult> results;
  for (const auto& [label, node] : parts) results.push_back({label, *node->tree});
  return {std::make_shared<const Tree>(together(std::move(results)))};
}

void write_report_of(const Node& node, const std::string& path, const std::string& audience, const std::string& form,
                     const Captions& captions) {
  write_report(*node.tree, path, parse_audience(audience), captions, parse_form(form));
}

}  // namespace

void bind_report(nb::module_& module) {
  module.def("with_one_fit", &with_one_fit, nb::arg("result"), nb::arg("fit"));
  module.def("text", &text_of, nb::arg("result"), nb::arg("stars"));
  module.def("json", &json_of, nb::arg("result"));
  module.def("together", &together_of, nb::arg("results"), "Fits of several labelled results as those of one.");
  module.def("grids", &grids, nb::arg("result"), nb::arg("options"), nb::arg("side_by_side"));
  module.def(
      "tables",
      [](const Node& node, const std::string& format, const Options& options, bool side_by_side) {
        const std::string bytes = tables_as(book_of(node, options, side_by_side), format);
        return nb::bytes(bytes.data(), bytes.size());
      },
      nb::arg("result"), nb::arg("format"), nb::arg("options"), nb::arg("side_by_side"));
  module.def(
      "html_of_tables",
      [](const Node& node, const Options& options, bool side_by_side) {
        return html_of_tables(book_of(node, options, side_by_side));
      },
      nb::arg("result"), nb::arg("options"), nb::arg("side_by_side"));
  module.def("report", &write_report_of, nb::arg("result"), nb::arg("path"), nb::arg("audience"), nb::arg("form"),
             nb::arg("captions"), nb::call_guard<nb::gil_scoped_release>());
  module.def(
      "write_file",
      [](const std::string& path, const nb::bytes& bytes) {
        write_whole_file(path, std::string_view(bytes.c_str(), bytes.size()));
      },
      nb::arg("path"), nb::arg("bytes"), "Complete or absent.");
  module.def(
      "write", [](const Node& node, const std::string& path) { write_result(*node.tree, path); }, nb::arg("result"),
      nb::arg("path"), nb::call_guard<nb::gil_scoped_release>());
  module.def(
      "read", [](const std::string& path) { return Node{std::make_shared<const Tree>(read_result(path))}; },
      nb::arg("path"), nb::call_guard<nb::gil_scoped_release>());
  module.def("sha256_of_file", &sha256_of_file, nb::arg("path"), nb::call_guard<nb::gil_scoped_release>());
}

}  // namespace headwater::python
