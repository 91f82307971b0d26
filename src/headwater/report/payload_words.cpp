// What the page calls terms, outcomes, units and periods, so that it never reads a formula itself.
#include <set>

#include "headwater/report/payload_parts.hpp"
#include "headwater/report/term_text.hpp"

namespace headwater {
namespace {

void add_names(std::set<std::string>& names, const Tree& fit, const char* axis) {
  if (fit.find_axis(axis)) names.insert(labels(fit, axis).begin(), labels(fit, axis).end());
}

// Terms, and what stands inside them.
std::set<std::string> names_of(const PayloadContext& c, const Tree& fit) {
  std::set<std::string> all;
  for (const char* axis : {"term", "regressor", "unidentified"}) add_names(all, fit, axis);
  std::set<std::string> names;
  for (const std::string& term : all) {
    if (c.publish() && c.units.stands_in(term)) continue;
    names.insert({term, variable_of(term)});
    if (const auto event = event_term(term)) names.insert({event->factor, event->by});
  }
  names.insert(text_attribute(fit, "outcome"));
  names.erase("");
  return names;
}

}  // namespace

std::string Speech::role(const Tree& fit) const {
  const std::string outcome = text_attribute(fit, "outcome"), role = text_attribute(fit, "role");
  for (const std::string& name : {outcome, role})
    if (const auto called = words.called().find(name); called != words.called().end()) return called->second;
  if (role == "ratio") return "activity per unit of resource";
  return role.empty() ? term(outcome) : role;
}

Speech speech_of(const PayloadContext& c) {
  const auto called = c.captions.find("names");
  Speech speech{called == c.captions.end() ? Words() : Words(called->second), "", ""};
  std::string unit, time;
  if (const Tree* fits = c.result.find_child("fits"))
    for (const Tree& fit : fits->children) {
      if (c.publish() && !shown_fit(c, fit)) continue;
      if (unit.empty()) unit = text_attribute(fit, "unit");
      if (time.empty()) time = text_attribute(fit, "time");
    }
  speech.unit = speech.words.key(unit, "unit");
  speech.period = speech.words.key(time, "period");
  return speech;
}

void words_part(PayloadContext& c) {
  const Speech speech = speech_of(c);
  std::set<std::string> names;
  if (const Tree* fits = c.result.find_child("fits"))
    for (const Tree& fit : fits->children)
      if (!c.publish() || shown_fit(c, fit)) names.merge(names_of(c, fit));
  c.out.json.key("words");
  c.out.json.begin_object();
  c.out.json.member("unit", speech.unit);
  c.out.json.member("period", speech.period);
  c.out.json.key("terms");
  c.out.json.begin_object();
  for (const std::string& name : names) c.out.json.member(name, speech.term(name));
  c.out.json.end_object();
  c.out.json.key("columns");
  c.out.json.begin_object();
  for (const auto& [column, name] : speech.words.called()) c.out.json.member(column, name);
  c.out.json.end_object();
  c.out.json.end_object();
}

}  // namespace headwater
