// Whether a number of xlsx is a date or a share is told by the format it is shown in alone.
#include <map>
#include <string>

#include "headwater/core/text.hpp"
#include "headwater/sheets/formats.hpp"
#include "headwater/sheets/xml_reader.hpp"

namespace headwater {
namespace {

int whole(std::string_view text) {
  const auto value = parse_number(text);
  return value && *value >= 0 && *value < 1e9 ? static_cast<int>(*value) : 0;
}

// The code without what is shown as it stands: "quoted", \x, [colours and conditions].
std::string bare_code(std::string_view code) {
  std::string bare;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    if (c == '\\' || c == '_' || c == '*') {
      ++i;
    } else if (c == '"' || c == '[') {
      const std::size_t close = code.find(c == '"' ? '"' : ']', i + 1);
      if (close == std::string_view::npos) break;
      i = close;
    } else {
      bare += c;
    }
  }
  return bare;
}

bool shows_date(int id, const std::string& code) {
  if (code.empty()) return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
  if (lower(code) == "general") return false;
  return lower(bare_code(code)).find_first_of("yd") != std::string::npos;
}

bool shows_percent(int id, const std::string& code) {
  return code.empty() ? id == 9 || id == 10 : bare_code(code).find('%') != std::string::npos;
}

class StyleListener : public XmlListener {
 public:
  void begin(std::string_view name, const XmlAttributes& attributes) override {
    const std::string_view local = local_name(name);
    if (local == "numFmt") codes_[whole(attributes.named("numFmtId"))] = std::string(attributes.named("formatCode"));
    if (local == "cellXfs") in_cells_ = true;
    if (local != "xf" || !in_cells_) return;
    const int id = whole(attributes.named("numFmtId"));
    const auto code = codes_.find(id);
    const std::string text = code == codes_.end() ? "" : code->second;
    formats.kind.push_back(shows_date(id, text) ? Cell::Kind::date : Cell::Kind::number);
    formats.percent.push_back(shows_percent(id, text));
  }
  void end(std::string_view name) override {
    if (local_name(name) == "cellXfs") in_cells_ = false;
  }

  NumberFormats formats;

 private:
  std::map<int, std::string> codes_;
  bool in_cells_ = false;
};

}  // namespace

NumberFormats read_number_formats(ZipArchive& archive, const std::string& member) {
  StyleListener listener;
  read_xml(archive, member, listener);
  return std::move(listener.formats);
}

}  // namespace headwater
