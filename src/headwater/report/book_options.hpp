// What a table is asked for, in words: the options of `headwater table` and of etable() in Python.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "headwater/report/grid_book.hpp"

namespace headwater {

struct BookOptionCard {
  std::string name;
  bool has_value;
  std::string help;
};

const std::vector<BookOptionCard>& book_option_cards();

// Options by name; one without a value is on wherever it is named. Throws Error{usage, "usage.*" | "report.names"}.
BookOptions book_options(const std::map<std::string, std::string>& given);

// The book as text, markdown, latex, html or xlsx (bytes). Throws what xlsx_tables() throws.
std::string tables_as(const GridBook& book, std::string_view format);

}  // namespace headwater
