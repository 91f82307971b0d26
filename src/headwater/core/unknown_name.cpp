#include "headwater/core/unknown_name.hpp"

#include "headwater/core/method.hpp"
#include "headwater/core/text.hpp"

namespace headwater {

std::string advice_on_name(std::string_view wanted, const std::vector<std::string>& known,
                           const std::vector<NameElsewhere>& elsewhere) {
  const std::string all = joined(known, ", ");
  for (const NameElsewhere& name : elsewhere)
    if (lower(wanted) == name.theirs) return "; what comes nearest here is " + std::string(name.ours) + ", of " + all;
  const bool variant = !wanted.empty() && wanted.back() >= '0' && wanted.back() <= '9';
  const std::string near = variant ? std::string() : nearest(wanted, known);
  return near.empty() ? "; known are " + all : "; did you mean '" + near + "'?";
}

}  // namespace headwater
