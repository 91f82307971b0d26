// Question: if the outcome is recorded with an error that goes with a contract, could a finding be that error? Model:
// true outcome y* = y + κ · block, y the outcome as recorded, block the share of the row's activity under a block
// contract (or any column or expression that is there in every row), κ within a declared range. κ = 0.05 says that a
// unit wholly under a block contract records 0.05 too little. Estimator, exact for least squares with or without
// effects and weights:
//   β(κ) = β + κ γ, γ = (X̃'WX̃)⁻¹X̃'W · block̃, the coefficients of the block share on the same regressors
// so the set of each coefficient over low ≤ κ ≤ high ends at β + low γ and β + high γ (Horowitz and Manski 1995 with a
// declared range; Imbens and Manski 2004, eq. 6-7 for the interval that covers the coefficient). A coefficient is zero
// at κ = −β/γ. Its interval gains or loses zero where |β(κ)| = t se(κ), a quadratic in κ:
//   (γ² − t²V_γγ) κ² + 2 (βγ − t²V_βγ) κ + β² − t²V_ββ = 0.
// Influence of both regressions on the same rows, under the model's rule and factor; t with the fit's df. Which κ is
// true cannot be told from the data: the range is the author's, and must be given. Equals least squares of y + κ ·
// block to rounding.
#include <algorithm>
#include <cmath>

#include "headwater/core/distributions.hpp"
#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/decompositions/coefficient_items.hpp"
#include "headwater/decompositions/extra_table.hpp"
#include "headwater/decompositions/methods.hpp"
#include "headwater/decompositions/parts.hpp"
#include "headwater/decompositions/set_interval.hpp"
#include "headwater/estimators/least_squares.hpp"

namespace headwater {
namespace {

constexpr double kNothingLeft = 1e-10;  // of the block share's spread: what absorption leaves of a constant

struct KappaRange {
  double low, high;
};

KappaRange declared_range(const MethodCall& call) {
  for (const char* key : {"block", "low", "high"})
    if (!call.has(key))
      throw Error(ErrorKind::usage, "decomposition.option",
                  std::string("measurement needs ") + key +
                      ", such as measurement(block = block_share, low = -0.05, high = 0.05): the column that the error "
                      "goes with, and the least and largest error of recording, in units of the outcome, where it is 1",
                  {.key = key});
  const KappaRange range{call.number("low", 0), call.number("high", 0)};
  if (range.low < range.high) return range;
  throw Error(
      ErrorKind::usage, "decomposition.option",
      "low = " + shortest(range.low) + " is not below high = " + shortest(range.high) + "; give the least error first",
      {.key = "low"});
}

Vector block_share(const DecompositionInput& input) {
  const std::string text = input.call.get("block");
  const Vector all = evaluate(input.panel, *parse_expression(text));
  const Design& design = *input.fit->design;
  Vector block(design.n());
  for (Index i = 0; i < design.n(); ++i) {
    const std::int64_t row = design.rows[static_cast<std::size_t>(i)];
    block(i) = all(row);
    if (!std::isfinite(block(i)))
      throw Error(ErrorKind::data, "measurement.block",
                  input.panel.ledger().file + ", row " + std::to_string(input.panel.source_row(row)) + ": " + text +
                      " is missing in a row that the model uses, so its error of recording is not known; fill the cell "
                      "or leave the row out with a subset",
                  {.file = input.panel.ledger().file, .row = input.panel.source_row(row)});
  }
  return block;
}

// The regression of the block share on what the outcome is regressed on.
struct BlockFit {
  Vector gamma;  // k
  Matrix psi;    // n × k
  double spread = 0, left = 0;
};

double deviation(const Vector& values, const Vector& w) {
  const double mean = values.dot(w) / w.sum();
  return std::sqrt(std::max(0.0, w.dot(Vector((values.array() - mean).square())) / w.sum()));
}

BlockFit block_fit(const Fit& fit, const Vector& block) {
  Transformed rows = rows_as_they_are(*fit.design);
  rows.y = block;
  const Vector absorbed = absorb(rows).outcome;
  const Matrix& X = *fit.linear->regressors;
  const Vector w = weights_or_ones(fit.design->weights, fit.design->n());
  BlockFit result;
  result.gamma = fit.bread * (X.transpose() * w.cwiseProduct(absorbed));
  const Vector left = absorbed - X * result.gamma;
  result.psi = (X.array().colwise() * (w.array() * left.array())).matrix() * fit.bread;
  result.spread = deviation(block, w);
  result.left = std::sqrt(w.dot(left.cwiseAbs2()) / w.sum());
  const double moving =
      absorbed.cwiseAbs().maxCoeff() > kNothingLeft * block.cwiseAbs().maxCoeff() ? absorbed.norm() : 0;
  // What is no more than rounding is zero: a finding that turns at an error of 1e16 does not turn.
  if (moving == 0 || left.norm() <= kNothingLeft * moving) result.psi.setZero();
  for (Index j = 0; j < X.cols(); ++j)
    if (moving == 0 || std::abs(result.gamma(j)) * X.col(j).norm() <= kNothingLeft * moving) result.gamma(j) = 0;
  return result;
}

// One coefficient, β + κγ, with its variance at every κ.
struct Moving {
  double beta, gamma, v_beta, v_both, v_gamma, reach;  // reach: of the interval, in standard errors

  double at(double kappa) const { return beta + kappa * gamma; }
  double error(double kappa) const {
    return std::sqrt(std::max(0.0, v_beta + 2 * kappa * v_both + kappa * kappa * v_gamma));
  }
  bool excludes_zero(double kappa) const { return std::abs(at(kappa)) > reach * error(kappa); }
  double zero_at() const { return gamma == 0 ? std::nan("") : -beta / gamma; }
};

// Errors at which the interval ends at zero, in order; none where it never does.
std::vector<double> turning_errors(const Moving& m) {
  const double t2 = m.reach * m.reach, a = m.gamma * m.gamma - t2 * m.v_gamma, b = m.beta * m.gamma - t2 * m.v_both,
               c = m.beta * m.beta - t2 * m.v_beta, inside = b * b - a * c;
  if (a == 0) return b == 0 ? std::vector<double>{} : std::vector<double>{-c / (2 * b)};
  if (inside < 0) return {};
  const double q = -(b + std::copysign(std::sqrt(inside), b));
  std::vector<double> roots = {q / a, q == 0 ? 0 : c / q};
  std::sort(roots.begin(), roots.end());
  return roots;
}

struct Turns {
  double below, above;
};

Turns nearest_turns(const Moving& m) {
  Turns turns{std::nan(""), std::nan("")};
  for (const double root : turning_errors(m)) {
    if (root < 0) turns.below = root;
    if (root > 0 && std::isnan(turns.above)) turns.above = root;
  }
  return turns;
}

std::string answer_of(const Moving& m, const KappaRange& range) {
  const std::vector<double> roots = turning_errors(m);
  const bool turns =
      std::any_of(roots.begin(), roots.end(), [&](double root) { return root >= range.low && root <= range.high; });
  if (turns) return "differs from zero at some errors declared, not at others";
  return m.excludes_zero(range.low) ? "differs from zero at every error declared"
                                    : "not told from zero at any error declared";
}

std::vector<Moving> moving_coefficients(const Decomposition& d, const Vector& beta, const Vector& gamma) {
  const Index m = beta.size();
  Estimates basis = d.estimates;
  basis.jacobian = Matrix::Identity(2 * m, 2 * m);
  const Matrix joint = joint_covariance(basis, d.inference.rule, d.atoms);
  const double reach = student_quantile(0.5 + d.inference.level / 2, d.inference.df);
  std::vector<Moving> all;
  for (Index i = 0; i < m; ++i)
    all.push_back({beta(i), gamma(i), joint(i, i), joint(i, m + i), joint(m + i, m + i), reach});
  return all;
}

void add_turns(Decomposition& d, const Names& terms, const std::vector<Moving>& moving, const KappaRange& range) {
  std::vector<double> beta, gamma, low, high, cover_low, cover_high, zero_at, below, above;
  Names answers;
  for (const Moving& m : moving) {
    beta.push_back(m.beta);
    gamma.push_back(m.gamma);
    low.push_back(std::min(m.at(range.low), m.at(range.high)));
    high.push_back(std::max(m.at(range.low), m.at(range.high)));
    const bool rising = m.gamma >= 0;
    const double at_low = m.error(rising ? range.low : range.high), at_high = m.error(rising ? range.high : range.low);
    const double c = interval_reach(high.back() - low.back(), std::max(at_low, at_high), d.inference.level);
    cover_low.push_back(low.back() - c * at_low);
    cover_high.push_back(high.back() + c * at_high);
    zero_at.push_back(m.zero_at());
    const Turns turns = nearest_turns(m);
    below.push_back(turns.below);
    above.push_back(turns.above);
    answers.push_back(answer_of(m, range));
  }
  ExtraTable table("turn", "Coefficients over the declared errors of recording, and the error at which each turns",
                   terms);
  table.numbers("recorded", beta, "of the outcome as recorded", d.unit)
      .numbers("per_error", gamma, "what an error of one adds to it", "1 per regressor")
      .numbers("low", low, "smallest over the range", d.unit)
      .numbers("high", high, "largest over the range", d.unit)
      .numbers("interval_low", cover_low, "the interval covers the coefficient", d.unit)
      .numbers("interval_high", cover_high, "upper end", d.unit)
      .numbers("zero_at", zero_at, "error at which it is zero", "outcome")
      .numbers("below", below, "nearest error below 0 at which its interval gains or loses zero", "outcome")
      .numbers("above", above, "the same above 0", "outcome")
      .texts("answer", answers, "over the range declared");
  table.add_to(d);
}

void note_what_moves(Decomposition& d, const BlockFit& block, const std::string& name) {
  add_extra(d, "block_sd", block.spread, "standard deviation of " + name + " over the rows used");
  add_extra(d, "block_sd_left", block.left, "the same once effects and regressors are taken out");
  if (block.gamma.isZero(0))
    d.notes.push_back({"measurement.absorbed",
                       name + " does not vary once the effects are absorbed, so an error of this kind, constant over "
                              "time, moves no coefficient; one that changes with time could"});
  d.notes.push_back({"measurement.declared",
                     "the range of errors is declared, not estimated: no outcome recorded in one way alone tells how "
                     "far the recording is off"});
}

struct Chosen {
  Names terms;
  Vector beta, gamma;  // m
  Matrix psi;          // n × 2m: of β, then of γ
};

Chosen chosen_coefficients(const DecompositionInput& input, const BlockFit& block) {
  const std::vector<Index> chosen = asked_coefficients(input);
  const auto m = static_cast<Index>(chosen.size());
  const Matrix psi = coefficient_influence(*input.fit);
  Chosen result{{}, Vector(m), Vector(m), Matrix(psi.rows(), 2 * m)};
  for (Index i = 0; i < m; ++i) {
    const Index j = chosen[static_cast<std::size_t>(i)];
    result.terms.push_back(input.fit->names[static_cast<std::size_t>(j)]);
    result.beta(i) = input.fit->coefficients(j);
    result.gamma(i) = block.gamma(j);
    result.psi.col(i) = psi.col(j);
    result.psi.col(m + i) = block.psi.col(j);
  }
  return result;
}

// Both ends of every coefficient's set.
Estimates ends_of(const Chosen& chosen, const KappaRange& range) {
  const Index m = chosen.beta.size();
  Estimates e;
  e.values.resize(2 * m);
  e.influence = chosen.psi;
  e.jacobian = Matrix::Zero(2 * m, 2 * m);
  for (Index i = 0; i < m; ++i)
    for (const bool largest : {false, true}) {
      const Index at = 2 * i + (largest ? 1 : 0);
      const double kappa = (chosen.gamma(i) >= 0) == largest ? range.high : range.low;
      e.names.push_back(chosen.terms[static_cast<std::size_t>(i)] + (largest ? ": largest" : ": smallest"));
      e.values(at) = chosen.beta(i) + kappa * chosen.gamma(i);
      e.jacobian(at, i) = 1;
      e.jacobian(at, m + i) = kappa;
    }
  return e;
}

}  // namespace

const MethodCard& measurement_card() {
  static const MethodCard card{
      .name = "measurement",
      .kind = "decomposition",
      .question = "If the outcome is recorded with an error that goes with a contract, could a finding be that error?",
      .avoid = "Not as an estimate of the error: which one within the range is true cannot be told from the outcome.",
      .reference = "Horowitz and Manski (1995); Imbens and Manski (2004); refits of the outcome plus the error",
      .supports = {"weights", "effects", "slopes", "unbalanced", "no_time"},
      .options = {{"block", "text", "", "the column the error goes with, or an expression of columns (required)"},
                  {"low", "number", "", "least error where block is 1, in units of the outcome (required)"},
                  {"high", "number", "", "largest error (required)"},
                  {"term", "text", "", "a coefficient or a driver; by default those of every driver"}},
      .positions = {"block", "low", "high"}};
  return card;
}

Decompositions run_measurement(const DecompositionInput& input) {
  const Fit& fit = *input.fit;
  const KappaRange range = declared_range(input.call);
  if (!is_plain_least_squares(fit))
    throw Error(ErrorKind::usage, "decomposition.unsupported",
                "measurement takes the estimators pooled and within, whose coefficients are linear in the outcome on "
                "its own rows, not " +
                    input.spec.estimator.method);
  const BlockFit block = block_fit(fit, block_share(input));
  Decomposition d;
  d.method = "measurement";
  d.call = input.call.text;
  d.additive = false;
  const Chosen chosen = chosen_coefficients(input, block);
  d.estimates = ends_of(chosen, range);
  const std::string name = input.call.get("block");
  d.question = "If " + fit.design->outcome_name + " is recorded with an error of " + shortest(range.low) + " to " +
               shortest(range.high) + " where " + name + " is 1, what could its coefficients be?";
  d.choices = {{"block", name}, {"low", shortest(range.low)}, {"high", shortest(range.high)}};
  d.unit = "outcome per regressor";
  d.frame = "coefficients of the outcome and of the block share, units as drawn; the range as declared";
  d.sample_hash = fit.design->sample_hash;
  finish(d, inference_of(fit, *input.covariance), atoms_of(*fit.design), Vector(), 1);
  add_turns(d, chosen.terms, moving_coefficients(d, chosen.beta, chosen.gamma), range);
  note_what_moves(d, block, name);
  return {std::move(d)};
}

}  // namespace headwater
