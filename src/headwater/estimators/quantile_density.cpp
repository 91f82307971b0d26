// Bandwidth: Hall and Sheather (1988) for intervals of 95 %, as quantreg and Stata have it. One density for all rows is
// the reciprocal of Siddiqui's (1960) slope of neighbouring residuals over their ranks, by a median regression
// (Koenker and Bassett 1982); differences are those of Hendricks and Koenker (1992), the kernel is Powell's (1991) with
// a normal density. Constants and cut-offs are those of quantreg 5.94, `se` iid, nid and ker.
#include <algorithm>
#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/estimators/quantile.hpp"
#include "headwater/linalg/regression_quantile.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

const double kLeast = std::sqrt(2.220446049250313e-16);
constexpr double kRootTwoPi = 2.50662827463100050242;

double gaussian(double z) { return std::exp(-0.5 * z * z) / kRootTwoPi; }

[[noreturn]] void refuse_density(const std::string& why) {
  throw Error(
      ErrorKind::identification, "quantile.no_density",
      "the density of the errors at the quantile cannot be told, because " + why +
          ", and without it no coefficient has a standard error; take a quantile nearer to the middle, more rows "
          "or fewer regressors");
}

double hall_sheather(double tau, double n) {
  const double z = normal_quantile(tau), density = gaussian(z);
  return std::pow(n, -1.0 / 3) * std::pow(normal_quantile(0.975), 2.0 / 3) *
         std::pow(1.5 * density * density / (2 * z * z + 1), 1.0 / 3);
}

double bandwidth_inside(double tau, double n) {
  double h = hall_sheather(tau, n);
  while (tau - h < 0 || tau + h > 1) h /= 2;
  return h;
}

// Between neighbours in order, as R's type 7.
double sample_quantile(const std::vector<double>& ordered, double p) {
  const double at = p * static_cast<double>(ordered.size() - 1);
  const auto below = static_cast<std::size_t>(std::floor(at));
  const std::size_t above = std::min(below + 1, ordered.size() - 1);
  return ordered[below] + (at - std::floor(at)) * (ordered[above] - ordered[below]);
}

double spread(const Vector& residuals) {
  std::vector<double> ordered(residuals.data(), residuals.data() + residuals.size());
  std::sort(ordered.begin(), ordered.end());
  const double variance =
      (residuals.array() - residuals.mean()).square().sum() / static_cast<double>(residuals.size() - 1);
  return std::min(std::sqrt(variance), (sample_quantile(ordered, 0.75) - sample_quantile(ordered, 0.25)) / 1.34);
}

// The residuals nearest to zero beyond those that are fitted exactly.
double siddiqui_density(const Vector& residuals, Index coefficients, double tau) {
  const Index n = residuals.size();
  std::vector<double> nearest(residuals.data(), residuals.data() + n);
  std::sort(nearest.begin(), nearest.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
  const auto exact =
      static_cast<Index>(std::count_if(nearest.begin(), nearest.end(), [](double e) { return std::abs(e) < kLeast; }));
  const auto share = static_cast<Index>(std::ceil(static_cast<double>(n) * hall_sheather(tau, static_cast<double>(n))));
  const Index width = std::min(std::max(coefficients + 1, share), n - exact - 1);
  if (width < 2) refuse_density("too few rows lie near it");
  std::vector<double> ordered(nearest.begin() + exact, nearest.begin() + exact + width + 1);
  std::sort(ordered.begin(), ordered.end());
  Matrix ranks(width + 1, 2);
  for (Index i = 0; i <= width; ++i)
    ranks.row(i) << 1, static_cast<double>(exact + 1 + i) / static_cast<double>(n - coefficients);
  const Vector own = Eigen::Map<const Vector>(ordered.data(), width + 1);
  const double slope = regression_quantile(ranks, own, 0.5).coefficients(1);
  if (!(slope > 0)) refuse_density("the rows near it are fitted exactly");
  return 1 / slope;
}

Vector differences(const Matrix& X, const Vector& y, double tau) {
  const double h = bandwidth_inside(tau, static_cast<double>(y.size()));
  const Vector between =
      X * (regression_quantile(X, y, tau + h).coefficients - regression_quantile(X, y, tau - h).coefficients);
  return between.unaryExpr([&](double d) { return std::max(0.0, 2 * h / (d - kLeast)); });
}

Vector kernel_heights(const Vector& residuals, double tau) {
  const double h = bandwidth_inside(tau, static_cast<double>(residuals.size()));
  const double width = (normal_quantile(tau + h) - normal_quantile(tau - h)) * spread(residuals);
  if (!(width > 0)) refuse_density("half of the rows are fitted exactly");
  return residuals.unaryExpr([&](double e) { return gaussian(e / width) / width; });
}

}  // namespace

Vector error_densities(ErrorDensity how, const Matrix& X, const Vector& y, const Vector& residuals, double tau) {
  if (how == ErrorDensity::constant) return Vector::Constant(y.size(), siddiqui_density(residuals, X.cols(), tau));
  return how == ErrorDensity::difference ? differences(X, y, tau) : kernel_heights(residuals, tau);
}

Matrix quantile_bread(const Matrix& X, const Vector& densities) {
  const LeastSquares solution = least_squares(X, Vector::Zero(X.rows()), densities);
  if (!solution.dropped.empty()) refuse_density("too few rows lie near it to tell all regressors apart");
  return solution.bread;
}

}  // namespace headwater
