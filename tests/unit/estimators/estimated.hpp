// An estimator by its name on a panel, every row kept.
#pragma once

#include <memory>
#include <string>

#include "headwater/estimators/fit.hpp"

namespace headwater::test {

inline Fit estimated(const Panel& panel, const std::string& formula, const std::string& method,
                     const std::string& weights, const std::string& rule) {
  Spec spec;
  spec.formula = expand(parse_formula(formula)).at(0);
  spec.estimator = parse_method_call(method);
  spec.covariance = parse_method_call(rule);
  spec.weights = weights;
  spec.singletons = Singletons::keep;
  return estimate(panel, std::make_shared<const Design>(make_design(panel, spec)));
}

}  // namespace headwater::test
