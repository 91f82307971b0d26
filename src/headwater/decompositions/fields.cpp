// Question: how much of the outcome's variance goes with each driver, each set of effects and the residual?
// y = Σ_p part_p exactly, so var(y) = Σ_p cov(part_p, y): the share of a part is cov(part_p, y)/var(y) (Fields 2003,
// eq. 4; Shorrocks 1982). Effects and residual are parts like the drivers, so shares sum to one; a share may be
// negative. Equals ineqrbd and, for the drivers of a regression without effects, relaimpo's pratt.
// Influence: w{(part − mean)(y − ȳ) − share (y − ȳ)²}/Σw(y − ȳ)² by the rows, and Σ_i v_i part_i by estimation with
// v = w(y − ȳ)/Σw(y − ȳ)². A fixed effect carries its own noise, so its share is of outcomes as realised; leave_out
// corrects it.
#include "headwater/core/weights.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/parts.hpp"
#include "headwater/estimators/least_squares.hpp"

namespace headwater {

const MethodCard& fields_card() {
  static const MethodCard card{
      .name = "fields",
      .kind = "decomposition",
      .question = "How much of the outcome's variance goes with each driver, each set of effects and the residual?",
      .avoid = "Not as a ranking of causes; shares of effects hold their noise and shares can be negative.",
      .reference = "Fields (2003) eq. 4; equals ineqrbd",
      .supports = {"weights", "effects", "slopes", "unbalanced", "no_unit", "no_time"},
      .options = {}};
  return card;
}

Decompositions run_fields(const DecompositionInput& input) {
  const Fit& fit = *input.fit;
  const Design& design = *fit.design;
  const Vector weights = weights_or_ones(design.weights, design.n());
  const double mass = weights.sum();
  const Vector apart = design.y.array() - weights.dot(design.y) / mass;
  const double whole = weights.dot(apart.cwiseAbs2());
  const Vector v = weights.cwiseProduct(apart) / whole;
  const auto centred = [&](const Matrix& z) -> Matrix {
    return z.rowwise() - (weights.transpose() * z / mass).eval().row(0);
  };
  const auto products = [&](const Matrix& z) -> Matrix { return centred(z).array().colwise() * v.array(); };
  const OutcomeParts parts = OutcomeParts(fit).identified(products);
  const Index m = parts.size();

  Decomposition d;
  d.method = "fields";
  d.call = input.call.text;
  Estimates& e = d.estimates;
  e.names = parts.names();
  e.values = parts.values().transpose() * v;
  e.influence.resize(design.n(), 2 * m);
  e.influence.leftCols(m) = parts.estimation_influence(v);
  e.influence.rightCols(m) = products(parts.values()) - v.cwiseProduct(apart) * e.values.transpose();
  e.jacobian.resize(m, 2 * m);
  e.jacobian << Matrix::Identity(m, m), Matrix::Identity(m, m);
  d.total = 1;
  d.total_name = "variance of " + design.outcome_name;
  d.question =
      "How much of the variance of " + design.outcome_name + " goes with each driver, effect and the residual?";
  d.unit = kShareOfVariance;
  d.frame = "outcomes and drivers as realised, units as drawn";
  d.sample_hash = design.sample_hash;
  parts.tell(d);
  if (!design.effects.empty())
    d.notes.push_back(
        {"fields.noise",
         "the shares of effects hold the noise with which each level is estimated; leave_out and variance "
         "give corrected ones"});
  finish(d, inference_of(fit, *input.covariance), atoms_of(design), Vector::Zero(design.n()),
         1 + parts.values().cwiseAbs().maxCoeff() * v.cwiseAbs().sum());
  return {std::move(d)};
}

}  // namespace headwater
