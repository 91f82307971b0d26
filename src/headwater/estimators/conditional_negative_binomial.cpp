// Question: when a regressor changes within a unit, by how many per cent does a count change, where counts spread more
// than their mean? Model: y_it is negative binomial with λ_it = exp(x_it'β + offset) and a spread of the unit's own:
// mean λ_it/δ_i, variance (1 + 1/δ_i) times that. Estimator: maximum likelihood given Σ_t y_it, in which δ_i cancels:
// ln L = Σ_i [lnΓ(Λ) + lnΓ(Y+1) − lnΓ(Λ+Y) + Σ_t (lnΓ(λ+y) − lnΓ(λ) − lnΓ(y+1))], Λ and Y sums of the unit. Unlike in
// other models with effects a constant and what does not change within units are identified, since δ_i is in the
// variance as well: the effects are not those of a Poisson model (Allison and Waterman 2002; Guimarães 2008). Units of
// one row or of zeros alone say nothing and are set aside. Newton's steps, observed information, atoms are units,
// clusters must contain them; normal distribution. Hausman, Hall and Griliches (1984), eq. 3.6. The likelihood is that
// of Stata xtnbreg, fe; equals a direct maximisation of it to 1e-8.
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/gamma_function.hpp"
#include "headwater/core/text.hpp"
#include "headwater/estimators/ascent.hpp"
#include "headwater/estimators/grouped_atoms.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/estimators/linked.hpp"
#include "headwater/estimators/methods.hpp"
#include "headwater/linalg/solve.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

struct UnitCounts {
  Matrix X;
  Vector y, offset;
};

std::vector<UnitCounts> counts_by_unit(const Design& design, const Matrix& X) {
  std::vector<UnitCounts> units;
  for (const std::vector<Index>& own : rows_by(design.effects.front().levels))
    units.push_back(
        {X(own, Eigen::all), design.y(own),
         design.offset.size() > 0 ? Vector(design.offset(own)) : Vector(Vector::Zero(static_cast<Index>(own.size())))});
  return units;
}

// Adds a unit to the log likelihood, its gradient as row `at` of the scores, and the information.
void add_unit(const UnitCounts& unit, const Vector& beta, Index at, Height& height) {
  const Vector lambda = (unit.X * beta + unit.offset).array().exp();
  const double all = lambda.sum(), counted_all = unit.y.sum();
  height.value += std::lgamma(all) + std::lgamma(counted_all + 1) - std::lgamma(all + counted_all);
  const double first = digamma(all) - digamma(all + counted_all);
  const double second = trigamma(all) - trigamma(all + counted_all);
  Vector slope(unit.y.size()), bend(unit.y.size());
  for (Index t = 0; t < unit.y.size(); ++t) {
    const double l = lambda(t), y = unit.y(t);
    height.value += std::lgamma(l + y) - std::lgamma(l) - std::lgamma(y + 1);
    slope(t) = l * (first + digamma(l + y) - digamma(l));
    bend(t) = slope(t) + l * l * (trigamma(l + y) - trigamma(l));
  }
  const Vector through = unit.X.transpose() * lambda;
  height.scores.row(at) = (unit.X.transpose() * slope).transpose();
  height.information -= unit.X.transpose() * (unit.X.array().colwise() * bend.array()).matrix();
  height.information -= second * through * through.transpose();
}

Height height_of_units(const std::vector<UnitCounts>& units, const Vector& beta) {
  Height height{0, Matrix(static_cast<Index>(units.size()), beta.size()), Matrix::Zero(beta.size(), beta.size())};
  for (std::size_t g = 0; g < units.size(); ++g) add_unit(units[g], beta, static_cast<Index>(g), height);
  if (!std::isfinite(height.value)) height.value = -INFINITY;
  return height;
}

// What is known of the counts of a unit beside their sum: nothing, if there is one row or all are zero.
Design without_silent_units(const Design& design, Index& silent) {
  const Grouping& units = design.effects.front().levels;
  const Vector sums = sums_by(design.y, units), sizes = sums_by(Vector::Ones(design.n()), units);
  std::vector<std::string> reasons;
  for (const std::int32_t unit : units.code)
    reasons.push_back(sizes(unit) == 1  ? "the only row of its " + units.name
                      : sums(unit) == 0 ? "no count above zero within " + units.name
                                        : "");
  silent = static_cast<Index>(
      std::count_if(reasons.begin(), reasons.end(), [](const std::string& reason) { return !reason.empty(); }));
  if (silent == design.n())
    throw Error(ErrorKind::identification, "conditional_negative_binomial.silent",
                "no " + units.name + " has two rows and a count of " + design.outcome_name +
                    " above zero, so nothing is left once their sums are given; use negative_binomial or ppml");
  return silent == 0 ? design : without_rows(design, reasons);
}

// A constant in front, as the formula asks for one that an effect would take elsewhere.
Transformed with_leading_constant(const Design& design) {
  Transformed data = rows_as_they_are(design);
  data.effects.clear();
  Matrix X(design.n(), design.k() + 1);
  X << Vector::Ones(design.n()), design.X;
  data.X = std::move(X);
  data.names.insert(data.names.begin(), "(Intercept)");
  data.origins.insert(data.origins.begin(), CoefficientOrigin{});
  data.constant = true;
  return data;
}

void add_conditional_count_extras(Fit& fit, double null_value, int steps) {
  const auto add = [&](const std::string& key, double value, const std::string& description, const std::string& unit) {
    fit.extras[key] = {key, {}, {}, std::vector<double>{value}, description, unit};
  };
  add("log_likelihood", fit.likelihood->value, "log likelihood at the maximum", "1");
  add("log_likelihood_null", null_value, "log likelihood of a constant and the offset alone", "1");
  add("strata", static_cast<double>(fit.n()), "units of two rows and more with a count above zero", "units");
  add("optimiser_iterations", steps, "Newton's steps", "iterations");
}

Ascent climb_units(const std::vector<UnitCounts>& units, Index k, const Design& design) {
  Ascent ascent = ascend([&](const Vector& beta) { return height_of_units(units, beta); }, Vector::Zero(k));
  if (!ascent.settled) refuse_climb(design, "its steps did not settle");
  return ascent;
}

}  // namespace

const MethodCard& conditional_negative_binomial_card() {
  static const MethodCard card{
      .name = "conditional_negative_binomial",
      .kind = "estimator",
      .question = "When a driver changes within a trust, by how many per cent does a count that spreads widely change?",
      .avoid = "Not as a control for all that lasts: drivers that never change are not taken out; ppml does that.",
      .reference = "Hausman, Hall and Griliches (1984) eq. 3.6; the likelihood of Stata xtnbreg, fe",
      .supports = {"effects", "offsets", "unbalanced", "no_time"}};
  return card;
}

Fit fit_conditional_negative_binomial(const EstimatorInput& input) {
  require_outcome(input, is_count, "a whole number from 0 to 10,000,000; for others there is ppml");
  require_one_effect(*input.design, "conditional_negative_binomial conditions on", ", or use ppml");
  Index silent = 0;
  const auto design = std::make_shared<const Design>(without_silent_units(*input.design, silent));
  const Transformed data = with_leading_constant(*design);
  AbsorbedRows rows = absorb(data);
  Fit fit = started_fit(design, data, rows);
  const Matrix X = data.X(Eigen::all, identified(fit, data, rows));
  fit.atoms = atoms_by(*design, design->effects.front().levels, "likelihood");
  count_degrees(fit, X.cols());
  const std::vector<UnitCounts> units = counts_by_unit(*design, X);
  const Ascent ascent = climb_units(units, X.cols(), *design);
  fit.coefficients = ascent.parameters;
  fit.bread = fit.unit_covariance = inverse_definite(ascent.at.information);
  fit.scores = {std::make_shared<const Matrix>(ascent.at.scores), std::nullopt};
  fit.likelihood = Likelihood{ascent.at.value};
  const double none = std::nan("");
  fit.goodness = {none, none, none, none, none, none};
  const std::vector<UnitCounts> alone = counts_by_unit(*design, Matrix::Ones(design->n(), 1));
  add_conditional_count_extras(fit, climb_units(alone, 1, *design).at.value, ascent.steps);
  if (silent > 0)
    fit.notes.push_back(
        {"conditional_negative_binomial.silent", counted(silent, "row") + (silent == 1 ? " was" : " were") +
                                                     " set aside, of a " + design->effects.front().levels.name +
                                                     " with one row or zeros alone: given their sum they say nothing"});
  return fit;
}

}  // namespace headwater
