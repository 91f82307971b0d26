// Result tree -> text. Everything here reads the tree alone, fresh from a run or read back from a file.
#pragma once

#include <string>

#include "headwater/core/labelled.hpp"

namespace headwater {

struct TableOptions {
  bool stars = false;
};

// The whole result: what cannot be told first, then coefficients, tests, attribution, data and warnings.
std::string text_report(const Tree& result, const TableOptions& options);
// What `check` shows: ledger, identification, variation.
std::string check_report(const Tree& result);
// The panel alone: what its `panel` child says.
std::string panel_section(const Tree& panel);

// The parts, for reuse.
std::string coefficient_tables(const Tree& result, const TableOptions& options);
std::string decomposition_tables(const Tree& result);
enum class Suspicions { surest, all };
std::string data_section(const Tree& result, Suspicions shown);
std::string warning_section(const Tree& result);

}  // namespace headwater
