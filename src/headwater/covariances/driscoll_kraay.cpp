// Question: how uncertain are the coefficients when shocks hit all units of a period together and last a few periods?
// S_t = Σ_{i in t} ψ_it; meat Γ_0 + Σ_{l=1..L} (1 − l/(L+1))(Γ_l + Γ_l'), Γ_l = Σ_t S_t S_{t−l}'. Periods count by
// their rank among those present, as in fixest. Driscoll and Kraay (1998), eq. 3. Equals plm vcovSCC (no factor) and
// fixest (T/(T−1)) to 1e-12.
#include "headwater/core/error.hpp"
#include "headwater/covariances/rules.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {

Matrix driscoll_kraay_meat(const MethodCall& rule, const Matrix& psi, const Atoms& atoms) {
  if (atoms.time.count < 2)
    throw Error(ErrorKind::usage, "covariance.no_time",
                "driscoll_kraay needs rows of at least two periods and the time key; these rows have none");
  const long lag = rule.integer("lag", 0);
  if (lag < 0 || lag >= atoms.time.count)
    throw Error(ErrorKind::usage, "covariance.lag",
                "driscoll_kraay has lag " + std::to_string(lag) + " and the rows " + std::to_string(atoms.time.count) +
                    " periods; the lag must be below the number of periods");
  const Matrix S = sums_by(psi, atoms.time);
  Matrix meat = S.transpose() * S;
  for (Index l = 1; l <= lag; ++l) {
    const Matrix gamma = S.bottomRows(S.rows() - l).transpose() * S.topRows(S.rows() - l);
    meat += (1 - static_cast<double>(l) / static_cast<double>(lag + 1)) * (gamma + gamma.transpose());
  }
  return meat;
}

}  // namespace headwater
