// Question: how uncertain are the coefficients when units are independent and shocks to a unit last a few periods?
// ψ_it of unit i in period t; meat Σ_i [Σ_t ψ_it ψ_it' + Σ_{l=1..L} (1 − l/(L+1)) Σ_t (ψ_it ψ_i,t−l' + transposed)].
// Newey and West (1987), eq. 5, summed over units; one series where there is no unit key. t − l goes by the time itself
// where all units miss a period, as Stata's newey with tsset has it; fixest and plm go by the rank of the periods there
// are, which gaps = bridge does too. A unit's own gap always counts as time. Small-sample factor T/(T−1) times
// (N−1)/(N−K) under fixest. Equals fixest's NW and plm's vcovNW (no factor) to 1e-12; pyfixest takes rows as they
// follow, gaps or not.
#include "headwater/covariances/lags.hpp"
#include "headwater/covariances/rules.hpp"

namespace headwater {

Meat newey_west_meat(const MethodCall& rule, const Contributions& psi, const Atoms& atoms) {
  const Lags lags = lags_of(rule, atoms);
  const SeriesSums units = sums_by_unit(psi, atoms);
  return {{{.sign = 1,
            .groups = static_cast<double>(atoms.time.count),
            .sum = units.sums.transpose() * units.sums + lagged_products(units, lags)}}};
}

}  // namespace headwater
