// Question: is there variation to learn from? Standard deviations of every regressor over all rows, of unit means,
// within units, and after absorbing the effects. A driver with next to none of the last is not identified, whatever its
// total.
#include <cmath>

#include "headwater/diagnostics/test.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

double sd(const Vector& v) {
  const Vector centred = v.array() - v.mean();
  return v.size() > 1 ? std::sqrt(centred.squaredNorm() / static_cast<double>(v.size() - 1)) : 0;
}

// Deviations that are rounding of the values themselves are none.
constexpr double kRounding = 1e-13;
double without_rounding(double deviation, const Eigen::Ref<const Vector>& values) {
  return deviation > kRounding * values.cwiseAbs().maxCoeff() ? deviation : 0;
}

}  // namespace

Variation variation(const Fit& fit) {
  const Design& design = *fit.design;
  Variation result;
  const Index lead = design.intercept ? 1 : 0, p = design.k() - lead;
  for (Vector* v : {&result.mean, &result.sd_total, &result.sd_between, &result.sd_within, &result.sd_absorbed})
    v->resize(p);
  const Matrix X = design.X.rightCols(p);
  Vector size = Vector::Zero(design.unit.count);
  for (const std::int32_t code : design.unit.code) size(code) += 1;
  const Matrix means = sums_by(X, design.unit).array().colwise() / size.array();
  const Absorbed absorbed =
      Absorber(design.effects, design.weights, design.n()).project(X.rowwise() - X.colwise().mean());
  for (Index j = 0; j < p; ++j) {
    result.names.push_back(design.names[static_cast<std::size_t>(j + lead)]);
    result.mean(j) = X.col(j).mean();
    result.sd_total(j) = sd(X.col(j));
    result.sd_between(j) = sd(means.col(j));
    Vector within = X.col(j);
    for (Index i = 0; i < within.size(); ++i) within(i) -= means(design.unit.code[static_cast<std::size_t>(i)], j);
    const double divisor = static_cast<double>(std::max<Index>(1, within.size() - 1));
    result.sd_within(j) = without_rounding(std::sqrt(within.squaredNorm() / divisor), X.col(j));
    result.sd_absorbed(j) = without_rounding(std::sqrt(absorbed.columns.col(j).squaredNorm() / divisor), X.col(j));
  }
  return result;
}

Tree describe(const Variation& variation) {
  Tree tree;
  tree.axis("regressor", variation.names, "regressors of the formula, identified or not");
  tree.vector("mean", "regressor", variation.mean, "mean over the rows used", "regressor");
  tree.vector("sd_total", "regressor", variation.sd_total, "standard deviation over the rows used", "regressor");
  tree.vector("sd_between", "regressor", variation.sd_between, "standard deviation of unit means", "regressor");
  tree.vector("sd_within", "regressor", variation.sd_within, "standard deviation about the unit means", "regressor");
  tree.vector("sd_absorbed", "regressor", variation.sd_absorbed, "standard deviation after absorbing the effects",
              "regressor");
  return tree;
}

}  // namespace headwater
