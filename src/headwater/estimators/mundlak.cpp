// Question: how do changes within a unit and lasting differences between units each go with the outcome?
// Model y = Xβ + X̄_iγ + e: unit means over the estimation sample of every regressor that varies within units are added,
// so β is the within slope and γ the between slope minus it; regressors that never change stay as they are. Estimator:
// (weighted) pooled least squares; effects of the period may be absorbed. Degrees of freedom n − k (− rank). Mundlak
// (1978), eq. 2.4; Wooldridge (2021) for unbalanced panels. On balanced panels β equals within to rounding; equals plm
// pooling on data with the means added, to 1e-12.
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/estimators/methods.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

constexpr double kInvariant = 1e-12;  // spread within units below this share of the column's size

Matrix unit_means(const Matrix& X, const Grouping& unit, const Vector& weights) {
  const Vector mass_of_row = weights.size() > 0 ? weights : Vector::Ones(X.rows());
  const Matrix weighted = X.array().colwise() * mass_of_row.array();
  const Vector mass = sums_by(mass_of_row, unit);
  const Matrix sums = sums_by(weighted, unit);
  Matrix means(X.rows(), X.cols());
  for (Index i = 0; i < X.rows(); ++i) {
    const std::int32_t u = unit.code[static_cast<std::size_t>(i)];
    means.row(i) = sums.row(u) / mass(u);
  }
  return means;
}

}  // namespace

const MethodCard& mundlak_card() {
  static const MethodCard card{
      .name = "mundlak",
      .kind = "estimator",
      .question = "How do changes within a trust and lasting differences between trusts each go with the outcome?",
      .avoid = "Not as a causal reading of the between part: everything that differs between trusts is in it.",
      .reference = "Mundlak (1978) eq. 2.4; within slopes equal within on balanced panels",
      .supports = {"weights", "effects", "unbalanced"},
      .options = {}};
  return card;
}

Fit fit_mundlak(const EstimatorInput& input) {
  const Design& design = *input.design;
  if (!design.has_unit)
    throw Error(ErrorKind::usage, "estimator.no_keys", "mundlak adds the means of units and needs the unit key");
  for (const Effect& effect : design.effects)
    if (nested_in(effect.levels, design.unit))
      throw Error(ErrorKind::usage, "estimator.unsupported",
                  "mundlak puts unit means in place of the effect '" + effect.levels.name +
                      "': with both, the means are collinear with the effect; take the effect out or use within");
  const Matrix means = unit_means(design.X, design.unit, design.weights);
  std::vector<Index> varying;
  for (Index j = design.intercept ? 1 : 0; j < design.k(); ++j)
    if ((design.X.col(j) - means.col(j)).norm() > kInvariant * design.X.col(j).norm()) varying.push_back(j);
  Transformed data{.y = design.y,
                   .weights = design.weights,
                   .names = design.names,
                   .origins = column_origins(design),
                   .effects = design.effects,
                   .atoms = atoms_of(design),
                   .constant = design.intercept};
  data.X.resize(design.n(), design.k() + static_cast<Index>(varying.size()));
  data.X.leftCols(design.k()) = design.X;
  for (std::size_t v = 0; v < varying.size(); ++v) {
    data.X.col(design.k() + static_cast<Index>(v)) = means.col(varying[v]);
    data.names.push_back("mean(" + design.names[static_cast<std::size_t>(varying[v])] + ")");
    data.origins.push_back({varying[v], true});
  }
  return solve_least_squares(input.design, std::move(data));
}

}  // namespace headwater
