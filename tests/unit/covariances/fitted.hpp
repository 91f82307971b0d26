// A fit of a small panel in text, and its covariance under a rule and a profile.
#pragma once

#include <memory>
#include <string>

#include "headwater/covariances/covariance.hpp"
#include "headwater/covariances/profiles.hpp"
#include "headwater/panel/readers.hpp"

namespace headwater::test {

inline Panel panel_from(const std::string& csv, const std::string& unit = "id", const std::string& time = "year") {
  RawTable table = parse_csv(csv, "panel.csv", ',', {.unit = unit, .time = time});
  return Panel(std::move(table.columns), {.unit = unit, .time = time}, std::move(table.source_rows),
               std::move(table.ledger));
}

inline Fit fitted(const Panel& panel, const std::string& formula, const std::string& rule = "iid",
                  Singletons singletons = Singletons::keep, const std::string& weights = "") {
  Spec spec;
  spec.formula = expand(parse_formula(formula)).at(0);
  spec.estimator = parse_method_call(spec.formula.effects.empty() ? "pooled" : "within");
  spec.covariance = parse_method_call(rule);
  spec.singletons = singletons;
  spec.weights = weights;
  return estimate(panel, std::make_shared<const Design>(make_design(panel, spec)));
}

inline Covariance with(const Fit& fit, const std::string& rule, const std::string& profile) {
  return covariance(fit, parse_method_call(rule), profile);
}

// The message of the covariance's note of that code, or "".
inline std::string note(const Covariance& covariance, const std::string& code) {
  for (const Note& note : covariance.notes)
    if (note.code == code) return note.message;
  return "";
}

}  // namespace headwater::test
