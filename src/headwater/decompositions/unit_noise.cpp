#include "headwater/decompositions/unit_noise.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "headwater/core/error.hpp"

namespace headwater {
namespace {

struct Row {
  std::int64_t when;  // in steps of the panel
  Index at;
};

std::vector<std::vector<Row>> rows_of_units(const Design& design) {
  std::vector<std::vector<Row>> units(static_cast<std::size_t>(design.unit.count));
  for (Index i = 0; i < design.n(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    const std::int64_t ordinal =
        design.has_time ? design.periods[static_cast<std::size_t>(design.time.code[at])].ordinal : i;
    units[static_cast<std::size_t>(design.unit.code[at])].push_back(
        {ordinal / std::max<std::int64_t>(1, design.time_step), i});
  }
  for (std::vector<Row>& rows : units)
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.when < b.when; });
  return units;
}

Matrix correlations(const std::vector<Row>& rows, double rho) {
  const auto n = static_cast<Index>(rows.size());
  Matrix gamma(n, n);
  for (Index s = 0; s < n; ++s)
    for (Index t = 0; t < n; ++t) {
      const auto gap = std::abs(rows[static_cast<std::size_t>(s)].when - rows[static_cast<std::size_t>(t)].when);
      gamma(s, t) = gap == 0 ? 1 : std::pow(rho, static_cast<double>(gap));
    }
  return gamma;
}

struct Moments {
  double squares = 0, products = 0;  // Σe², Σ e_t e_{t−1}

  Moments& operator+=(const Moments& other) {
    squares += other.squares;
    products += other.products;
    return *this;
  }
};

// What AR(1) noise of variance one leaves after centring within the unit: M Γ M.
Moments expected(const std::vector<Row>& rows, double rho) {
  Matrix gamma = correlations(rows, rho);
  const Eigen::RowVectorXd means = gamma.colwise().mean();
  const double all = means.mean();
  Moments m;
  for (Index s = 0; s < gamma.rows(); ++s) {
    m.squares += gamma(s, s) - 2 * means(s) + all;
    if (s > 0 && rows[static_cast<std::size_t>(s)].when - rows[static_cast<std::size_t>(s - 1)].when == 1)
      m.products += gamma(s, s - 1) - means(s) - means(s - 1) + all;
  }
  return m;
}

Moments expected(const std::map<std::vector<std::int64_t>, std::pair<std::vector<Row>, double>>& patterns, double rho) {
  Moments sum;
  for (const auto& [key, pattern] : patterns) {
    const Moments own = expected(pattern.first, rho);
    sum += {pattern.second * own.squares, pattern.second * own.products};
  }
  return sum;
}

}  // namespace

UnitNoise estimated_unit_noise(const Design& design, const Vector& residuals, double lost) {
  Moments seen;
  std::map<std::vector<std::int64_t>, std::pair<std::vector<Row>, double>> patterns;  // units with the same periods
  double pairs = 0;
  for (const std::vector<Row>& rows : rows_of_units(design)) {
    std::vector<std::int64_t> key;
    for (const Row& row : rows) key.push_back(row.when - rows.front().when);
    patterns.try_emplace(key, rows, 0).first->second.second += 1;
    double mean = 0;
    for (const Row& row : rows) mean += residuals(row.at) / static_cast<double>(rows.size());
    for (std::size_t t = 0; t < rows.size(); ++t) {
      const double e = residuals(rows[t].at) - mean;
      seen.squares += e * e;
      if (t == 0 || rows[t].when - rows[t - 1].when != 1) continue;
      seen.products += e * (residuals(rows[t - 1].at) - mean);
      ++pairs;
    }
  }
  UnitNoise noise;
  if (pairs > 0 && seen.squares > 0) {
    double low = -0.95, high = 0.99;
    for (int step = 0; step < 60; ++step) {
      const double middle = 0.5 * (low + high);
      const Moments m = expected(patterns, middle);
      (m.products / m.squares < seen.products / seen.squares ? low : high) = middle;
    }
    noise.autocorrelation = 0.5 * (low + high);
  }
  const double free = expected(patterns, noise.autocorrelation).squares, independent = expected(patterns, 0).squares;
  const double left = independent > lost ? (independent - lost) / independent : 0;
  if (!(free * left > 0))
    throw Error(
        ErrorKind::identification, "provider.no_noise",
        "the residuals within units leave no degrees of freedom to estimate their noise with; declare reliability");
  noise.variance = seen.squares / (free * left);
  return noise;
}

Matrix noise_covariance(const Design& design, const Matrix& c, const UnitNoise& noise) {
  Matrix sum = Matrix::Zero(c.rows(), c.rows());
  if (noise.autocorrelation == 0) return noise.variance * (c * c.transpose());
  Matrix spread(c.rows(), c.cols());
  for (const std::vector<Row>& rows : rows_of_units(design)) {
    const Matrix gamma = correlations(rows, noise.autocorrelation);
    Matrix own(c.rows(), static_cast<Index>(rows.size()));
    for (std::size_t t = 0; t < rows.size(); ++t) own.col(static_cast<Index>(t)) = c.col(rows[t].at);
    const Matrix moved = own * gamma;
    for (std::size_t t = 0; t < rows.size(); ++t) spread.col(rows[t].at) = moved.col(static_cast<Index>(t));
  }
  sum = noise.variance * (spread * c.transpose());
  return 0.5 * (sum + sum.transpose());
}

}  // namespace headwater
