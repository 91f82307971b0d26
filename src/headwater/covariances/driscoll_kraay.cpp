// Question: how uncertain are the coefficients when shocks hit all units of a period together and last a few periods?
// S_t = Σ_{i in t} ψ_it; meat Γ_0 + Σ_{l=1..L} (1 − l/(L+1))(Γ_l + Γ_l'), Γ_l = Σ_t S_t S_{t−l}'. Driscoll and Kraay
// (1998), eq. 3. t − l goes by the time itself: where no unit has the years 2019 and 2020, 2021 and 2018 are three
// apart (as Stata's tsset has it). fixest, plm and linearmodels take the periods that are there by their rank, which
// gaps = bridge does too; without missing periods the two are the same. Equals plm vcovSCC (no factor) and fixest
// (T/(T−1)) to 1e-12.
#include <algorithm>
#include <numeric>

#include "headwater/core/error.hpp"
#include "headwater/covariances/rules.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {

std::vector<std::int64_t> lag_positions(const MethodCall& rule, const Atoms& atoms) {
  std::vector<std::int64_t> positions(static_cast<std::size_t>(atoms.time.count));
  std::iota(positions.begin(), positions.end(), std::int64_t{0});
  if (atoms.periods.empty() || rule.get("gaps", "break") == "bridge") return positions;
  for (std::size_t t = 0; t < positions.size(); ++t)
    positions[t] = (atoms.periods[t].ordinal - atoms.periods.front().ordinal) / atoms.time_step;
  return positions;
}

Meat driscoll_kraay_meat(const MethodCall& rule, const Matrix& psi, const Atoms& atoms) {
  if (atoms.time.count < 2)
    throw Error(ErrorKind::usage, "covariance.no_time",
                "driscoll_kraay needs rows of at least two periods and the time key; these rows have none");
  const long lag = rule.integer("lag", 0);
  if (lag < 0 || lag >= atoms.time.count)
    throw Error(ErrorKind::usage, "covariance.lag",
                "driscoll_kraay has lag " + std::to_string(lag) + " and the rows " + std::to_string(atoms.time.count) +
                    " periods; the lag is 0 or more and below the number of periods");
  const std::vector<std::int64_t> position = lag_positions(rule, atoms);
  const Matrix S = sums_by(psi, atoms.time);
  Matrix sum = S.transpose() * S;
  for (std::int64_t l = 1; l <= lag; ++l) {
    Matrix gamma = Matrix::Zero(psi.cols(), psi.cols());
    for (std::size_t t = 1; t < position.size(); ++t) {
      const auto earlier = std::lower_bound(position.begin(), position.end(), position[t] - l);
      if (*earlier == position[t] - l)
        gamma += S.row(static_cast<Index>(t)).transpose() * S.row(earlier - position.begin());
    }
    sum += (1 - static_cast<double>(l) / static_cast<double>(lag + 1)) * (gamma + gamma.transpose());
  }
  return {{{.sign = 1, .groups = static_cast<double>(atoms.time.count), .sum = std::move(sum)}}};
}

}  // namespace headwater
