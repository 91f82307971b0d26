// Office Open XML: the parts of a workbook are found by its relations, the texts of cells stand in a table of their
// own.
#include <map>
#include <string>
#include <vector>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/sheets/formats.hpp"
#include "headwater/sheets/sheet_builder.hpp"
#include "headwater/sheets/xml_reader.hpp"

namespace headwater {
namespace {

struct Relation {
  std::string type, target;  // the last word of its type, the member of the archive
};
using Relations = std::map<std::string, Relation>;

std::string last_word(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

// "xl/" and "worksheets/sheet1.xml", or "/xl/worksheets/sheet1.xml".
std::string member_of(const std::string& folder, std::string_view target) {
  return target.starts_with('/') ? std::string(target.substr(1)) : folder + std::string(target);
}

class RelationListener : public XmlListener {
 public:
  explicit RelationListener(std::string folder) : folder_(std::move(folder)) {}
  void begin(std::string_view name, const XmlAttributes& attributes) override {
    if (local_name(name) == "Relationship")
      relations[std::string(attributes.named("Id"))] = {last_word(attributes.named("Type")),
                                                        member_of(folder_, attributes.named("Target"))};
  }
  void end(std::string_view) override {}

  Relations relations;

 private:
  std::string folder_;
};

Relations relations_of(ZipArchive& archive, const std::string& member) {
  const std::size_t slash = member.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : member.substr(0, slash + 1);
  RelationListener listener(folder);
  read_xml(archive, folder + "_rels/" + last_word(member) + ".rels", listener);
  return std::move(listener.relations);
}

std::string target_of_type(const Relations& relations, std::string_view type) {
  for (const auto& [id, relation] : relations)
    if (relation.type == type) return relation.target;
  return "";
}

class WorkbookListener : public XmlListener {
 public:
  void begin(std::string_view name, const XmlAttributes& attributes) override {
    const std::string_view local = local_name(name);
    if (local == "sheet") sheets.emplace_back(attributes.named("name"), attributes.ending("|id"));
    if (local == "workbookPr") {
      const std::string_view value = attributes.named("date1904");
      from_1904 = value == "1" || value == "true";
    }
  }
  void end(std::string_view) override {}

  std::vector<std::pair<std::string, std::string>> sheets;  // name, relation
  bool from_1904 = false;
};

// The texts that cells name by number; what is only read aloud (rPh) is left out.
class StringsListener : public XmlListener {
 public:
  void begin(std::string_view name, const XmlAttributes&) override {
    const std::string_view local = local_name(name);
    if (local == "si") strings.emplace_back();
    if (local == "rPh") ++aloud_;
    inside_ = local == "t" && aloud_ == 0 && !strings.empty();
  }
  void end(std::string_view name) override {
    if (local_name(name) == "rPh") --aloud_;
    inside_ = false;
  }
  void text(std::string_view piece) override {
    if (inside_) strings.back() += piece;
  }

  std::vector<std::string> strings;

 private:
  int aloud_ = 0;
  bool inside_ = false;
};

// "B12": the column, and the row; zeros where it is none.
std::pair<std::int64_t, std::int64_t> place_of(std::string_view reference) {
  std::int64_t column = 0, row = 0;
  std::size_t i = 0;
  for (; i < reference.size() && reference[i] >= 'A' && reference[i] <= 'Z' && column < kMostColumn; ++i)
    column = column * 26 + (reference[i] - 'A' + 1);
  for (; i < reference.size() && reference[i] >= '0' && reference[i] <= '9' && row < kMostRow; ++i)
    row = row * 10 + (reference[i] - '0');
  return i == reference.size() ? std::pair(column, row) : std::pair<std::int64_t, std::int64_t>(0, 0);
}

class SheetListener : public XmlListener {
 public:
  SheetListener(SheetBuilder& builder, const std::vector<std::string>& strings, const NumberFormats& formats,
                bool from_1904, std::string file)
      : builder_(builder), strings_(strings), formats_(formats), from_1904_(from_1904), file_(std::move(file)) {}

  void begin(std::string_view name, const XmlAttributes& attributes) override {
    const std::string_view local = local_name(name);
    if (local == "row") begin_row(attributes);
    if (local == "c") begin_cell(attributes);
    if (local == "f") formula_ = true;
    if (local == "rPh") ++aloud_;
    if (local == "mergeCell") merge(attributes.named("ref"));
    inside_ = (local == "v" || local == "t") && aloud_ == 0;
  }
  void end(std::string_view name) override {
    const std::string_view local = local_name(name);
    if (local == "c") builder_.cell(row_, column_, cell());
    if (local == "rPh") --aloud_;
    inside_ = false;
  }
  void text(std::string_view piece) override {
    if (inside_) value_ += piece;
  }

 private:
  void begin_row(const XmlAttributes& attributes) {
    const auto given = parse_number(attributes.named("r"));
    row_ =
        given && *given >= 1 && *given <= static_cast<double>(kMostRow) ? static_cast<std::int64_t>(*given) : row_ + 1;
    column_ = 0;
  }
  void begin_cell(const XmlAttributes& attributes) {
    const auto [column, row] = place_of(attributes.named("r"));
    column_ = column > 0 ? column : column_ + 1;
    if (row > 0) row_ = row;
    type_ = attributes.named("t");
    const auto style = parse_number(attributes.named("s"));
    style_ = style && *style >= 0 && *style < 1e6 ? static_cast<std::size_t>(*style) : 0;
    value_.clear();
    formula_ = false;
  }
  void merge(std::string_view area) {
    const std::size_t colon = area.find(':');
    if (colon == std::string_view::npos) return;
    const auto [first_column, first_row] = place_of(area.substr(0, colon));
    const auto [last_column, last_row] = place_of(area.substr(colon + 1));
    if (first_column > 0 && last_column > 0) builder_.merge({first_row, last_row, first_column, last_column});
  }
  Cell cell() const {
    if (formula_ && value_.empty() && type_ != "str") return {Cell::Kind::error, false, "a formula without its value"};
    if (type_ == "s") return {Cell::Kind::text, false, shared()};
    if (type_ == "e") return {Cell::Kind::error, false, value_};
    if (type_ == "b") return {Cell::Kind::text, false, value_ == "1" ? "TRUE" : "FALSE"};
    if (type_ == "d") return {Cell::Kind::date, false, value_};
    if (value_.empty()) return {};
    if (type_ == "str" || type_ == "inlineStr") return {Cell::Kind::text, false, value_};
    return number();
  }
  Cell number() const {
    const auto value = parse_number(value_);
    if (!value) return {Cell::Kind::error, false, value_};
    const bool known = style_ < formats_.kind.size();
    if (known && formats_.kind[style_] == Cell::Kind::date) {
      const std::string date = excel_date_text(*value, from_1904_);
      if (!date.empty()) return {Cell::Kind::date, false, date};
    }
    return {Cell::Kind::number, known && formats_.percent[style_], shortest(*value)};
  }
  std::string shared() const {
    const auto at = parse_number(value_);
    if (!at || *at < 0 || *at >= static_cast<double>(strings_.size()))
      throw Error(ErrorKind::data, "sheet.cells",
                  file_ + " cannot be read: " + column_letters(column_) + std::to_string(row_) + " names text " +
                      shortened(value_, 20) + " of " + std::to_string(strings_.size()) + "; save the file again",
                  {.file = file_, .row = row_});
    return strings_[static_cast<std::size_t>(*at)];
  }

  SheetBuilder& builder_;
  const std::vector<std::string>& strings_;
  const NumberFormats& formats_;
  bool from_1904_;
  std::string file_, type_, value_;
  std::int64_t row_ = 0, column_ = 0;
  std::size_t style_ = 0;
  int aloud_ = 0;
  bool inside_ = false, formula_ = false;
};

}  // namespace

Workbook read_xlsx(ZipArchive& archive) {
  RelationListener root("");
  read_xml(archive, "_rels/.rels", root);
  const std::string workbook = target_of_type(root.relations, "officeDocument");
  WorkbookListener book;
  read_xml(archive, workbook.empty() ? "xl/workbook.xml" : workbook, book);
  const Relations relations = relations_of(archive, workbook.empty() ? "xl/workbook.xml" : workbook);
  StringsListener strings;
  if (const std::string member = target_of_type(relations, "sharedStrings"); !member.empty())
    read_xml(archive, member, strings);
  NumberFormats formats;
  if (const std::string member = target_of_type(relations, "styles"); !member.empty())
    formats = read_number_formats(archive, member);
  SheetBuilder builder(archive.file());
  for (const auto& [name, id] : book.sheets) {
    const auto relation = relations.find(id);
    if (relation == relations.end() || relation->second.type != "worksheet") continue;  // a sheet of one chart
    builder.sheet(name);
    SheetListener sheet(builder, strings.strings, formats, book.from_1904, archive.file());
    read_xml(archive, relation->second.target, sheet);
  }
  return builder.finished();
}

}  // namespace headwater
