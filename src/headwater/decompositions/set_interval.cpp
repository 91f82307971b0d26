#include "headwater/decompositions/set_interval.hpp"

#include "headwater/core/distributions.hpp"

namespace headwater {

// c with Φ(c + width/error) − Φ(−c) = level, by bisection.
double interval_reach(double width, double error, double level) {
  if (!(error > 0)) return normal_quantile(0.5 + level / 2);
  double low = 0, high = normal_quantile(0.5 + level / 2) + 1;
  for (int step = 0; step < 100; ++step) {
    const double c = 0.5 * (low + high);
    (normal_cdf(c + width / error) - normal_cdf(-c) < level ? low : high) = c;
  }
  return high;
}

}  // namespace headwater
