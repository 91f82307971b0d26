#include "headwater/report/audience.hpp"

#include "headwater/core/error.hpp"

namespace headwater {

Audience parse_audience(const std::string& text) {
  if (text == "publish") return Audience::publish;
  if (text == "internal") return Audience::internal;
  throw Error(ErrorKind::usage, "report.audience", "the audience is '" + text + "'; it is publish or internal",
              {.key = "audience"});
}

Form parse_form(const std::string& text) {
  for (const Form form : {Form::summary, Form::report, Form::full})
    if (text == name(form)) return form;
  throw Error(ErrorKind::usage, "report.form", "the form of a report is '" + text + "'; it is summary, report or full",
              {.key = "form"});
}

const char* name(Form form) { return form == Form::summary ? "summary" : form == Form::report ? "report" : "full"; }

const char* name(Audience audience) { return audience == Audience::publish ? "publish" : "internal"; }

}  // namespace headwater
