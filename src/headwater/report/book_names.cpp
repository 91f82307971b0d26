// Tables in the author's words: terms, components, outcomes and keys by the names of [report] names.
#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/method.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"
#include "headwater/report/grid_book.hpp"

namespace headwater {
namespace {

bool changed_by(const Words& words, const std::string& text) { return words.with_names(text) != text; }

bool any_changed_by(const Words& words, const std::vector<std::string>& texts) {
  return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) { return changed_by(words, text); });
}

// Whether one of the words stands for something in this node or below it.
bool used_in(const Tree& node, const Words& words) {
  for (const auto& [key, value] : node.attributes)
    if (const auto* text = std::get_if<std::string>(&value); text && changed_by(words, *text)) return true;
  for (const Axis& axis : node.axes)
    if (const auto* all = std::get_if<std::vector<std::string>>(&axis.labels); all && any_changed_by(words, *all))
      return true;
  for (const LabelledArray& array : node.arrays)
    if (const auto* all = std::get_if<std::vector<std::string>>(&array.values); all && any_changed_by(words, *all))
      return true;
  return std::any_of(node.children.begin(), node.children.end(),
                     [&](const Tree& child) { return used_in(child, words); });
}

// What could be meant: terms, outcomes, drivers, parts and keys.
void add_named_things(const Tree& node, std::vector<std::string>& names) {
  for (const char* key : {"outcome", "unit", "time"})
    if (std::string name = text_attribute(node, key); !name.empty()) names.push_back(std::move(name));
  for (const char* axis : {"term", "driver", "component"})
    if (node.find_axis(axis)) names.insert(names.end(), labels(node, axis).begin(), labels(node, axis).end());
  for (const Tree& child : node.children) add_named_things(child, names);
}

// "standard error of x" and the like name a row whose first cell is empty.
std::string row_in_words(const std::string& name, const Words& words, const std::string& period) {
  const std::size_t of = name.find(" of ");
  return of == std::string::npos ? name : name.substr(0, of + 4) + words.term(name.substr(of + 4), period);
}

void rename_grid(Grid& grid, const Words& words, const std::string& period) {
  const std::string first = grid.columns.empty() ? "" : grid.columns.front().heading;
  const bool terms = first == "term" || first == "component" || first == "item";
  for (GridColumn& column : grid.columns) column.heading = words.with_names(column.heading);
  for (GridRow& row : grid.rows) {
    GridCell& cell = row.cells.front();
    cell.text = terms ? words.term(cell.text, period) : words.with_names(cell.text);
    row.name = row_in_words(row.name, words, period);
  }
  for (auto* texts : {&grid.lead, &grid.notes})
    for (std::string& text : *texts) text = words.with_names(text);
  grid.title = words.with_names(grid.title);
}

}  // namespace

void check_names_used(const Tree& result, const std::string& names) {
  const Tree* fits = result.find_child("fits");
  if (!fits) return;
  const Tree* parts = result.find_child("decompositions");
  for (const auto& [name, words] : called_names(names)) {
    const Words one(name + " = \u25a1");
    if (used_in(*fits, one) || (parts && used_in(*parts, one))) continue;
    std::vector<std::string> known;
    add_named_things(result, known);
    const std::string near = nearest(name, known);
    throw Error(ErrorKind::usage, "table.unused_name",
                "--names calls '" + name + "' " + quoted_text(words) +
                    ", and no term, column or part of the result is called so" +
                    (near.empty() ? "; correct the name or take it out" : "; did you mean '" + near + "'?"),
                {.key = "names"});
  }
}

void rename(GridBook& book, const Words& words, const std::string& period) {
  for (Grid& grid : book.grids) rename_grid(grid, words, period);
}

}  // namespace headwater
