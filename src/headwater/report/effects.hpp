// One coefficient as a reader meets it: what goes with a typical swing of the regressor, in per cent where the outcome
// is a log.
#pragma once

#include <cstddef>
#include <string>

#include "headwater/core/labelled.hpp"

namespace headwater {

struct TypicalEffect {
  double value = 0, low = 0, high = 0, mde = 0;  // of one within standard deviation; NaN where there is none
  std::string unit;                              // "%" or ""
  std::string mark;                              // why the interval tells nothing, or ""
  bool told = false;                             // the interval leaves zero out, and enough units carry it

  double size() const;  // about one standard error, for digits
};
TypicalEffect effect_of(const Tree& fit, std::size_t term);

// The outcome is a log, or one of a triplet.
bool logged(const Tree& fit);
std::string driver_in_words(const std::string& driver);

}  // namespace headwater
