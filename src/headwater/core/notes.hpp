// Warnings are data: one list feeds the terminal, the result file and the report.
#pragma once

#include <string>
#include <vector>

namespace headwater {

struct Note {
  std::string code;     // stable, lower case with dots, e.g. "formula.log_of_sum"
  std::string message;  // one or two whole sentences that name the columns or rows
};

using Notes = std::vector<Note>;

// Appends `more` to `notes`, leaving out notes that are already there word for word.
void merge(Notes& notes, const Notes& more);

}  // namespace headwater
