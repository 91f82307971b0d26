// Question: how uncertain are the coefficients when shocks hit all units of a period together and last a few periods?
// S_t = Σ_{i in t} ψ_it; meat Γ_0 + Σ_{l=1..L} (1 − l/(L+1))(Γ_l + Γ_l'), Γ_l = Σ_t S_t S_{t−l}'. Driscoll and Kraay
// (1998), eq. 3. t − l goes by the time itself: where no unit has the years 2019 and 2020, 2021 and 2018 are three
// apart (as Stata's tsset has it). fixest, plm and linearmodels take the periods that are there by their rank, which
// gaps = bridge does too; without missing periods the two are the same. Equals plm vcovSCC (no factor) and fixest
// (T/(T−1)) to 1e-12.
#include "headwater/covariances/lags.hpp"
#include "headwater/covariances/rules.hpp"

namespace headwater {

Meat driscoll_kraay_meat(const MethodCall& rule, const Contributions& psi, const Atoms& atoms) {
  const Lags lags = lags_of(rule, atoms);
  const SeriesSums periods = sums_by_period(psi, atoms);
  return {{{.sign = 1,
            .groups = static_cast<double>(atoms.time.count),
            .sum = periods.sums.transpose() * periods.sums + lagged_products(periods, lags)}}};
}

}  // namespace headwater
