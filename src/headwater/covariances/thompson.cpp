// Question: how uncertain are the coefficients when errors of a unit go together over all time, errors of a period over
// all units, and shocks common to all units last a few periods? Meat
//   V_unit + V_time + Σ_{l=1..L} w_l (V_time,l + V_time,l') − V_row − Σ_{l=1..L} w_l (V_row,l + V_row,l')
// with V_time,l = Σ_t S_t S_{t−l}' over the sums of periods and V_row,l = Σ_it ψ_it ψ_i,t−l': what units and periods
// both hold is taken off once. Thompson (2011), eq. 12, whose lags weigh 1; with kernel = bartlett they weigh
// 1 − l/(L+1), so that it is cluster(unit) + driscoll_kraay(L) − newey_west(L). With L = 0 it is cluster(unit, time).
// The factor is that of the fewer of units and periods. Equals plm vcovDC at L = 0 and sums written out.
#include "headwater/core/error.hpp"
#include "headwater/covariances/lags.hpp"
#include "headwater/covariances/rules.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {

Meat thompson_meat(const MethodCall& rule, const Contributions& psi, const Atoms& atoms) {
  if (atoms.unit.count < 2)
    throw Error(ErrorKind::usage, "covariance.no_unit",
                "thompson adds what goes together within units to what does within periods, and these rows have no two "
                "units; give the unit key, or use driscoll_kraay");
  const Lags lags =
      lags_of(rule, atoms, rule.get("kernel", "uniform") == "uniform" ? LagKernel::uniform : LagKernel::bartlett);
  const SeriesSums periods = sums_by_period(psi, atoms), units = sums_by_unit(psi, atoms);
  const auto sum_of = [&](const SeriesSums& series) -> Matrix {
    return series.sums.transpose() * series.sums + lagged_products(series, lags);
  };
  return {{{.sign = 1, .groups = static_cast<double>(atoms.unit.count), .sum = psi.squares(atoms.unit)},
           {.sign = 1, .groups = static_cast<double>(atoms.time.count), .sum = sum_of(periods)},
           {.sign = -1, .groups = static_cast<double>(units.sums.rows()), .sum = sum_of(units)}}};
}

}  // namespace headwater
