#include "headwater/report/effects.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/report/marks.hpp"

namespace headwater {

double TypicalEffect::size() const {
  return std::isfinite(low) && std::isfinite(high) ? std::max((high - low) / 4, 1e-9) : std::nan("");
}

bool logged(const Tree& fit) {
  return !text_attribute(fit, "role").empty() || text_attribute(fit, "outcome").rfind("log(", 0) == 0;
}

TypicalEffect effect_of(const Tree& fit, std::size_t i) {
  const double swing = fit.find_array("within_sd") ? numbers(fit, "within_sd")[i] : 1;
  const double by = swing > 0 ? swing : 1;
  const bool per_cent = logged(fit);
  const auto scaled = [&](const char* array) {
    const double value = numbers(fit, array)[i] * by;
    return per_cent ? 100 * std::expm1(value) : value;
  };
  TypicalEffect effect{scaled("estimate"), scaled("conf_low"),  scaled("conf_high"),
                       scaled("mde"),      per_cent ? "%" : "", term_mark(fit, i)};
  effect.told = (effect.low > 0 || effect.high < 0) && effect.mark.empty();
  return effect;
}

std::string driver_in_words(const std::string& driver) {
  std::string words = driver;
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

}  // namespace headwater
