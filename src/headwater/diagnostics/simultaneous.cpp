// Question: between which values do all coefficients lie together? Each interval is estimate ± c · error with one c,
// the quantile of max |t_j| over them all, t drawn from the t distribution (or the normal) with the correlations of the
// covariance: shorter than Bonferroni's where estimates go together (Montiel Olea and Plagborg-Møller 2019, sup-t). p
// of each is the share of draws whose largest |t| is no smaller, (1 + number)/(B + 1): single step, as R multcomp's.
// Degrees of freedom: the smallest of those behind the coefficients. Of one coefficient it is the t interval, to the
// error of the draws, 0.1 % of the chance with 99,999.
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/random.hpp"
#include "headwater/core/text.hpp"
#include "headwater/diagnostics/asked_tests.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr long kFewestDraws = 999;
constexpr long kMostDraws = 10000000;

long draws_of(const MethodCall& call) {
  const long draws = call.integer("replicates", 99999);
  if (draws >= kFewestDraws && draws <= kMostDraws) return draws;
  throw Error(ErrorKind::usage, "test.replicates",
              "simultaneous draws between 999 and 10,000,000 times, not " + std::to_string(draws));
}

// The correlations' root: columns are eigenvectors times the roots of their values.
Matrix correlation_root(const Covariance& covariance, const std::vector<Vector>& contrasts) {
  const auto m = static_cast<Index>(contrasts.size());
  Matrix R(m, m);
  for (Index i = 0; i < m; ++i)
    for (Index j = 0; j < m; ++j) {
      const Vector &a = contrasts[static_cast<std::size_t>(i)], &b = contrasts[static_cast<std::size_t>(j)];
      R(i, j) = a.dot(covariance.matrix * b) / (covariance.std_error(a) * covariance.std_error(b));
    }
  const SymmetricEigen eigen = symmetric_eigen(R);
  return eigen.vectors * eigen.values.cwiseMax(0).cwiseSqrt().asDiagonal();
}

// Largest |t| of each draw, in order of size.
std::vector<double> largest_statistics(const Matrix& root, double df, long draws, std::uint64_t seed) {
  std::vector<double> largest(static_cast<std::size_t>(draws));
  for (long b = 0; b < draws; ++b) {
    RandomStream random(seed, static_cast<std::uint32_t>(b), 0);
    Vector z(root.cols());
    for (double& value : z) value = random.normal();
    const double spread = std::isinf(df) ? 1 : std::sqrt(random.gamma(df / 2) * 2 / df);
    largest[static_cast<std::size_t>(b)] = (root * z).cwiseAbs().maxCoeff() / spread;
  }
  std::sort(largest.begin(), largest.end());
  return largest;
}

void widen(Test& test, const std::vector<double>& largest, double level, std::size_t asked) {
  const auto draws = static_cast<double>(largest.size());
  const double cut = largest[static_cast<std::size_t>(std::min(draws - 1, std::ceil(level * (draws + 1)) - 1))];
  const auto beyond = std::lower_bound(largest.begin(), largest.end(), std::abs(test.statistic));
  test.name = "simultaneous";
  test.p_value = (1 + static_cast<double>(largest.end() - beyond)) / (draws + 1);
  test.distribution += "; simultaneous over " + std::to_string(asked) + ", |t| up to " + significant(cut, 4);
  test.set = {{test.estimate - cut * test.std_error, test.estimate + cut * test.std_error}};
}

}  // namespace

std::vector<Test> simultaneous_tests(const Asked& asked, const MethodCall& call) {
  if (asked.drivers)
    throw Error(
        ErrorKind::usage, "test.simultaneous",
        "simultaneous gives intervals of coefficients and takes all or one hypothesis, not drivers, whose tests "
        "are joint; use holm for these");
  const long draws = draws_of(call);
  std::vector<Test> tests;
  std::vector<Vector> contrasts;
  double df = INFINITY;
  for (const LinearNull& null : asked.nulls) {
    tests.push_back(linear_test(asked.fit, asked.covariance, null));
    if (!(tests.back().std_error > 0)) continue;
    contrasts.push_back(null.weights);
    df = std::min(df, tests.back().df2);
  }
  if (contrasts.empty()) return tests;
  const Spec& spec = asked.fit.design->spec;
  const std::vector<double> largest =
      largest_statistics(correlation_root(asked.covariance, contrasts), df, draws, spec.seed);
  for (Test& test : tests)
    if (test.std_error > 0) widen(test, largest, spec.level, contrasts.size());
  return tests;
}

}  // namespace headwater
