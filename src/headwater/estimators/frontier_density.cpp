// ln f(ε) = ½ ln(2/π) − ½ ln σ² − ε²/(2σ²) + ln Φ(−s·ε·√(γ/(1−γ))/σ). Aigner, Lovell and Schmidt (1977), eq. 8, in the
// parameters of Battese and Corra (1977). Derivatives are automatic (Ceres' jets, nested for the second).
#include <ceres/jet.h>

#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/estimators/frontier.hpp"

namespace headwater {
namespace {

constexpr double kLogRoot2Pi = 0.91893853320467274178;
constexpr double kLogHalf2OverPi = -0.22579135264472743236;

using headwater::log_normal_cdf;  // of numbers, beside that of jets

template <class T, int N>
ceres::Jet<T, N> log_normal_cdf(const ceres::Jet<T, N>& z) {
  using std::exp;
  const T value = log_normal_cdf(z.a);
  const T slope = exp(T(-0.5) * z.a * z.a - T(kLogRoot2Pi) - value);
  return ceres::Jet<T, N>(value, z.v * slope);
}

using First = ceres::Jet<double, 3>;
using Second = ceres::Jet<First, 3>;

Second constant(double value) { return Second(First(value)); }

Second variable(double value, int position) {
  Second result{First(value, position)};
  for (int j = 0; j < 3; ++j) result.v[j] = First(j == position ? 1.0 : 0.0);
  return result;
}

Second log_density(const Second& epsilon, const Second& sigma2, const Second& gamma, double sign) {
  const Second half = constant(0.5);
  const Second z = constant(-sign) * epsilon * sqrt(gamma / ((constant(1) - gamma) * sigma2));
  return constant(kLogHalf2OverPi) - half * log(sigma2) - half * epsilon * epsilon / sigma2 + log_normal_cdf(z);
}

}  // namespace

FrontierDensity frontier_density(double epsilon, double sigma2, double gamma, double sign) {
  const Second f = log_density(variable(epsilon, 0), variable(sigma2, 1), variable(gamma, 2), sign);
  FrontierDensity density;
  density.value = f.a.a;
  density.gradient = f.a.v;
  for (int j = 0; j < 3; ++j) density.hessian.row(j) = f.v[j].v.transpose();
  return density;
}

double frontier_efficiency(double epsilon, double sigma2, double gamma, double sign) {
  const double mean = -sign * epsilon * gamma;
  const double spread = std::sqrt(gamma * (1 - gamma) * sigma2);
  const double standard = mean / spread;
  return std::exp(log_normal_cdf(standard - sign * spread) - log_normal_cdf(standard) - sign * mean +
                  0.5 * spread * spread);
}

}  // namespace headwater
