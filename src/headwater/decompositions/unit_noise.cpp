#include "headwater/decompositions/unit_noise.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "headwater/core/threads.hpp"

namespace headwater {
namespace {

std::int64_t step_of(const Design& design, Index row) {
  const auto code = static_cast<std::size_t>(design.time.code[static_cast<std::size_t>(row)]);
  return design.periods[code].ordinal / std::max<std::int64_t>(1, design.time_step);
}

}  // namespace

Index UnitTimes::gap(std::int64_t distance) const {
  return std::lower_bound(gaps.begin(), gaps.end(), std::abs(distance)) - gaps.begin();
}

Vector UnitTimes::powers(double autocorrelation) const {
  Vector result(static_cast<Index>(gaps.size()));
  for (std::size_t h = 0; h < gaps.size(); ++h)
    result(static_cast<Index>(h)) = gaps[h] == 0 ? 1 : std::pow(autocorrelation, static_cast<double>(gaps[h]));
  return result;
}

UnitTimes unit_times(const Design& design) {
  UnitTimes times;
  times.units.resize(static_cast<std::size_t>(design.unit.count));
  std::vector<Index> order(static_cast<std::size_t>(design.n()));
  std::iota(order.begin(), order.end(), Index{0});
  if (design.has_time)
    std::stable_sort(order.begin(), order.end(),
                     [&](Index a, Index b) { return step_of(design, a) < step_of(design, b); });
  for (const Index i : order) {
    UnitRows& unit = times.units[static_cast<std::size_t>(design.unit.code[static_cast<std::size_t>(i)])];
    unit.when.push_back(design.has_time ? step_of(design, i) : unit.size());
    unit.at.push_back(i);
  }
  std::set<std::int64_t> gaps = {0};
  for (const UnitRows& unit : times.units)
    for (std::size_t s = 0; s < unit.when.size(); ++s)
      for (std::size_t t = s + 1; t < unit.when.size(); ++t) gaps.insert(unit.when[t] - unit.when[s]);
  times.gaps.assign(gaps.begin(), gaps.end());
  return times;
}

Matrix weights_by_gap(const UnitTimes& times, const Matrix& c) {
  Matrix sums = Matrix::Zero(c.rows(), static_cast<Index>(times.gaps.size()));
  parallel_for(static_cast<std::size_t>(c.rows()), [&](std::size_t row) {
    const auto i = static_cast<Index>(row);
    for (const UnitRows& unit : times.units)
      for (std::size_t s = 0; s < unit.at.size(); ++s) {
        const double own = c(i, unit.at[s]);
        if (own == 0) continue;
        sums(i, 0) += own * own;
        for (std::size_t t = s + 1; t < unit.at.size(); ++t)
          sums(i, times.gap(unit.when[t] - unit.when[s])) += 2 * own * c(i, unit.at[t]);
      }
  });
  return sums;
}

Matrix noise_covariance(const UnitTimes& times, const Matrix& c, const Vector& autocovariances) {
  Matrix spread(c.rows(), c.cols());
  for (const UnitRows& unit : times.units) {
    Matrix own(c.rows(), unit.size()), gamma(unit.size(), unit.size());
    for (std::size_t s = 0; s < unit.at.size(); ++s) {
      own.col(static_cast<Index>(s)) = c.col(unit.at[s]);
      for (std::size_t t = 0; t < unit.at.size(); ++t)
        gamma(static_cast<Index>(s), static_cast<Index>(t)) = autocovariances(times.gap(unit.when[s] - unit.when[t]));
    }
    const Matrix moved = own * gamma;
    for (std::size_t s = 0; s < unit.at.size(); ++s) spread.col(unit.at[s]) = moved.col(static_cast<Index>(s));
  }
  const Matrix sum = spread * c.transpose();
  return 0.5 * (sum + sum.transpose());
}

}  // namespace headwater
