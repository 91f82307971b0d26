#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/estimators/methods.hpp"

namespace headwater {

const std::vector<EstimatorRow>& estimators() {
  static const std::vector<EstimatorRow> rows = {
      {pooled_card(), fit_pooled},
      {within_card(), fit_within},
      {between_card(), fit_between},
      {first_difference_card(), fit_first_difference},
      {long_difference_card(), fit_long_difference},
      {mundlak_card(), fit_mundlak},
      {frontier_card(), fit_frontier},
  };
  return rows;
}

const EstimatorRow& estimator(std::string_view wanted) {
  Names known;
  for (const EstimatorRow& row : estimators()) {
    if (row.card.name == wanted) return row;
    known.emplace_back(row.card.name);
  }
  const std::string near = nearest(wanted, known);
  throw Error(ErrorKind::usage, "estimator.unknown",
              "there is no estimator '" + std::string(wanted) + "'" +
                  (near.empty() ? "; known are " + joined(known, ", ") : "; did you mean '" + near + "'?"));
}

std::vector<Matrix> effect_coefficients(const Fit& fit) {
  const Design& design = *fit.design;
  Vector rest = design.y;
  for (Index j = 0; j < fit.k(); ++j) {
    const Index column = fit.columns[static_cast<std::size_t>(j)];
    if (column >= 0) rest -= design.X.col(column) * fit.coefficients(j);
  }
  return Absorber(design.effects, design.weights, design.n()).coefficients(rest);
}

Index coefficient_index(const Fit& fit, std::string_view wanted) {
  for (std::size_t j = 0; j < fit.names.size(); ++j)
    if (fit.names[j] == wanted) return static_cast<Index>(j);
  return -1;
}

}  // namespace headwater
