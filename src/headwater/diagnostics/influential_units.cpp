// Question: which units move a coefficient most? First-order change when a unit u is left out: −ψ_u, the unit's summed
// influence, divided by one minus the unit's average leverage, trace(H_uu)/k (a one-number Cook-type correction; exact
// for units of equal leverage). No refit. Belsley, Kuh and Welsch (1980), 2.1, for units instead of rows. A
// coefficient without a standard error has no such list: what it rests on sums to zero in every cluster.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "headwater/diagnostics/test.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

Vector unit_leverage(const Fit& fit) {
  const Matrix& moving = *moving_columns(fit);
  const Matrix half = moving * fit.bread;
  Vector leverage = half.cwiseProduct(fit.random || fit.linked ? moving : *fit.linear->regressors).rowwise().sum();
  const Vector& weights = fit.linked ? fit.linked->information : fit.weights;
  if (weights.size() > 0) leverage = leverage.cwiseProduct(weights);
  return sums_by(leverage, fit.atoms.unit);
}

}  // namespace

Movers influential_units(const Fit& fit, const Covariance& covariance, int top) {
  Movers movers;
  if (fit.atoms.unit.count < 2 || !moving_columns(fit)) return movers;
  const Matrix psi = sums_by(influence(fit), fit.atoms.unit);
  const Vector leverage = unit_leverage(fit);
  const auto shown =
      std::min<std::size_t>(static_cast<std::size_t>(top), static_cast<std::size_t>(fit.atoms.unit.count));
  for (Index j = 0; j < fit.k(); ++j) {
    const double se = covariance.std_error(j);
    if (!(se > 0)) continue;
    Vector change(psi.rows());
    for (Index u = 0; u < psi.rows(); ++u) {
      const double left = std::max(1 - leverage(u) / static_cast<double>(std::max<Index>(1, fit.k())), 0.05);
      change(u) = -psi(u, j) / left;
    }
    std::vector<Index> order(static_cast<std::size_t>(psi.rows()));
    std::iota(order.begin(), order.end(), Index{0});
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(shown), order.end(),
                      [&](Index a, Index b) {
                        const double x = std::abs(change(a)), y = std::abs(change(b));
                        return x != y ? x > y : a < b;
                      });
    for (std::size_t i = 0; i < shown; ++i)
      movers.entries.push_back({fit.names[static_cast<std::size_t>(j)],
                                fit.atoms.unit.labels[static_cast<std::size_t>(order[i])], change(order[i]),
                                change(order[i]) / se});
  }
  return movers;
}

Tree describe(const Movers& movers) {
  Tree tree;
  std::vector<std::string> index, terms, units;
  Vector change(static_cast<Index>(movers.entries.size())), in_se(change.size());
  for (std::size_t i = 0; i < movers.entries.size(); ++i) {
    index.push_back(std::to_string(i + 1));
    terms.push_back(movers.entries[i].term);
    units.push_back(movers.entries[i].unit);
    change(static_cast<Index>(i)) = movers.entries[i].change;
    in_se(static_cast<Index>(i)) = movers.entries[i].change_in_se;
  }
  tree.axis("mover", index, "units that move a coefficient most, largest first within each term");
  tree.text("mover_term", "mover", terms, "coefficient");
  tree.text("mover_unit", "mover", units, "unit");
  tree.vector("mover_change", "mover", change, "approximate change of the coefficient when the unit is left out",
              "outcome per regressor");
  tree.vector("mover_change_in_se", "mover", in_se, "the same in standard errors");
  return tree;
}

}  // namespace headwater
