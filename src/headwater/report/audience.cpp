#include "headwater/report/audience.hpp"

#include "headwater/core/error.hpp"

namespace headwater {

Audience parse_audience(const std::string& text) {
  if (text == "publish") return Audience::publish;
  if (text == "internal") return Audience::internal;
  throw Error(ErrorKind::usage, "report.audience", "the audience is '" + text + "'; it is publish or internal",
              {.key = "audience"});
}

const char* name(Audience audience) { return audience == Audience::publish ? "publish" : "internal"; }

}  // namespace headwater
