// Question: is the errors' variance the same in all units? With σ_i² = Σ_t e_it²/T_i, σ² that of all rows, and V_i =
// Σ_t (e_it² − σ_i²)²/(T_i (T_i − 1)): Σ_i (σ_i² − σ²)²/V_i ~ χ²(n), n units with two rows at least (Greene 2000, p.
// 598; the errors need not be normal). Equals Stata xttest3 after xtreg, fe, and sums written out.
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/diagnostics/requested.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {

std::vector<Test> group_variance_tests(const DiagnosticInput& input) {
  need_rows(input);
  const Fit& fit = input.fit;
  const Grouping& unit = fit.design->unit;
  if (!fit.design->has_unit || unit.count < 2)
    throw Error(ErrorKind::usage, "diagnostic.no_keys",
                "group_variances compares units and needs the unit key with two of them at least");
  const Vector squares = fit.linear->residuals.cwiseAbs2();
  const Vector size = sums_by(Vector::Ones(squares.size()), unit).col(0), sum = sums_by(squares, unit).col(0);
  const Vector own = sum.cwiseQuotient(size);
  const Vector spread = sums_by((squares - own(unit.code)).cwiseAbs2(), unit).col(0);
  const double all = squares.mean();
  double statistic = 0, units = 0, least = INFINITY, most = 0;
  for (Index i = 0; i < size.size(); ++i) {
    if (size(i) < 2 || !(spread(i) > 0)) continue;
    statistic += std::pow(own(i) - all, 2) * size(i) * (size(i) - 1) / spread(i);
    least = std::min(least, own(i));
    most = std::max(most, own(i));
    ++units;
  }
  if (units < 2)
    throw Error(ErrorKind::data, "diagnostic.no_groups",
                "group_variances finds fewer than two units with two rows whose errors vary");
  return {with_meaning(
      chi_squared_test("modified_wald",
                       "errors of all units have the same variance (standard deviations from " +
                           significant(std::sqrt(least), 3) + " to " + significant(std::sqrt(most), 3) + ")",
                       statistic, units),
      fit, "variances differ between units, so iid errors are wrong; robust and cluster errors are not",
      "no sign that variances differ between units")};
}

}  // namespace headwater
