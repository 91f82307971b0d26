#include "headwater/covariances/lags.hpp"

#include <numeric>

#include "headwater/core/error.hpp"

namespace headwater {

std::vector<std::int64_t> lag_positions(const MethodCall& rule, const Atoms& atoms) {
  if (!atoms.periods.empty() && rule.get("gaps", "break") != "bridge")
    return calendar_positions(atoms.periods, atoms.time_step);
  std::vector<std::int64_t> positions(static_cast<std::size_t>(atoms.time.count));
  std::iota(positions.begin(), positions.end(), std::int64_t{0});
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
  return series_of(psi.sums(atoms.time), atoms.time, nullptr, atoms.time);
}

SeriesSums sums_by_unit(const Contributions& psi, const Atoms& atoms) {
  if (atoms.unit.count == 0) return sums_by_period(psi, atoms);
  const Grouping cells = intersection({&atoms.unit, &atoms.time});
  return series_of(psi.sums(cells), cells, &atoms.unit, atoms.time);
}

}  // namespace headwater
