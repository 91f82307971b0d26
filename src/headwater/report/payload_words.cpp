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

void words_part(PayloadContext& c) {
  const auto called = c.captions.find("names");
  const Words words = called == c.captions.end() ? Words() : Words(called->second);
  std::set<std::string> names;
  std::string unit, time;
  if (const Tree* fits = c.result.find_child("fits"))
    for (const Tree& fit : fits->children) {
      if (c.publish() && !shown_fit(c, fit)) continue;
      names.merge(names_of(c, fit));
      if (unit.empty()) unit = text_attribute(fit, "unit");
      if (time.empty()) time = text_attribute(fit, "time");
    }
  const std::string period = words.key(time, "period");
  c.out.json.key("words");
  c.out.json.begin_object();
  c.out.json.member("unit", words.key(unit, "unit"));
  c.out.json.member("period", period);
  c.out.json.key("terms");
  c.out.json.begin_object();
  for (const std::string& name : names) c.out.json.member(name, words.term(name, period));
  c.out.json.end_object();
  c.out.json.key("columns");
  c.out.json.begin_object();
  for (const auto& [column, name] : words.called()) c.out.json.member(column, name);
  c.out.json.end_object();
  c.out.json.end_object();
}

}  // namespace headwater
