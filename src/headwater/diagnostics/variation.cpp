// Question: is there variation to learn from? Standard deviations of every regressor over all rows, of unit means,
// within units, and after absorbing the effects. A driver with next to none of the last is not identified, whatever its
// total.
#include <algorithm>
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

bool takes_levels(const Design& design) {
  return std::any_of(design.effects.begin(), design.effects.end(), [](const Effect& e) { return e.intercept; });
}

// Norms of the columns named once the effects are absorbed: of the fit's own where it has them.
Vector absorbed_norms(const Fit& fit, const std::vector<Index>& columns) {
  const Design& design = *fit.design;
  Vector norms = Vector::Constant(design.k(), -1);
  if (is_plain_least_squares(fit) && takes_levels(design))
    for (Index j = 0; j < fit.k(); ++j)
      if (const auto& column = fit.origins[static_cast<std::size_t>(j)].column)
        norms(*column) = fit.linear->regressors->col(j).norm();
  std::vector<Index> others;
  for (const Index j : columns)
    if (norms(j) < 0) others.push_back(j);
  if (others.empty()) return norms;
  Matrix X = design.X(Eigen::all, others);
  X.rowwise() -= X.colwise().mean().eval();
  const Absorbed absorbed = Absorber(design.effects, design.weights, design.n()).project(std::move(X));
  for (std::size_t i = 0; i < others.size(); ++i) norms(others[i]) = absorbed.columns.col(static_cast<Index>(i)).norm();
  return norms;
}

}  // namespace

Variation variation(const Fit& fit) {
  const Design& design = *fit.design;
  Variation result;
  std::vector<Index> columns;
  for (Index j = design.intercept ? 1 : 0; j < design.k(); ++j) columns.push_back(j);
  for (Vector* v : {&result.mean, &result.sd_total, &result.sd_between, &result.sd_within, &result.sd_absorbed})
    v->resize(static_cast<Index>(columns.size()));
  Vector size = Vector::Zero(design.unit.count);
  for (const std::int32_t code : design.unit.code) size(code) += 1;
  const Vector absorbed = absorbed_norms(fit, columns);
  const double divisor = std::sqrt(static_cast<double>(std::max<Index>(1, design.n() - 1)));
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const auto j = static_cast<Index>(c);
    const auto x = design.X.col(columns[c]);
    const Vector means = sums_by(x, design.unit).col(0).cwiseQuotient(size);
    Vector within = x;
    for (Index i = 0; i < within.size(); ++i) within(i) -= means(design.unit.code[static_cast<std::size_t>(i)]);
    result.names.push_back(design.names[static_cast<std::size_t>(columns[c])]);
    result.mean(j) = x.mean();
    result.sd_total(j) = sd(x);
    result.sd_between(j) = sd(means);
    result.sd_within(j) = without_rounding(within.norm() / divisor, x);
    result.sd_absorbed(j) = without_rounding(absorbed(columns[c]) / divisor, x);
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
