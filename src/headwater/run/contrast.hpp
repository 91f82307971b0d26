// One question across the decompositions of a result: "is capital's contribution larger than digital's?". Reads the
// result tree alone: influence by atom, so one joint covariance reaches across methods and fits.
#pragma once

#include <string>

#include "headwater/core/labelled.hpp"

namespace headwater {

// `question` is linear in components, written decomposition:component, with an optional right-hand side:
//   change:capital - change:digital
//   2_gelbach:workforce = 0.5 * 1_change:workforce
//   share(change:capital) - share(shapley:capital)
// A decomposition is named by method, by number and method (1_change), or with its fit before it (workforce/change);
// `total` is the sum of its components. The answer has estimate, std_error, statistic, df, p_value, conf_low,
// conf_high, the decompositions used and notes.
// Throws Error{usage, "contrast.syntax" | "contrast.unknown" | "contrast.ambiguous" | "contrast.sample" |
// "contrast.rule" | "contrast.not_estimable" | "contrast.no_influence"}.
Tree contrast(const Tree& result, const std::string& question);

}  // namespace headwater
