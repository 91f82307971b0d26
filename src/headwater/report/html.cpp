#include "headwater/report/html.hpp"

#include "headwater/core/error.hpp"
#include "headwater/hdf5/whole_file.hpp"

namespace headwater {
namespace {

constexpr std::string_view kPlace = "{\"headwater\":\"payload\"}", kBody = "<!--headwater body-->";

// Inside <script type="application/json"> these can only stand in JSON strings, where an escape means the same.
std::string inside_script(std::string_view json) {
  std::string out;
  out.reserve(json.size() + json.size() / 16);
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '<') {
      out += "\\u003c";
    } else if (c == '>') {
      out += "\\u003e";
    } else if (c == '&') {
      out += "\\u0026";
    } else if (json.substr(i, 3) == "\xE2\x80\xA8" || json.substr(i, 3) == "\xE2\x80\xA9") {
      out += json[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string report_html(std::string_view page, const std::string& payload, const std::string& body) {
  if (page.empty())
    throw Error(ErrorKind::usage, "report.no_page",
                "this build has no report page: Node.js was not there when it was built; install Node.js and npm, run "
                "'npm ci' in src/web, configure and build again (./quickstart does all of it)");
  const std::size_t body_at = page.find(kBody), at = page.find(kPlace);
  if (at == std::string_view::npos || body_at > at)
    throw Error(ErrorKind::internal, "report.page",
                "the report page has no place for its body before one for its payload; build it again");
  std::string html(page.substr(0, body_at));
  html += body;
  html += page.substr(body_at + kBody.size(), at - body_at - kBody.size());
  html += inside_script(payload);
  html += page.substr(at + kPlace.size());
  return html;
}

void write_report(const Tree& result, const std::string& path, Audience audience, const Captions& captions, Form form) {
  write_whole_file(path, report_html(report_page(), report_payload(result, audience, captions, form),
                                     report_body(result, audience, captions, form)));
}

}  // namespace headwater
