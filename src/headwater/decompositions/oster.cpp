// Question: if drivers that nobody measured are related to a regressor as the measured ones are, what is its
// coefficient? Model: proportional selection with factor δ and an R² of R_max with everything in. Estimator: the roots
// of Oster (2019), proposition 2, all of them: with δ = 1 there are two, otherwise up to three, and which one is meant
// rests on her assumption 3 (the bias does not flip the direction of selection). R² is within the effects and given the
// terms of `base`. Influence through both coefficients and all five moments; with the fit's factor. Equals Stata
// psacalc in the roots for δ = 1; psacalc bootstraps its errors. As bate does, the whole identified set is shown, not
// one end.
#include <algorithm>
#include <cmath>
#include <optional>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/decompositions/coefficient_items.hpp"
#include "headwater/decompositions/extra_table.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/oster_bias.hpp"
#include "headwater/decompositions/parts.hpp"
#include "headwater/estimators/least_squares.hpp"
#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

Matrix columns_of(const Fit& fit, const std::vector<Index>& columns) {
  Matrix X(fit.n(), static_cast<Index>(columns.size()));
  for (std::size_t j = 0; j < columns.size(); ++j)
    X.col(static_cast<Index>(j)) = fit.linear->regressors->col(columns[j]);
  return X;
}

Vector left_of(const Matrix& X, const Vector& target, const Vector& weights) {
  return X.cols() > 0 ? least_squares(X, target, weights).residuals : target;
}

// Terms of the short regression besides the one examined: those of `base`, and the constant.
std::vector<Index> always_in(const DecompositionInput& input, Index examined) {
  const Fit& fit = *input.fit;
  std::vector<Index> columns;
  if (const std::optional<Index> constant = constant_of(fit); constant && examined != *constant)
    columns.push_back(*constant);
  for (const std::string& term : split(input.call.get("base"), '+')) {
    if (term.empty()) continue;
    const Names slots = slots_of(fit);
    bool found = false;
    for (Index j = 0; j < fit.k(); ++j)
      if (fit.names[static_cast<std::size_t>(j)] == term || slots[static_cast<std::size_t>(j)] == term) {
        found = true;
        if (j != examined && std::find(columns.begin(), columns.end(), j) == columns.end()) columns.push_back(j);
      }
    if (!found) {
      const std::string near = nearest(term, fit.names);
      throw Error(ErrorKind::usage, "decomposition.no_term",
                  "base names '" + term + "', which is no identified coefficient and no driver" +
                      (near.empty() ? "; there are " + joined(fit.names, ", ") : "; did you mean '" + near + "'?"),
                  {.key = "base"});
    }
  }
  return columns;
}

struct Setting {
  double delta, factor;         // R_max = min(1, factor · R̃²), unless given
  std::optional<double> r_max;  // as given
};

Setting setting_of(const DecompositionInput& input) {
  Setting s{input.call.number("delta", 1), input.call.number("rmax_factor", 1.3), std::nullopt};
  if (input.call.has("rmax")) s.r_max = input.call.number("rmax", 1);
  if (!std::isfinite(s.delta) || !(s.factor >= 1) || (s.r_max && !(*s.r_max > 0 && *s.r_max <= 1)))
    throw Error(ErrorKind::usage, "decomposition.option",
                "oster takes a finite delta, rmax above 0 and at most 1, and rmax_factor of at least 1; it was given " +
                    input.call.text,
                {.key = "rmax"});
  return s;
}

// Residual columns of one coefficient's problem, everything given the terms always in, and its moments.
struct Problem {
  Vector outcome, treatment, brief_residuals, treatment_residuals;
  OsterMoments moments{};
  double r_brief = 0, r_full = 0, r_max = 0, mass = 0;
  bool capped = false;
};

Problem problem_of(const Fit& fit, Index examined, const std::vector<Index>& base, const Setting& setting) {
  const Vector w = weights_or_ones(fit.weights, fit.n());
  const Matrix always = columns_of(fit, base);
  Problem p;
  p.mass = w.sum();
  p.outcome = left_of(always, fit.linear->outcome, fit.weights);
  p.treatment = left_of(always, fit.linear->regressors->col(examined), fit.weights);
  std::vector<Index> others;
  for (Index j = 0; j < fit.k(); ++j)
    if (j != examined) others.push_back(j);
  p.treatment_residuals = left_of(columns_of(fit, others), fit.linear->regressors->col(examined), fit.weights);
  const auto mean_square = [&](const Vector& v) { return v.cwiseAbs2().dot(w) / p.mass; };
  OsterMoments& m = p.moments;
  m.treatment = mean_square(p.treatment);
  m.brief = p.treatment.cwiseProduct(p.outcome).dot(w) / p.mass / m.treatment;
  m.full = fit.coefficients(examined);
  p.brief_residuals = p.outcome - m.brief * p.treatment;
  const double total = mean_square(p.outcome), short_left = mean_square(p.brief_residuals),
               full_left = mean_square(fit.linear->residuals);
  m.gained = short_left - full_left;
  m.residual = mean_square(p.treatment_residuals);
  p.r_brief = 1 - short_left / total;
  p.r_full = 1 - full_left / total;
  p.r_max = setting.r_max ? *setting.r_max : std::min(1.0, setting.factor * p.r_full);
  p.capped = !setting.r_max && setting.factor * p.r_full >= 1;
  m.left = (p.r_max - p.r_full) * total;
  return p;
}

// Influence of each row on brief, full, gained, left, treatment, residual (n × 6): sums of squares move by their own
// row alone, because what they are minimised over does not move them to first order.
Matrix moment_influence(const Fit& fit, Index examined, const Problem& p, const Setting& setting) {
  const Vector w = weights_or_ones(fit.weights, fit.n());
  const auto mean_square = [&](const Vector& v) -> Vector {
    const double mean = v.cwiseAbs2().dot(w) / p.mass;
    return w.array() * (v.array().square() - mean) / p.mass;
  };
  const Vector total = mean_square(p.outcome), full = mean_square(fit.linear->residuals);
  Matrix psi(fit.n(), 6);
  psi.col(0) = w.array() * p.treatment.array() * p.brief_residuals.array() / (p.mass * p.moments.treatment);
  psi.col(1) = influence(fit, fit.design->spec.covariance).col(examined);
  psi.col(2) = mean_square(p.brief_residuals) - full;
  if (setting.r_max)
    psi.col(3) = *setting.r_max * total - (total - full);
  else
    psi.col(3) = p.capped ? full : Vector((setting.factor - 1) * (total - full));
  psi.col(4) = mean_square(p.treatment);
  psi.col(5) = mean_square(p.treatment_residuals);
  return psi;
}

Decomposition answer(const DecompositionInput& input, Index examined, const Setting& setting) {
  const Fit& fit = *input.fit;
  const std::vector<Index> base = always_in(input, examined);
  const Problem p = problem_of(fit, examined, base, setting);
  const std::string& name = fit.names[static_cast<std::size_t>(examined)];
  if (p.moments.left < 0)
    throw Error(ErrorKind::usage, "oster.rmax",
                "rmax = " + shortest(p.r_max) + " is below the R² of " + significant(p.r_full, 6) +
                    " that the model reaches already; give a larger one or rmax_factor",
                {.key = "rmax"});
  const std::vector<OsterRoot> roots = oster_coefficients(p.moments, setting.delta);
  const auto chosen = std::find_if(roots.begin(), roots.end(), [](const OsterRoot& r) { return r.same_direction; });
  const Matrix psi = moment_influence(fit, examined, p, setting);
  const Index m = chosen == roots.end() ? 2 : 3;
  Decomposition d;
  d.method = "oster";
  d.call = input.call.text;
  d.additive = false;
  d.question = "If drivers that were not measured go with " + name + " as the measured ones do (factor " +
               shortest(setting.delta) + "), what is its coefficient?";
  d.estimates.names = {"without the other drivers", "with them"};
  d.estimates.influence = psi;
  d.estimates.jacobian = Matrix::Zero(m, 6);
  d.estimates.jacobian(0, 0) = d.estimates.jacobian(1, 1) = 1;
  d.estimates.values.resize(m);
  d.estimates.values(0) = p.moments.brief;
  d.estimates.values(1) = p.moments.full;
  if (m == 3) {
    d.estimates.names.emplace_back("with the unmeasured too");
    d.estimates.values(2) = chosen->coefficient;
    const std::vector<double> gradient = oster_gradient(p.moments, setting.delta, chosen->coefficient);
    d.estimates.jacobian.row(2) = Eigen::Map<const Eigen::RowVectorXd>(gradient.data(), 6);
  } else {
    d.notes.push_back({"oster.no_root",
                       "no coefficient is compatible with this delta and R² without flipping the "
                       "direction of selection, so there is no adjusted coefficient"});
  }
  Names index;
  std::vector<double> value;
  Names direction;
  for (const OsterRoot& root : roots) {
    index.push_back(std::to_string(index.size() + 1));
    value.push_back(root.coefficient);
    direction.emplace_back(root.same_direction ? "same" : "flipped");
  }
  ExtraTable table("root",
                   "Every coefficient that this delta and R² allow: the identified set runs from 'with them' to "
                   "the one whose direction of selection is the same",
                   index);
  table.numbers("coefficient", value, "compatible coefficient", "outcome per regressor")
      .texts("direction", direction, "whether the unmeasured flip the direction of selection");
  table.add_to(d);
  ExtraTable limits("limit", "What the set rests on (R² within the effects and given the base)",
                    {"R² without", "R² with", "R² max", "delta that makes the coefficient zero"});
  limits.numbers("value", {p.r_brief, p.r_full, p.r_max, oster_delta(p.moments, 0)}, "value");
  limits.add_to(d);
  d.choices = {{"term", name}, {"delta", shortest(setting.delta)}, {"rmax", shortest(p.r_max)}};
  if (input.call.has("base")) d.choices["base"] = input.call.get("base");
  d.unit = "outcome per regressor";
  d.frame = "both coefficients and the moments between them, units as drawn; delta and the R² factor as assumed";
  d.sample_hash = fit.design->sample_hash;
  finish(d, inference_of(fit, *input.covariance), atoms_of(*fit.design), Vector(), 1);
  return d;
}

}  // namespace

const MethodCard& oster_card() {
  static const MethodCard card{
      .name = "oster",
      .kind = "decomposition",
      .question =
          "If drivers that nobody measured go with a regressor as the measured ones do, what is its coefficient?",
      .avoid = "Not when the measured drivers explain little: then the R² and the factor assumed decide everything.",
      .reference = "Oster (2019) proposition 2; roots equal Stata psacalc",
      .supports = {"weights", "effects", "slopes", "unbalanced", "no_time"},
      .options = {{"term", "text", "", "a coefficient or a driver; by default every driver's coefficients"},
                  {"base", "text", "", "terms that are in the short regression as well, a + b"},
                  {"delta", "number", "1", "selection on the unmeasured relative to the measured"},
                  {"rmax", "number", "", "R² with everything in; by default rmax_factor times the model's, at most 1"},
                  {"rmax_factor", "number", "1.3", "times the model's R²"}},
      .positions = {"term"}};
  return card;
}

Decompositions run_oster(const DecompositionInput& input) {
  if (!is_plain_least_squares(*input.fit))
    throw Error(ErrorKind::usage, "decomposition.unsupported",
                "oster compares two least-squares regressions and takes the estimators pooled and within, not " +
                    input.spec.estimator.method);
  const Setting setting = setting_of(input);
  Decompositions results;
  for (const Index j : asked_coefficients(input)) results.push_back(answer(input, j, setting));
  return results;
}

}  // namespace headwater
