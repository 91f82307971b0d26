// Question: do units whose regressors are higher on average have higher outcomes on average?
// Model ȳ_i = x̄_iβ + ē_i. Estimator: unweighted least squares on unit means, one row a unit, also when the panel is
// unbalanced; with means = rows each weighs by the rows behind it. Degrees of freedom N − k. With one effect in the
// formula its levels take the place of the units. Baltagi, Econometric Analysis of Panel Data (2021), 2.3. Equals
// plm(model = "between") and Stata xtreg, be to 1e-12, its wls to the 12 digits printed.
#include "headwater/core/error.hpp"
#include "headwater/estimators/grouped_atoms.hpp"
#include "headwater/estimators/instrumented.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/estimators/methods.hpp"
#include "headwater/estimators/whitening.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

const Grouping& groups_of(const Design& design) {
  if (design.effects.size() == 1) return design.effects.front().levels;
  if (design.effects.empty() && design.has_unit) return design.unit;
  throw Error(
      ErrorKind::usage, "estimator.no_groups",
      design.effects.empty()
          ? "between compares the means of units and needs the unit key"
          : "between compares the means of one grouping; leave one effect in the formula, or none for the units");
}

Matrix means_by(const Matrix& rows, const Grouping& groups) {
  return sums_by(rows, groups).array().colwise() / level_sizes(groups).array();
}

}  // namespace

const MethodCard& between_card() {
  static const MethodCard card{
      .name = "between",
      .kind = "estimator",
      .question = "Do trusts whose regressors are higher on average have higher outcomes on average?",
      .avoid = "Not for what happens when a trust changes: every difference between trusts is in it.",
      .reference = "Baltagi (2021) 2.3; equals plm between, xtreg be",
      .supports = {"effects", "instruments", "unbalanced", "no_time"},
      .options = with_instrument_options(
          {{"means", "choice: equal | rows", "equal", "what a mean weighs: one, or its rows, as xtreg, be wls"}})};
  return card;
}

Fit fit_between(const EstimatorInput& input) {
  const Design& design = *input.design;
  const Grouping& groups = groups_of(design);
  Transformed data{.X = means_by(design.X, groups),
                   .y = means_by(design.y, groups),
                   .weights = input.call.get("means", "equal") == "rows" ? level_sizes(groups) : Vector(),
                   .names = design.names,
                   .origins = column_origins(design),
                   .instruments = means_by(design.instruments, groups),
                   .instrument_names = design.instrument_names,
                   .atoms = atoms_by(design, groups, "mean"),
                   .of_design = false,
                   .constant = design.intercept};
  if (!design.intercept && design.spec.formula.intercept) {
    Matrix with_constant(data.X.rows(), data.X.cols() + 1);
    with_constant << Vector::Ones(data.X.rows()), data.X;
    data.X = std::move(with_constant);
    data.names.insert(data.names.begin(), "(Intercept)");
    data.origins.insert(data.origins.begin(), CoefficientOrigin{});
    data.constant = true;
  }
  return solve_linear(input, std::move(data));
}

}  // namespace headwater
