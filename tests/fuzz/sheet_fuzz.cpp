// Workbooks of any bytes, and the parts of a workbook of any bytes behind a sound archive: only an Error may come of
// it.
#include <cstdlib>

#include "bytes.hpp"
#include "headwater/core/error.hpp"
#include "headwater/sheets/workbook.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headwater;
  fuzz::Bytes bytes(data, size);
  try {
    const Workbook workbook = parse_workbook("fuzz.xlsx", bytes.rest());
    const Workbook again = parse_workbook("again.xlsx", xlsx_bytes(workbook));
    if (again.sheets.size() != workbook.sheets.size()) std::abort();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::internal) std::abort();
  }
  return 0;
}
