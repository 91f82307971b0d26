#include "headwater/covariances/error_variance.hpp"

namespace headwater {

bool by_own_variance(const Fit& fit) {
  return fit.random && fit.random->effects.size() > 1 &&
         fit.n() != Index{fit.random->effects[0].levels.count} * Index{fit.random->effects[1].levels.count};
}

double error_variance(const Fit& fit, double factor) {
  if (by_own_variance(fit)) return fit.random->own_variance;
  return factor * fit.goodness.rss / static_cast<double>(fit.n());
}

}  // namespace headwater
