// OpenDocument: rows and cells are given by count, an empty one for a million more, and a cell holds its value beside
// the text that is shown.
#include <algorithm>
#include <string>
#include <vector>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/sheets/formats.hpp"
#include "headwater/sheets/sheet_builder.hpp"
#include "headwater/sheets/xml_reader.hpp"

namespace headwater {
namespace {

std::int64_t count_of(std::string_view text) {
  const auto value = parse_number(text);
  return value && *value >= 1 ? static_cast<std::int64_t>(std::min(*value, 1e9)) : 1;
}

class ContentListener : public XmlListener {
 public:
  explicit ContentListener(SheetBuilder& builder) : builder_(builder) {}

  void begin(std::string_view name, const XmlAttributes& attributes) override {
    if (name.ends_with("table:1.0|table")) begin_sheet(attributes);
    if (name.ends_with("table:1.0|table-row")) begin_row(attributes);
    if (name.ends_with("table:1.0|table-cell") || name.ends_with("table:1.0|covered-table-cell"))
      begin_cell(attributes);
    if (name.ends_with("office:1.0|annotation")) ++aside_;
    if (name.ends_with("text:1.0|p") && in_cell_ && aside_ == 0) {
      if (paragraphs_++ > 0) text_ += "\n";
      ++inside_;
    }
    if (inside_ > 0 && aside_ == 0 && name.ends_with("text:1.0|s"))
      text_.append(static_cast<std::size_t>(std::min<std::int64_t>(count_of(attributes.ending("text:1.0|c")), 1000)),
                   ' ');
  }
  void end(std::string_view name) override {
    if (name.ends_with("office:1.0|annotation")) --aside_;
    if (name.ends_with("text:1.0|p") && in_cell_ && aside_ == 0) --inside_;
    if (name.ends_with("table:1.0|table-cell") || name.ends_with("table:1.0|covered-table-cell")) end_cell();
    if (name.ends_with("table:1.0|table-row")) end_row();
  }
  void text(std::string_view piece) override {
    if (inside_ > 0 && aside_ == 0) text_ += piece;
  }

 private:
  struct Placed {
    std::int64_t column = 0;
    Cell cell;
  };

  void begin_sheet(const XmlAttributes& attributes) {
    builder_.sheet(std::string(attributes.ending("table:1.0|name")));
    row_ = 1;
  }
  void begin_row(const XmlAttributes& attributes) {
    row_repeat_ = count_of(attributes.ending("table:1.0|number-rows-repeated"));
    column_ = 1;
    row_cells_.clear();
  }
  void begin_cell(const XmlAttributes& attributes) {
    in_cell_ = true;
    repeat_ = count_of(attributes.ending("table:1.0|number-columns-repeated"));
    type_ = attributes.ending("office:1.0|value-type");
    value_ = attributes.ending(type_ == "date"     ? "office:1.0|date-value"
                               : type_ == "string" ? "office:1.0|string-value"
                                                   : "office:1.0|value");
    text_.clear();
    paragraphs_ = inside_ = 0;
    const std::int64_t columns = count_of(attributes.ending("table:1.0|number-columns-spanned"));
    const std::int64_t rows = count_of(attributes.ending("table:1.0|number-rows-spanned"));
    if (columns > 1 || rows > 1) builder_.merge({row_, row_ + rows - 1, column_, column_ + columns - 1});
  }
  void end_cell() {
    in_cell_ = false;
    const Cell cell = made();
    if (cell.kind != Cell::Kind::empty)
      for (std::int64_t i = 0; i < std::min(repeat_, kMostColumn); ++i) row_cells_.push_back({column_ + i, cell});
    column_ += repeat_;
  }
  void end_row() {
    if (!row_cells_.empty())
      for (std::int64_t i = 0; i < std::min(row_repeat_, kMostRow); ++i)
        for (const Placed& placed : row_cells_) builder_.cell(row_ + i, placed.column, placed.cell);
    row_ += row_repeat_;
  }
  Cell made() const {
    if (type_ == "float" || type_ == "percentage" || type_ == "currency") {
      const auto value = parse_number(value_);
      if (!value) return {Cell::Kind::error, false, value_.empty() ? text_ : value_};
      return {Cell::Kind::number, type_ == "percentage", shortest(*value)};
    }
    if (type_ == "date") return {Cell::Kind::date, false, value_};
    const std::string& shown = text_.empty() ? value_ : text_;
    if (shown.empty()) return {};
    const bool error = shown[0] == '#' && type_ != "string";
    return {error ? Cell::Kind::error : Cell::Kind::text, false, shown};
  }

  SheetBuilder& builder_;
  std::int64_t row_ = 1, column_ = 1, row_repeat_ = 1, repeat_ = 1;
  std::string type_, value_, text_;
  std::vector<Placed> row_cells_;
  int paragraphs_ = 0, inside_ = 0, aside_ = 0;
  bool in_cell_ = false;
};

}  // namespace

Workbook read_ods(ZipArchive& archive) {
  SheetBuilder builder(archive.file());
  ContentListener listener(builder);
  read_xml(archive, "content.xml", listener);
  return builder.finished();
}

}  // namespace headwater
