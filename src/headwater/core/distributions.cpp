#include "headwater/core/distributions.hpp"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/non_central_chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace headwater {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kManyDegrees = 1e9;  // beyond: the normal distribution to double precision

// Arguments come from files too: what has no value is NaN or infinite, never an exception.
namespace bp = boost::math::policies;
using Quiet = bp::policy<bp::domain_error<bp::ignore_error>, bp::pole_error<bp::ignore_error>,
                         bp::overflow_error<bp::ignore_error>, bp::underflow_error<bp::ignore_error>,
                         bp::evaluation_error<bp::ignore_error>>;
using Normal = boost::math::normal_distribution<double, Quiet>;
using StudentsT = boost::math::students_t_distribution<double, Quiet>;
using FisherF = boost::math::fisher_f_distribution<double, Quiet>;
using ChiSquared = boost::math::chi_squared_distribution<double, Quiet>;
using NoncentralChiSquared = boost::math::non_central_chi_squared_distribution<double, Quiet>;

}  // namespace

double normal_quantile(double p) {
  if (std::isnan(p)) return kNaN;
  if (p <= 0 || p >= 1) return p <= 0 ? -kInfinity : kInfinity;
  return boost::math::quantile(Normal(), p);
}
double normal_cdf(double z) { return boost::math::cdf(Normal(), z); }

// In the far tail Φ(z) = φ(z)/(−z)·(1 − 1/z² + 3/z⁴ − 15/z⁶), to rounding.
double log_normal_cdf(double z) {
  constexpr double kTail = -37, kLogRoot2Pi = 0.91893853320467274178;
  if (z > kTail) return std::log(0.5 * std::erfc(-z * M_SQRT1_2));
  const double q = 1 / (z * z);
  return -0.5 * z * z - kLogRoot2Pi - std::log(-z) + std::log1p(-q * (1 - q * (3 - 15 * q)));
}

double student_two_sided(double t, double df) {
  if (std::isnan(t) || !(df > 0)) return kNaN;
  if (std::isinf(t)) return 0;
  const double size = std::abs(t);
  if (df > kManyDegrees) return 2 * boost::math::cdf(boost::math::complement(Normal(), size));
  return 2 * boost::math::cdf(boost::math::complement(StudentsT(df), size));
}

double student_quantile(double p, double df) {
  if (!(df > 0) || std::isnan(p)) return kNaN;
  if (p <= 0 || p >= 1) return p <= 0 ? -kInfinity : kInfinity;
  if (df > kManyDegrees) return normal_quantile(p);
  return boost::math::quantile(StudentsT(df), p);
}

double f_upper(double f, double df1, double df2) {
  if (std::isnan(f) || !(df1 > 0) || !(df2 > 0)) return kNaN;
  if (f <= 0) return 1;
  if (std::isinf(f)) return 0;
  if (df2 > kManyDegrees) return chi_squared_upper(f * df1, df1);
  return boost::math::cdf(boost::math::complement(FisherF(df1, df2), f));
}

double chi_squared_upper(double x, double df) {
  if (std::isnan(x) || !(df > 0)) return kNaN;
  if (x <= 0) return 1;
  if (std::isinf(x)) return 0;
  return boost::math::cdf(boost::math::complement(ChiSquared(df), x));
}

double f_quantile(double p, double df1, double df2) {
  if (!(p > 0) || !(p < 1) || !(df1 > 0) || !(df2 > 0)) return kNaN;
  if (df2 > kManyDegrees) return boost::math::quantile(ChiSquared(df1), p) / df1;
  return boost::math::quantile(FisherF(df1, df2), p);
}

double noncentral_chi_squared_quantile(double p, double df, double noncentrality) {
  if (!(p > 0) || !(p < 1) || !(df > 0) || !(noncentrality >= 0)) return kNaN;
  return boost::math::quantile(NoncentralChiSquared(df, noncentrality), p);
}

}  // namespace headwater
