#include "headwater/estimators/fit.hpp"

#include <algorithm>

#include "headwater/moments/moments.hpp"

namespace headwater {

const char* name(Status status) {
  switch (status) {
    case Status::converged: return "converged";
    case Status::not_converged: return "not_converged";
    case Status::boundary: return "boundary";
    case Status::failed: return "failed";
  }
  return "failed";
}

Matrix ScoreSource::rows() const {
  if (!errors) return *columns;
  return columns->array().colwise() * errors->array();
}

Matrix ScoreSource::sums(const Grouping& groups) const {
  if (!errors) return sums_by(*columns, groups);
  Matrix sums = Matrix::Zero(groups.count, columns->cols());
  for (Index j = 0; j < columns->cols(); ++j)
    for (Index i = 0; i < columns->rows(); ++i)
      sums(groups.code[static_cast<std::size_t>(i)], j) += (*columns)(i, j) * (*errors)(i);
  return sums;
}

bool is_least_squares(const Fit& fit) {
  return fit.linear && fit.scores.errors && fit.scores.columns == fit.linear->regressors;
}

bool is_plain_least_squares(const Fit& fit) {
  return is_least_squares(fit) && fit.linear->of_design && !has_unit_means(fit);
}

const Matrix* moving_columns(const Fit& fit) {
  if (fit.scores.errors) return fit.scores.columns.get();
  return fit.linear ? fit.linear->regressors.get() : nullptr;
}

bool has_unit_means(const Fit& fit) {
  return std::any_of(fit.origins.begin(), fit.origins.end(), [](const CoefficientOrigin& o) { return o.unit_means; });
}

std::optional<std::size_t> term_of(const Fit& fit, Index coefficient) {
  const std::optional<Index> column = fit.origins[static_cast<std::size_t>(coefficient)].column;
  return column ? fit.design->origins[static_cast<std::size_t>(*column)].term : std::nullopt;
}

std::optional<Index> constant_of(const Fit& fit) {
  if (!fit.design->intercept) return std::nullopt;
  for (Index j = 0; j < fit.k(); ++j) {
    const CoefficientOrigin& origin = fit.origins[static_cast<std::size_t>(j)];
    if (origin.column == Index{0} && !origin.unit_means) return j;
  }
  return std::nullopt;
}

std::optional<Index> coefficient_index(const Fit& fit, std::string_view wanted) {
  for (std::size_t j = 0; j < fit.names.size(); ++j)
    if (fit.names[j] == wanted) return static_cast<Index>(j);
  return std::nullopt;
}

std::vector<Matrix> effect_coefficients(const Fit& fit) {
  const Design& design = *fit.design;
  Vector rest = fit.linked ? fit.linked->predictor : design.y;
  if (design.offset.size() > 0) rest -= design.offset;
  for (Index j = 0; j < fit.k(); ++j) {
    const CoefficientOrigin& origin = fit.origins[static_cast<std::size_t>(j)];
    if (origin.column && !origin.unit_means) rest -= design.X.col(*origin.column) * fit.coefficients(j);
  }
  return Absorber(design.effects, design.weights, design.n()).coefficients(rest);
}

}  // namespace headwater
