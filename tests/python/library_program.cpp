// The library for Python tests, without the command:
//   library_program example PATH            writes a small result file
//   library_program columns FILE UNIT TIME  prints a panel as JSON
#include <cmath>
#include <iostream>
#include <string>

#include "headwater/core/error.hpp"
#include "headwater/core/json.hpp"
#include "headwater/hdf5/tree_file.hpp"
#include "headwater/panel/panel.hpp"
#include "unit/hdf5/example_result.hpp"

namespace {

using namespace headwater;

void print_cell(JsonWriter& json, const Column& column, Index row) {
  if (column.is_missing(row))
    json.value("<" + std::string(name(column.missing[static_cast<std::size_t>(row)])) + ">");
  else if (column.type == Column::Type::number)
    json.value(column.numbers(row));
  else
    json.value(column.levels[static_cast<std::size_t>(column.codes[static_cast<std::size_t>(row)])]);
}

void print_columns(const Panel& panel) {
  JsonWriter json;
  json.begin_object();
  for (const Column& column : panel.columns()) {
    json.key(column.name);
    json.begin_array();
    for (Index i = 0; i < panel.rows(); ++i) print_cell(json, column, i);
    json.end_array();
  }
  json.end_object();
  std::cout << json.text() << '\n';
}

}  // namespace

int main(int count, char** arguments) {
  const std::string mode = count > 1 ? arguments[1] : "";
  try {
    if (mode == "example" && count == 3) {
      write_tree(example_result(), arguments[2], {"headwater.result", 1, "result file", "write it again"});
      return 0;
    }
    if (mode == "columns" && count == 5) {
      print_columns(read_panel(arguments[2], {.unit = arguments[3], .time = arguments[4]}));
      return 0;
    }
  } catch (const Error& error) {
    std::cerr << error.code() << ": " << error.message() << '\n';
    return exit_code(error.kind());
  }
  std::cerr << "library_program: use `example PATH` or `columns FILE UNIT TIME`\n";
  return 2;
}
