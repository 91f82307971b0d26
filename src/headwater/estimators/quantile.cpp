// Question: how do the low or the high outcomes, not the mean, differ with the regressors? Model: the τ quantile of y
// given x is x'β(τ). Estimator: least Σ ρ_τ(y − x'β), ρ_τ(e) = e(τ − 1[e < 0]), at an exact vertex
// (linalg/regression_quantile.cpp). Scores are (τ − 1[e < 0])x, in the rows that are fitted exactly what makes them sum
// to zero, and the bread (Σ f x x')⁻¹, f the density of the errors at the quantile (quantile_density.cpp). Rows that
// are independent of one another: τ(1−τ)(Σ f x x')⁻¹ Σ x x' (Σ f x x')⁻¹, under iid with one density for all; rules
// that sum scores allow for dependence (clusters: Parente and Santos Silva 2016). Degrees of freedom n − k, t. Koenker
// and Bassett (1978); Koenker (2005), 3.2 and 3.4. Equals quantreg 5.94 (br; se iid, nid, ker) on the reference cases:
// coefficients to 1e-9, errors to 1e-8.
#include "headwater/estimators/quantile.hpp"

#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/estimators/grouped_atoms.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/estimators/linked.hpp"
#include "headwater/estimators/methods.hpp"
#include "headwater/linalg/regression_quantile.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

QuantileCall quantile_call(const MethodCall& call) {
  QuantileCall asked{call.number("tau", 0.5), {}};
  if (!(asked.tau > 0 && asked.tau < 1))
    throw Error(ErrorKind::usage, "quantile.tau",
                "tau is " + shortest(asked.tau) + " in " + call.text +
                    "; it is the share of outcomes below, between 0 and 1, such as 0.9");
  const std::string density = call.get("density", "");
  if (density == "constant") asked.density = ErrorDensity::constant;
  if (density == "difference") asked.density = ErrorDensity::difference;
  if (density == "kernel") asked.density = ErrorDensity::kernel;
  return asked;
}

void refuse_unnamed_effects(const Design& design, double tau) {
  const std::string start = "quantile(tau = " + shortest(tau) + ", effects = ";
  throw Error(ErrorKind::usage, "quantile.effects",
              "an absorbed effect may move every quantile alike or stretch the spread as well, and the model " +
                  design.spec.formula.text + " with " + design.spec.estimator.text + " does not say which; write " +
                  start + "canay) for the first, " + start + "mm) for the second, or factor(...) for dummies");
}

void refuse_no_effects(const Design& design) {
  throw Error(ErrorKind::usage, "quantile.effects",
              design.spec.estimator.text + " takes out an effect, such as y ~ x | trust, and the model " +
                  design.spec.formula.text + " has none; leave the option effects out");
}

void note_several(Fit& fit) {
  fit.notes.push_back({"quantile.several",
                       "other coefficients fit this quantile as well as these, so theirs is one of several answers; "
                       "the sum that is minimised is the same"});
}

// 1 less the sum at its minimum over that of a constant alone (Koenker and Machado 1999).
double quantile_r(const Vector& y, double tau, double objective) {
  return 1 - objective / regression_quantile(Matrix::Ones(y.size(), 1), y, tau).objective;
}

Fit fit_plain(const EstimatorInput& input, const QuantileCall& call) {
  const Design& design = *input.design;
  Transformed data = rows_as_they_are(design);
  AbsorbedRows rows = absorb(data);
  Fit fit = started_fit(input.design, data, rows);
  const Matrix X = design.X(Eigen::all, identified(fit, data, rows));
  count_degrees(fit, X.cols());
  const RegressionQuantile found = regression_quantile(X, design.y, call.tau);
  fit.coefficients = found.coefficients;
  const auto bread = [&](ErrorDensity usual) {
    return quantile_bread(X, error_densities(call.density.value_or(usual), X, design.y, found.residuals, call.tau));
  };
  fit.bread = fit.unit_covariance = bread(ErrorDensity::kernel);
  const Matrix equal = bread(ErrorDensity::constant);
  fit.equal_errors = EqualErrors{call.tau * (1 - call.tau) * (equal * cross_product(X, {}) * equal),
                                 "tau(1-tau) times the rows' outer products between inverse densities"};
  fit.scores = {std::make_shared<const Matrix>(X.array().colwise() * found.signs.array()), std::nullopt};
  forget_least_squares(fit);
  add_quantile_extras(fit, found.objective, found.residuals);
  fit.extras["pseudo_r_squared"] = {"pseudo_r_squared",
                                    {},
                                    {},
                                    std::vector<double>{quantile_r(design.y, call.tau, found.objective)},
                                    "1 - objective / that of a constant alone, Koenker and Machado (1999)",
                                    "1"};
  fit.extras["tau"] = {"tau", {}, {}, std::vector<double>{call.tau}, "share of outcomes below the quantile", "1"};
  if (!found.unique) note_several(fit);
  if (!found.settled) {
    fit.status = Status::not_converged;
    fit.status_detail = "the search from vertex to vertex was cut short after " + counted(found.steps, "step");
  }
  return fit;
}

}  // namespace

std::optional<double> fitted_quantile(const Fit& fit) {
  const auto found = fit.extras.find("tau");
  if (found == fit.extras.end()) return std::nullopt;
  return std::get<std::vector<double>>(found->second.values).front();
}

void forget_least_squares(Fit& fit) {
  const double none = std::nan("");
  fit.linear.reset();
  fit.goodness = {none, none, none, none, none, none};
}

void add_quantile_extras(Fit& fit, double objective, const Vector& residuals) {
  fit.extras["objective"] = {"objective",
                             {},
                             {},
                             std::vector<double>{objective},
                             "sum of the residuals, those above times tau, those below times tau - 1",
                             "outcome"};
  fit.extras["residual"] = {"residual",
                            {"row"},
                            {fit.n()},
                            std::vector<double>(residuals.data(), residuals.data() + residuals.size()),
                            "outcome less its fitted quantile",
                            "outcome"};
}

const MethodCard& quantile_card() {
  static const MethodCard card{
      .name = "quantile",
      .kind = "estimator",
      .question = "How do low or high outcomes, rather than the mean, differ with the drivers?",
      .avoid = "Not for contributions to a mean or a total: quantiles do not add up.",
      .reference = "Koenker and Bassett (1978); equals quantreg br; Canay (2011); Machado and Santos Silva (2019)",
      .supports = {"effects", "unbalanced", "no_unit", "no_time"},
      .options = {{"tau", "number", "0.5", "the share of outcomes below, between 0 and 1"},
                  {"density", "choice: constant | difference | kernel", "constant with iid, else kernel",
                   "of errors at the quantile: one for all rows, between two quantiles, or by a kernel"},
                  {"effects", "choice: canay | mm", "none",
                   "of an absorbed effect: moves quantiles alike, or stretches the spread too"}},
      .positions = {"tau"}};
  return card;
}

Fit fit_quantile(const EstimatorInput& input) {
  const Design& design = *input.design;
  const QuantileCall call = quantile_call(input.call);
  const std::string way = input.call.get("effects", "");
  if (design.y.maxCoeff() == design.y.minCoeff()) refuse_same_outcome(design);
  if (way.empty() && !design.effects.empty()) refuse_unnamed_effects(design, call.tau);
  if (!way.empty() && design.effects.empty()) refuse_no_effects(design);
  if (way.empty()) return fit_plain(input, call);
  require_one_effect(design, design.spec.estimator.text + " takes out", "");
  return way == "canay" ? fit_quantile_shifted(input, call) : fit_quantile_by_moments(input, call);
}

}  // namespace headwater
