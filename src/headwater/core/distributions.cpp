#include "headwater/core/distributions.hpp"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace headwater {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kManyDegrees = 1e9;  // beyond: the normal distribution to double precision

}  // namespace

double normal_quantile(double p) { return boost::math::quantile(boost::math::normal_distribution<>(), p); }
double normal_cdf(double z) { return boost::math::cdf(boost::math::normal_distribution<>(), z); }

double student_two_sided(double t, double df) {
  if (std::isnan(t) || !(df > 0)) return kNaN;
  if (std::isinf(t)) return 0;
  const double size = std::abs(t);
  if (df > kManyDegrees)
    return 2 * boost::math::cdf(boost::math::complement(boost::math::normal_distribution<>(), size));
  return 2 * boost::math::cdf(boost::math::complement(boost::math::students_t_distribution<>(df), size));
}

double student_quantile(double p, double df) {
  if (!(df > 0)) return kNaN;
  if (df > kManyDegrees) return normal_quantile(p);
  return boost::math::quantile(boost::math::students_t_distribution<>(df), p);
}

double f_upper(double f, double df1, double df2) {
  if (std::isnan(f) || !(df1 > 0) || !(df2 > 0)) return kNaN;
  if (f <= 0) return 1;
  if (std::isinf(f)) return 0;
  if (df2 > kManyDegrees) return chi_squared_upper(f * df1, df1);
  return boost::math::cdf(boost::math::complement(boost::math::fisher_f_distribution<>(df1, df2), f));
}

double chi_squared_upper(double x, double df) {
  if (std::isnan(x) || !(df > 0)) return kNaN;
  if (x <= 0) return 1;
  if (std::isinf(x)) return 0;
  return boost::math::cdf(boost::math::complement(boost::math::chi_squared_distribution<>(df), x));
}

}  // namespace headwater
