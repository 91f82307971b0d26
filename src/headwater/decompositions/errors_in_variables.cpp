// Question: if a regressor is measured with error, which contributions are understated, and which groups hold what
// belongs to it? Model: x = ξ + u with independent noise of variance (1 − λ) Var(x), λ the reliability. Estimator:
//   b(λ) = (X̃'WX̃ − D)⁻¹X̃'Wy, D = (1 − λ) Var(x) h Σw on the diagonal of x, h = (n − rank of effects)/n
// the share of the noise that absorbing the effects leaves (of = total), or Var within the effects with h = 1
// (of = within). Fuller (1987), 2.2; with of = within, equals eivtools::eivreg on the transformed data. The items are
// the drivers' parts of the change of the mean between two periods under b(λ), and the rest; at reliability 1 they are
// those of the fit. Influence through the corrected estimating equations, the variance of x included. mecor and SIMEX
// give no cluster-robust errors; here every row of the sweep has them.
#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/decompositions/coefficient_items.hpp"
#include "headwater/decompositions/extra_table.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/parts.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

constexpr double kSweep[] = {1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5};

struct Noisy {
  Index coefficient;
  Vector squares;    // n: w (x − x̄)², whose sum is Var(x) Σw
  double surviving;  // h
};

Noisy noisy_regressor(const DecompositionInput& input) {
  const Fit& fit = *input.fit;
  if (!input.call.has("term"))
    throw Error(ErrorKind::usage, "decomposition.option",
                "errors_in_variables needs term, the regressor that is measured with error", {.key = "term"});
  const std::optional<Index> found = coefficient_index(fit, input.call.get("term"));
  if (!found) {
    const std::string near = nearest(input.call.get("term"), fit.names);
    throw Error(ErrorKind::usage, "decomposition.no_term",
                "term = " + input.call.get("term") + " is no identified coefficient" +
                    (near.empty() ? "; there are " + joined(fit.names, ", ") : "; did you mean '" + near + "'?"),
                {.key = "term"});
  }
  const Index j = *found;
  const bool of_total = input.call.get("of", "total") == "total";
  const Vector w = weights_or_ones(fit.design->weights, fit.design->n());
  if (!of_total) return {j, w.cwiseProduct(fit.linear->regressors->col(j).cwiseAbs2()), 1};
  const Vector x = fit.design->X.col(*fit.origins[static_cast<std::size_t>(j)].column);
  const double mean = x.dot(w) / w.sum(), n = static_cast<double>(fit.n());
  return {j, w.array() * (x.array() - mean).square(), (n - static_cast<double>(fit.effects_rank.rank)) / n};
}

struct Corrected {
  Vector coefficients;
  Matrix psi;  // n × k
  bool possible = true;
};

Corrected corrected(const Fit& fit, const Noisy& noisy, double reliability) {
  const Index j = noisy.coefficient;
  const Matrix& regressors = *fit.linear->regressors;
  const Vector& outcome = fit.linear->outcome;
  const Vector w = weights_or_ones(fit.design->weights, fit.design->n());
  const double share = (1 - reliability) * noisy.surviving;
  Matrix A = cross_product(regressors, fit.weights);
  A(j, j) -= share * noisy.squares.sum();
  Corrected c;
  // What is left of x once the others are taken out must exceed the noise.
  const double left = 1 / fit.bread(j, j);
  c.possible = share * noisy.squares.sum() < left * (1 - 1e-9);
  if (!c.possible) return c;
  c.coefficients = reliability == 1
                       ? fit.coefficients
                       : Vector(solve_definite(A, cross_product(regressors, Matrix(outcome), fit.weights)).col(0));
  const Vector e = outcome - regressors * c.coefficients;
  Matrix scores = regressors.array().colwise() * (w.array() * e.array());
  scores.col(j) += share * c.coefficients(j) * noisy.squares;
  c.psi = scores * inverse_definite(A);
  return c;
}

struct DriverTarget {
  Contrast contrast;
  Names slots;            // of drivers, in order
  std::vector<int> slot;  // of each coefficient, -1 for the constant
};

DriverTarget driver_target(const DecompositionInput& input) {
  const Fit& fit = *input.fit;
  const Design& design = *fit.design;
  if (!design.has_time || design.time.count < 2)
    throw Error(ErrorKind::usage, "decomposition.no_time",
                "errors_in_variables splits the change between two periods; the rows used have " +
                    std::string(design.has_time ? "one period" : "no time key"));
  const std::int32_t from = input.call.has("from") ? period_code(design, "from", input.call.get("from")) : 0,
                     to =
                         input.call.has("to") ? period_code(design, "to", input.call.get("to")) : design.time.count - 1;
  DriverTarget t{Contrast(design.n()), {}, {}};
  t.contrast.add(1, within_group(weights_or_ones(design.weights, design.n()), design.time, to));
  t.contrast.add(-1, within_group(weights_or_ones(design.weights, design.n()), design.time, from));
  for (const std::string& slot : slots_of(fit)) {
    const auto found = std::find(t.slots.begin(), t.slots.end(), slot);
    t.slot.push_back(slot.empty() ? -1 : static_cast<int>(found - t.slots.begin()));
    if (!slot.empty() && found == t.slots.end()) t.slots.push_back(slot);
  }
  return t;
}

// Drivers' parts and the rest, with the influence of estimation and of drawing rows.
Estimates parts_of(const Fit& fit, const DriverTarget& target, const Corrected& c) {
  const Design& design = *fit.design;
  const auto m = static_cast<Index>(target.slots.size());
  Matrix values = Matrix::Zero(design.n(), m + 1);
  Matrix estimation = Matrix::Zero(design.n(), m + 1);
  for (Index j = 0; j < fit.k(); ++j) {
    const int slot = target.slot[static_cast<std::size_t>(j)];
    if (slot < 0) continue;
    const Vector x = design.X.col(*fit.origins[static_cast<std::size_t>(j)].column);
    values.col(slot) += c.coefficients(j) * x;
    estimation.col(slot) += target.contrast.values(x)(0) * c.psi.col(j);
  }
  values.col(m) = design.y - values.leftCols(m).rowwise().sum();
  estimation.col(m) = -estimation.leftCols(m).rowwise().sum();
  Estimates e;
  e.names = target.slots;
  e.names.emplace_back("effects and residual");
  e.values = target.contrast.values(values);
  e.influence = estimation + target.contrast.sampling_influence(values);
  e.jacobian = Matrix::Identity(m + 1, m + 1);
  return e;
}

double checked_reliability(const MethodCall& call) {
  if (!call.has("reliability"))
    throw Error(
        ErrorKind::usage, "decomposition.option",
        "errors_in_variables needs reliability, the share of the variance of " + call.get("term") +
            " that is not noise: nothing in the data tells it, so give one that is known, such as reliability = "
            "0.8",
        {.key = "reliability"});
  const double r = call.number("reliability", 0);
  if (r > 0 && r <= 1) return r;
  throw Error(
      ErrorKind::usage, "decomposition.option",
      "reliability = " + call.get("reliability") + " is no share; give a number above 0 and at most 1, such as 0.8",
      {.key = "reliability"});
}

void add_sweep(Decomposition& d, const DecompositionInput& input, const Noisy& noisy, const DriverTarget& target) {
  const Fit& fit = *input.fit;
  Names rows, component;
  std::vector<double> reliability, estimate, error, slope;
  std::vector<double> impossible;
  for (const double r : kSweep) {
    const Corrected c = corrected(fit, noisy, r);
    if (!c.possible) {
      impossible.push_back(r);
      continue;
    }
    const Estimates e = parts_of(fit, target, c);
    const Matrix V = d.inference.factor * meat(d.inference.rule, e.influence, atoms_of(*fit.design));
    for (Index i = 0; i < e.values.size(); ++i) {
      component.push_back(e.names[static_cast<std::size_t>(i)]);
      rows.push_back(component.back() + " at " + shortest(r));
      reliability.push_back(r);
      estimate.push_back(e.values(i));
      error.push_back(std::sqrt(std::max(0.0, V(i, i))));
      slope.push_back(c.coefficients(noisy.coefficient));
    }
  }
  ExtraTable table("sweep", "Parts of the change as the reliability of " + input.call.get("term") + " falls", rows);
  table.numbers("reliability", reliability, "share of the regressor's variance that is not noise")
      .texts("component", component, "part")
      .numbers("estimate", estimate, "part", d.unit)
      .numbers("std_error", error, "its standard error", d.unit)
      .numbers("coefficient", slope, "coefficient of the noisy regressor", "outcome per regressor");
  table.add_to(d);
  if (!impossible.empty())
    d.notes.push_back({"errors_in_variables.impossible",
                       "a reliability of " + shortest(impossible.front()) +
                           " or less would make the noise larger than what the other regressors and effects leave of " +
                           input.call.get("term") + ", so the data refute it"});
}

}  // namespace

const MethodCard& errors_in_variables_card() {
  static const MethodCard card{
      .name = "errors_in_variables",
      .kind = "decomposition",
      .question =
          "If a regressor is measured with error, which contributions are understated and which groups hold what "
          "belongs to it?",
      .avoid = "Not when the error goes with the outcome or with other drivers: then no reliability corrects it.",
      .reference = "Fuller (1987) 2.2; equals eivreg within the effects",
      .supports = {"weights", "effects", "slopes", "unbalanced"},
      .options = {{"term", "text", "", "the regressor measured with error (required)"},
                  {"reliability", "number", "", "share of its variance that is not noise (required)"},
                  {"of", "choice: total | within", "total", "the variance that the reliability is a share of"},
                  {"from", "period", "", "the earlier period; by default the first"},
                  {"to", "period", "", "the later period; by default the last"}},
      .positions = {"term", "reliability"}};
  return card;
}

Decompositions run_errors_in_variables(const DecompositionInput& input) {
  if (!is_plain_least_squares(*input.fit))
    throw Error(ErrorKind::usage, "decomposition.unsupported",
                "errors_in_variables corrects least squares and takes the estimators pooled and within, not " +
                    input.spec.estimator.method);
  const Fit& fit = *input.fit;
  const Design& design = *fit.design;
  const Noisy noisy = noisy_regressor(input);
  const double reliability = checked_reliability(input.call);
  const DriverTarget target = driver_target(input);
  const Corrected c = corrected(fit, noisy, reliability);
  const std::string& term = fit.names[static_cast<std::size_t>(noisy.coefficient)];
  if (!c.possible)
    throw Error(ErrorKind::identification, "errors_in_variables.impossible",
                "a reliability of " + shortest(reliability) +
                    " would make the noise larger than what the other regressors and effects leave of " + term +
                    ", so the data refute it; give a larger one",
                {.key = "reliability"});
  Decomposition d;
  d.method = "errors_in_variables";
  d.call = input.call.text;
  d.estimates = parts_of(fit, target, c);
  d.total = target.contrast.values(design.y)(0);
  d.total_name = "change of the mean of " + design.outcome_name;
  d.question = "If " + shortest(100 * reliability) + " % of the variance of " + term +
               " is not noise, how much of the change of " + design.outcome_name + " goes with each driver group?";
  d.unit = outcome_unit(design.spec);
  d.percent = log_outcome(design.spec);
  d.frame = "corrected coefficients and means, units as drawn; the reliability as declared";
  d.sample_hash = design.sample_hash;
  d.choices = {{"term", term}, {"reliability", shortest(reliability)}, {"of", input.call.get("of", "total")}};
  add_explained_variance(d, fit);
  finish(
      d, inference_of(fit, *input.covariance), atoms_of(design), target.contrast.sampling_influence(design.y),
      std::max(1.0, design.y.cwiseAbs().maxCoeff()) + design.X.cwiseAbs().maxCoeff() * c.coefficients.cwiseAbs().sum());
  add_sweep(d, input, noisy, target);
  return {std::move(d)};
}

}  // namespace headwater
