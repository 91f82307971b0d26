#include "headwater/estimators/unit_means.hpp"

#include "headwater/core/error.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

constexpr double kInvariant = 1e-12;  // spread within units below this share of the column's size

Matrix unit_means(const Matrix& X, const Grouping& unit, const Vector& weights) {
  const Vector mass_of_row = weights_or_ones(weights, X.rows());
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

Transformed with_unit_means(const Design& design, const std::string& estimator) {
  if (!design.has_unit)
    throw Error(ErrorKind::usage, "estimator.no_keys", estimator + " adds the means of units and needs the unit key");
  const Matrix means = unit_means(design.X, design.unit, design.weights);
  std::vector<Index> varying;
  for (Index j = design.intercept ? 1 : 0; j < design.k(); ++j)
    if ((design.X.col(j) - means.col(j)).norm() > kInvariant * design.X.col(j).norm()) varying.push_back(j);
  Transformed data = rows_as_they_are(design);
  data.X.conservativeResize(Eigen::NoChange, design.k() + static_cast<Index>(varying.size()));
  for (std::size_t v = 0; v < varying.size(); ++v) {
    data.X.col(design.k() + static_cast<Index>(v)) = means.col(varying[v]);
    data.names.push_back("mean(" + design.names[static_cast<std::size_t>(varying[v])] + ")");
    data.origins.push_back({varying[v], true});
  }
  return data;
}

}  // namespace headwater
