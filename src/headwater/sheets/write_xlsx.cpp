// A workbook as Office Open XML with the least parts that spreadsheets ask for. The same cells are the same bytes: no
// part has a date.
#include <minizip/zip.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "headwater/core/text.hpp"
#include "headwater/sheets/workbook.hpp"

namespace headwater {

// What minizip writes, in memory.
struct WrittenBytes {
  std::string bytes;
  std::uint64_t at = 0;
};

namespace {

constexpr const char* kMain = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
constexpr const char* kRelations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
constexpr const char* kPackage = "http://schemas.openxmlformats.org/package/2006/";
constexpr const char* kOpening = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
constexpr int kPlainStyle = 0, kPercentStyle = 1;

WrittenBytes& written(void* stream) { return *static_cast<WrittenBytes*>(stream); }

void* open_written(void* opaque, const void*, int) { return opaque; }
uLong read_written(void*, void* stream, void* to, uLong size) {
  WrittenBytes& from = written(stream);
  const std::uint64_t count =
      std::min<std::uint64_t>(size, from.bytes.size() - std::min(from.at, std::uint64_t{from.bytes.size()}));
  if (count > 0) std::memcpy(to, from.bytes.data() + from.at, count);
  from.at += count;
  return static_cast<uLong>(count);
}
uLong write_written(void*, void* stream, const void* from, uLong size) {
  WrittenBytes& to = written(stream);
  if (to.bytes.size() < to.at + size) to.bytes.resize(to.at + size);
  std::memcpy(to.bytes.data() + to.at, from, size);
  to.at += size;
  return size;
}
ZPOS64_T tell_written(void*, void* stream) { return written(stream).at; }
long seek_written(void*, void* stream, ZPOS64_T offset, int origin) {
  WrittenBytes& bytes = written(stream);
  const std::uint64_t base = origin == ZLIB_FILEFUNC_SEEK_SET   ? 0
                             : origin == ZLIB_FILEFUNC_SEEK_CUR ? bytes.at
                                                                : bytes.bytes.size();
  bytes.at = base + offset;
  return 0;
}
int close_written(void*, void*) { return 0; }
int no_fault(void*, void*) { return 0; }

void put_part(zipFile zip, const std::string& name, const std::string& content) {
  const zip_fileinfo no_date{};
  const bool whole =
      zipOpenNewFileInZip64(zip, name.c_str(), &no_date, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED, 6, 0) == ZIP_OK &&
      zipWriteInFileInZip(zip, content.data(), static_cast<unsigned>(content.size())) == ZIP_OK &&
      zipCloseFileInZip(zip) == ZIP_OK;
  if (!whole) throw std::bad_alloc();  // nothing else can fail in memory
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string cell_xml(const Cell& cell, const std::string& place) {
  if (cell.kind == Cell::Kind::number)
    return "<c r=\"" + place + "\" s=\"" + std::to_string(cell.percent ? kPercentStyle : kPlainStyle) + "\"><v>" +
           cell.text + "</v></c>";
  return "<c r=\"" + place + "\" t=\"inlineStr\"><is><t xml:space=\"preserve\">" + escaped(cell.text) + "</t></is></c>";
}

std::string sheet_xml(const Sheet& sheet) {
  std::string xml = std::string(kOpening) + "<worksheet xmlns=\"" + kMain + "\"><sheetData>";
  for (const SheetRow& row : sheet.rows) {
    xml += "<row r=\"" + std::to_string(row.number) + "\">";
    for (std::size_t j = 0; j < row.cells.size(); ++j)
      if (row.cells[j].kind != Cell::Kind::empty)
        xml += cell_xml(row.cells[j], column_letters(static_cast<std::int64_t>(j) + 1) + std::to_string(row.number));
    xml += "</row>";
  }
  xml += "</sheetData>";
  if (!sheet.merged.empty()) xml += "<mergeCells>";
  for (const Merged& area : sheet.merged)
    xml += "<mergeCell ref=\"" + column_letters(area.first_column) + std::to_string(area.first_row) + ":" +
           column_letters(area.last_column) + std::to_string(area.last_row) + "\"/>";
  if (!sheet.merged.empty()) xml += "</mergeCells>";
  return xml + "</worksheet>";
}

std::string relation_xml(const std::string& id, const std::string& type, const std::string& target) {
  return "<Relationship Id=\"" + id + "\" Type=\"" + kRelations + "/" + type + "\" Target=\"" + target + "\"/>";
}

std::string override_xml(const std::string& part, const std::string& type) {
  return "<Override PartName=\"/xl/" + part +
         "\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml." + type + "+xml\"/>";
}

struct BookParts {
  std::string sheets, relations, types;
};

BookParts book_parts(const Workbook& workbook) {
  BookParts parts;
  for (std::size_t s = 0; s < workbook.sheets.size(); ++s) {
    const std::string number = std::to_string(s + 1), part = "worksheets/sheet" + number + ".xml";
    parts.sheets += "<sheet name=\"" + escaped(workbook.sheets[s].name) + "\" sheetId=\"" + number + "\" r:id=\"s" +
                    number + "\"/>";
    parts.relations += relation_xml("s" + number, "worksheet", part);
    parts.types += override_xml(part, "worksheet");
  }
  return parts;
}

void put_parts(zipFile zip, const Workbook& workbook) {
  const BookParts parts = book_parts(workbook);
  const std::string relations = std::string("<Relationships xmlns=\"") + kPackage + "relationships\">";
  put_part(zip, "[Content_Types].xml",
           std::string(kOpening) + "<Types xmlns=\"" + kPackage +
               "content-types\"><Default Extension=\"rels\" ContentType=\"" +
               "application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" "
               "ContentType=\"application/xml\"/>" +
               override_xml("workbook.xml", "sheet.main") + override_xml("styles.xml", "styles") + parts.types +
               "</Types>");
  put_part(zip, "_rels/.rels",
           kOpening + relations + relation_xml("r", "officeDocument", "xl/workbook.xml") + "</Relationships>");
  put_part(zip, "xl/workbook.xml",
           std::string(kOpening) + "<workbook xmlns=\"" + kMain + "\" xmlns:r=\"" + kRelations + "\"><sheets>" +
               parts.sheets + "</sheets></workbook>");
  put_part(zip, "xl/_rels/workbook.xml.rels",
           kOpening + relations + parts.relations + relation_xml("t", "styles", "styles.xml") + "</Relationships>");
  put_part(
      zip, "xl/styles.xml",
      std::string(kOpening) + "<styleSheet xmlns=\"" + kMain +
          "\"><fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts><fills count=\"2\"><fill>"
          "<patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>"
          "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs "
          "count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs><cellXfs "
          "count=\"2\">"
          "<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/><xf numFmtId=\"10\" fontId=\"0\" "
          "fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>");
  for (std::size_t s = 0; s < workbook.sheets.size(); ++s)
    put_part(zip, "xl/worksheets/sheet" + std::to_string(s + 1) + ".xml", sheet_xml(workbook.sheets[s]));
}

}  // namespace

std::string xlsx_bytes(const Workbook& workbook) {
  WrittenBytes out;
  zlib_filefunc64_def functions{open_written, read_written,  write_written, tell_written,
                                seek_written, close_written, no_fault,      &out};
  const zipFile zip = zipOpen2_64("workbook", APPEND_STATUS_CREATE, nullptr, &functions);
  if (!zip) throw std::bad_alloc();
  put_parts(zip, workbook);
  zipClose(zip, nullptr);
  return std::move(out.bytes);
}

}  // namespace headwater
