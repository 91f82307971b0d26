#include "headwater/sheets/xml_reader.hpp"

#include <expat.h>

#include <exception>
#include <memory>
#include <new>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"

namespace headwater {
namespace {

// Expat is C: what a listener throws is kept until the parser has come to rest.
struct Listening {
  XML_Parser parser;
  XmlListener& listener;
  std::exception_ptr thrown;

  template <class Work>
  void run(const Work& work) {
    if (thrown) return;
    try {
      work();
    } catch (...) {
      thrown = std::current_exception();
      XML_StopParser(parser, XML_FALSE);
    }
  }
};

Listening& listening(void* data) { return *static_cast<Listening*>(data); }

void XMLCALL on_begin(void* data, const char* name, const char** attributes) {
  listening(data).run([&] { listening(data).listener.begin(name, XmlAttributes(attributes)); });
}
void XMLCALL on_end(void* data, const char* name) {
  listening(data).run([&] { listening(data).listener.end(name); });
}
void XMLCALL on_text(void* data, const char* text, int length) {
  listening(data).run([&] { listening(data).listener.text({text, static_cast<std::size_t>(length)}); });
}

void feed(Listening& state, std::string_view piece, bool last, const std::string& file, const std::string& member) {
  const XML_Status status = XML_Parse(state.parser, piece.data(), static_cast<int>(piece.size()), last ? 1 : 0);
  if (state.thrown) std::rethrow_exception(state.thrown);
  if (status == XML_STATUS_OK) return;
  if (XML_GetErrorCode(state.parser) == XML_ERROR_NO_MEMORY) throw std::bad_alloc();
  throw Error(ErrorKind::data, "sheet.xml",
              file + " cannot be read: its part '" + shortened(member, 60) + "' is no XML from line " +
                  std::to_string(XML_GetCurrentLineNumber(state.parser)) + " on (" +
                  XML_ErrorString(XML_GetErrorCode(state.parser)) + "); fetch or save the file again",
              {.file = file});
}

}  // namespace

std::string_view local_name(std::string_view name) {
  const std::size_t bar = name.rfind('|');
  return bar == std::string_view::npos ? name : name.substr(bar + 1);
}

std::string_view XmlAttributes::ending(std::string_view end) const {
  for (const char* const* pair = pairs_; *pair; pair += 2)
    if (std::string_view(*pair).ends_with(end)) return pair[1];
  return "";
}

std::string_view XmlAttributes::named(std::string_view name) const {
  for (const char* const* pair = pairs_; *pair; pair += 2)
    if (*pair == name) return pair[1];
  return "";
}

void read_xml(ZipArchive& archive, const std::string& member, XmlListener& listener) {
  const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(XML_ParserCreateNS(nullptr, '|'),
                                                                            &XML_ParserFree);
  if (!parser) throw std::bad_alloc();
  Listening state{parser.get(), listener, nullptr};
  XML_SetUserData(parser.get(), &state);
  XML_SetElementHandler(parser.get(), on_begin, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  archive.read(member, [&](std::string_view piece) { feed(state, piece, false, archive.file(), member); });
  feed(state, "", true, archive.file(), member);
}

}  // namespace headwater
