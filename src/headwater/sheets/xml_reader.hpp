// XML as a sequence of elements and texts. Names are "namespace|name" where there is a namespace.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "headwater/sheets/zip_archive.hpp"

namespace headwater {

std::string_view local_name(std::string_view name);

class XmlAttributes {
 public:
  explicit XmlAttributes(const char* const* pairs) : pairs_(pairs) {}
  // The value of the attribute whose name ends so, "" when there is none: "|id" is r:id, "office:1.0|value" is
  // office:value.
  std::string_view ending(std::string_view end) const;
  std::string_view named(std::string_view name) const;  // without a namespace

 private:
  const char* const* pairs_;
};

class XmlListener {
 public:
  virtual ~XmlListener() = default;
  virtual void begin(std::string_view name, const XmlAttributes& attributes) = 0;
  virtual void end(std::string_view name) = 0;
  virtual void text(std::string_view) {}
};

// Throws Error{data, "sheet.xml"} naming the file and the part, and whatever the listener throws.
void read_xml(ZipArchive& archive, const std::string& member, XmlListener& listener);

}  // namespace headwater
