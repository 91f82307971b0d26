// Writes a workbook with libxlsxwriter. No exception and no C++ type crosses the boundary.
#include "headwater/report/xlsx_module.hpp"

#include <xlsxwriter.h>

#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <vector>

#include "modules/xlsx/workbook_parts.hpp"

namespace {

// One date for every workbook, so that the same result gives the same bytes.
constexpr time_t kCreated = 315532800;  // 1980-01-01, as the files inside are dated

class Writer {
 public:
  Writer(const char* path, const headwater_workbook& workbook)
      : workbook_(workbook),
        book_(workbook_new(path)),
        heading_(workbook_add_format(book_)),
        words_(workbook_add_format(book_)) {
    format_set_text_wrap(words_);
    format_set_align(words_, LXW_ALIGN_VERTICAL_TOP);
    format_set_bold(heading_);
    format_set_font_size(heading_, 14);
    lxw_doc_properties properties{};
    std::string title = workbook.title;
    properties.title = title.data();
    properties.created = kCreated;
    workbook_set_properties(book_, &properties);
  }

  void sheets() {
    for (int i = 0; i < workbook_.sheets; ++i) sheet(workbook_.sheet[i]);
  }

  lxw_error close() { return first_ == LXW_NO_ERROR ? workbook_close(book_) : (workbook_close(book_), first_); }

 private:
  void keep(lxw_error error) {
    if (first_ == LXW_NO_ERROR) first_ = error;
  }

  lxw_format* number_format(const char* format) {
    lxw_format*& known = formats_[format];
    if (!known) {
      known = workbook_add_format(book_);
      format_set_num_format(known, format);
      format_set_align(known, LXW_ALIGN_RIGHT);
      format_set_align(known, LXW_ALIGN_VERTICAL_TOP);
    }
    return known;
  }

  void cell(lxw_worksheet* to, lxw_row_t row, lxw_col_t column, const headwater_workbook_cell& value) {
    if (value.format)
      keep(worksheet_write_number(to, row, column, value.number, number_format(value.format)));
    else if (value.link)
      keep(worksheet_write_url_opt(to, row, column, value.link, nullptr, value.text, nullptr));
    else
      keep(worksheet_write_string(to, row, column, value.text, words_));
  }

  void table(lxw_worksheet* to, lxw_row_t top, const headwater_workbook_sheet& from) {
    const auto columns = static_cast<std::size_t>(from.columns);
    std::vector<std::string> headings(from.heading, from.heading + columns);
    std::vector<lxw_table_column> parts(columns);
    std::vector<lxw_table_column*> pointers;
    for (std::size_t c = 0; c < columns; ++c) {
      parts[c].header = headings[c].data();
      pointers.push_back(&parts[c]);
    }
    pointers.push_back(nullptr);
    std::string name = from.table;
    lxw_table_options options{};
    options.name = name.data();
    options.no_autofilter = LXW_TRUE;
    options.no_banded_rows = LXW_TRUE;
    options.style_type = LXW_TABLE_STYLE_TYPE_LIGHT;
    options.style_type_number = 1;
    options.columns = pointers.data();
    keep(worksheet_add_table(to, top, 0, top + static_cast<lxw_row_t>(from.rows),
                             static_cast<lxw_col_t>(from.columns - 1), &options));
  }

  void sheet(const headwater_workbook_sheet& from) {
    lxw_worksheet* to = workbook_add_worksheet(book_, from.name);
    if (!to) return keep(LXW_ERROR_PARAMETER_VALIDATION);
    for (int c = 0; c < from.columns; ++c) {
      const auto column = static_cast<lxw_col_t>(c);
      keep(worksheet_set_column(to, column, column, from.width[c], nullptr));
    }
    for (int i = 0; i < from.lines; ++i)
      keep(worksheet_write_string(to, static_cast<lxw_row_t>(i), 0, from.line[i], i == 0 ? heading_ : nullptr));
    const auto top = static_cast<lxw_row_t>(from.lines);
    table(to, top, from);
    for (int r = 0; r < from.rows; ++r)
      for (int c = 0; c < from.columns; ++c)
        cell(to, top + 1 + static_cast<lxw_row_t>(r), static_cast<lxw_col_t>(c), from.cell[r * from.columns + c]);
  }

  const headwater_workbook& workbook_;
  lxw_workbook* book_;
  lxw_format *heading_, *words_;
  std::map<std::string, lxw_format*> formats_;
  lxw_error first_ = LXW_NO_ERROR;
};

}  // namespace

extern "C" __attribute__((visibility("default"))) int headwater_write_workbook(const char* path,
                                                                               const headwater_workbook* workbook,
                                                                               char* message, int message_size) {
  const auto say = [&](const char* text) {
    std::snprintf(message, static_cast<std::size_t>(message_size), "%s", text);
    return 1;
  };
  try {
    headwater::WorkbookParts parts;
    Writer writer(path, *workbook);
    writer.sheets();
    const lxw_error error = writer.close();
    if (error != LXW_NO_ERROR) return say(lxw_strerror(error));
    return parts.whole() ? 0 : say("there is not enough memory for its parts");
  } catch (const std::exception& error) {
    return say(error.what());
  }
}
