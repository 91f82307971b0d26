#include "headwater/covariances/lags.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "headwater/core/error.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

SeriesSums series_sums(const Contributions& psi, const Grouping& cells, const Grouping* series,
                       const Grouping& periods) {
  SeriesSums result{psi.sums(cells), std::vector<SeriesSums::At>(static_cast<std::size_t>(cells.count))};
  for (std::size_t i = 0; i < cells.code.size(); ++i) {
    const std::int32_t cell = cells.code[i];
    result.order[static_cast<std::size_t>(cell)] = {series ? series->code[i] : 0, periods.code[i], cell};
  }
  std::sort(result.order.begin(), result.order.end(), [](const SeriesSums::At& a, const SeriesSums::At& b) {
    return std::tie(a.series, a.period) < std::tie(b.series, b.period);
  });
  return result;
}

}  // namespace

std::vector<std::int64_t> lag_positions(const MethodCall& rule, const Atoms& atoms) {
  std::vector<std::int64_t> positions(static_cast<std::size_t>(atoms.time.count));
  std::iota(positions.begin(), positions.end(), std::int64_t{0});
  if (atoms.periods.empty() || rule.get("gaps", "break") == "bridge") return positions;
  for (std::size_t t = 0; t < positions.size(); ++t)
    positions[t] = (atoms.periods[t].ordinal - atoms.periods.front().ordinal) / atoms.time_step;
  return positions;
}

Lags lags_of(const MethodCall& rule, const Atoms& atoms, LagKernel kernel) {
  if (atoms.time.count < 2)
    throw Error(ErrorKind::usage, "covariance.no_time",
                rule.method + " needs rows of at least two periods and the time key; these rows have none");
  const long lag = rule.integer("lag", 0);
  if (lag < 0 || lag >= atoms.time.count)
    throw Error(ErrorKind::usage, "covariance.lag",
                rule.method + " has lag " + std::to_string(lag) + " and the rows " + std::to_string(atoms.time.count) +
                    " periods; the lag is 0 or more and below the number of periods");
  return {lag, kernel, lag_positions(rule, atoms)};
}

SeriesSums sums_by_period(const Contributions& psi, const Atoms& atoms) {
  return series_sums(psi, atoms.time, nullptr, atoms.time);
}

SeriesSums sums_by_unit(const Contributions& psi, const Atoms& atoms) {
  if (atoms.unit.count == 0) return sums_by_period(psi, atoms);
  return series_sums(psi, intersection({&atoms.unit, &atoms.time}), &atoms.unit, atoms.time);
}

Matrix lagged_products(const SeriesSums& series, const Lags& lags) {
  Matrix earlier = Matrix::Zero(series.sums.rows(), series.sums.cols());
  for (std::size_t at = 1; at < series.order.size(); ++at) {
    const SeriesSums::At& own = series.order[at];
    for (std::size_t back = at; back-- > 0 && series.order[back].series == own.series;) {
      const std::int64_t l = lags.position[static_cast<std::size_t>(own.period)] -
                             lags.position[static_cast<std::size_t>(series.order[back].period)];
      if (l > lags.longest) break;
      const double weight =
          lags.kernel == LagKernel::uniform ? 1 : 1 - static_cast<double>(l) / static_cast<double>(lags.longest + 1);
      earlier.row(own.row) += weight * series.sums.row(series.order[back].row);
    }
  }
  const Matrix gamma = series.sums.transpose() * earlier;
  return gamma + gamma.transpose();
}

}  // namespace headwater
