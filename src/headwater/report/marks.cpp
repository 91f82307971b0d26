#include "headwater/report/marks.hpp"

#include "headwater/core/text.hpp"

namespace headwater {

std::string test_mark(const Tree& tests, const Tree& fit, std::size_t test) {
  if (!tests.find_array("effective_units")) return "";
  const double units = numbers(tests, "effective_units")[test];
  if (!(units < kFewInEffect)) return "";
  return "rests on " + significant(units, 2) + " of " +
         thousands(static_cast<long long>(number_attribute(fit, "units"))) +
         " units in effect: it tells nothing, whatever its p";
}

}  // namespace headwater
