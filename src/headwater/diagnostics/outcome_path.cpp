// Question: how did the outcome move, and how much of that goes with the drivers? Of the rows used, with their weights:
// ȳ(t), and x̄(t)'β over the drivers' columns. ȳ(t) − ȳ(s) less x̄(t)'β − x̄(s)'β is what the drivers leave open: effects,
// residuals, and, where units come and go, who is there. No model of its own and no uncertainty; `change` has both.
#include "headwater/diagnostics/outcome_path.hpp"

#include "headwater/core/weights.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

// Σ_j x_j β_j over the drivers' columns.
Vector by_drivers(const Fit& fit) {
  const Design& design = *fit.design;
  const DriverPartition partition = partition_drivers(design);
  const bool declared = !design.spec.drivers.empty();
  Vector sum = Vector::Zero(design.n());
  for (Index j = 0; j < fit.k(); ++j) {
    const CoefficientOrigin& origin = fit.origins[static_cast<std::size_t>(j)];
    if (!origin.column) continue;
    const auto slot = partition.slot[static_cast<std::size_t>(*origin.column)];
    if (slot && !(declared && partition.slots[*slot] == "other"))
      sum += design.X.col(*origin.column) * fit.coefficients(j);
  }
  return sum;
}

std::vector<std::int64_t> units_of(const Design& design) {
  std::vector<std::int64_t> units(static_cast<std::size_t>(design.time.count), 0);
  for (const std::int32_t period : design.time.code) ++units[static_cast<std::size_t>(period)];
  return units;
}

}  // namespace

OutcomePath outcome_path(const Fit& fit) {
  const Design& design = *fit.design;
  OutcomePath path;
  if (!design.has_time || !design.has_unit || !fit.linear || !fit.linear->of_design || has_unit_means(fit)) return path;
  const Vector weights = weights_or_ones(design.weights, design.n());
  Matrix columns(design.n(), 3);
  // First of all: what throws while a matrix is being filled leaves it half full.
  const Vector driven = by_drivers(fit);
  columns << design.y.cwiseProduct(weights), driven.cwiseProduct(weights), weights;
  const Matrix sums = sums_by(columns, design.time);
  path.periods = design.time.labels;
  path.outcome = sums.col(0).array() / sums.col(2).array();
  path.accounted = sums.col(1).array() / sums.col(2).array();
  path.units = units_of(design);
  return path;
}

Tree describe(const OutcomePath& path) {
  Tree tree;
  if (path.periods.empty()) return tree;
  tree.axis("path_period", path.periods, "periods of the rows used");
  tree.vector("path_outcome", "path_period", path.outcome, "mean outcome of the period, weighted as the fit is",
              "outcome");
  tree.vector("path_accounted", "path_period", path.accounted,
              "the same mean of what the drivers' coefficients make of them", "outcome");
  tree.integers("path_units", "path_period", path.units, "units of the period", "units");
  return tree;
}

}  // namespace headwater
