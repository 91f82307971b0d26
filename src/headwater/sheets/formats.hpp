// The two workbook formats. Each takes an archive that holds its parts.
#pragma once

#include <vector>

#include "headwater/sheets/workbook.hpp"
#include "headwater/sheets/zip_archive.hpp"

namespace headwater {

Workbook read_xlsx(ZipArchive& archive);  // Office Open XML
Workbook read_ods(ZipArchive& archive);   // OpenDocument

// How a cell of xlsx shows its number, by the position of its style.
struct NumberFormats {
  std::vector<Cell::Kind> kind;  // number or date
  std::vector<bool> percent;
};
NumberFormats read_number_formats(ZipArchive& archive, const std::string& member);

}  // namespace headwater
