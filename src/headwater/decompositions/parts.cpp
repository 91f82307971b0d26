#include "headwater/decompositions/parts.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/covariances/error_variance.hpp"
#include "headwater/decompositions/decomposition.hpp"
#include "headwater/estimators/whitening.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

Vector unit_means(const Design& design, Index column) {
  const Vector weights = weights_or_ones(design.weights, design.n());
  const Vector mass = sums_by(weights, design.unit);
  const Vector sums = sums_by(Matrix(weights.cwiseProduct(design.X.col(column))), design.unit);
  Vector means(design.n());
  for (Index i = 0; i < design.n(); ++i) {
    const std::int32_t unit = design.unit.code[static_cast<std::size_t>(i)];
    means(i) = sums(unit) / mass(unit);
  }
  return means;
}

// D_q'v, levels × (intercept + slopes).
Matrix gathered(const Effect& effect, const Vector& v) {
  const Index lead = effect.intercept ? 1 : 0;
  Matrix sums = Matrix::Zero(effect.levels.count, lead + effect.slopes.cols());
  for (Index i = 0; i < v.size(); ++i) {
    const std::int32_t level = effect.levels.code[static_cast<std::size_t>(i)];
    if (effect.intercept) sums(level, 0) += v(i);
    for (Index s = 0; s < effect.slopes.cols(); ++s) sums(level, lead + s) += effect.slopes(i, s) * v(i);
  }
  return sums;
}

bool has_effects(const Fit& fit) { return !fit.design->effects.empty(); }

}  // namespace

Matrix coefficient_influence(const Fit& fit) {
  const Matrix psi = influence(fit, fit.design->spec.covariance);
  Matrix rows = Matrix::Zero(fit.design->n(), psi.cols());
  for (Index a = 0; a < psi.rows(); ++a) rows.row(fit.atoms.design_row[static_cast<std::size_t>(a)]) += psi.row(a);
  return rows;
}

OutcomeParts::OutcomeParts(const Fit& fit, std::vector<bool> apart)
    : fit_(&fit),
      apart_(std::move(apart)),
      levels_(Matrix::Zero(fit.design->n(), fit.k())),
      psi_(headwater::coefficient_influence(fit)) {
  add_drivers();
  if (has_effects(fit)) add_effects();
  if (fit.random) add_random_effects();
  add_residual();
}

void OutcomeParts::add_drivers() {
  const Design& design = *fit_->design;
  const DriverPartition partition = partition_drivers(design);
  notes_ = partition.notes;
  std::map<std::string, Index> part;
  std::vector<Vector> values;
  part_of_.assign(static_cast<std::size_t>(fit_->k()), std::nullopt);
  const auto slot_part = [&](const std::string& name) {
    const auto [found, fresh] = part.emplace(name, static_cast<Index>(names_.size()));
    if (fresh) {
      names_.push_back(name);
      kinds_.push_back(PartKind::driver);
      values.push_back(Vector::Zero(design.n()));
    }
    return found->second;
  };
  std::set<std::size_t> identified;
  for (std::size_t s = 0; s < partition.slots.size(); ++s)
    for (Index j = 0; j < fit_->k(); ++j) {
      const auto at = static_cast<std::size_t>(j);
      const CoefficientOrigin& origin = fit_->origins[at];
      if (!origin.column || partition.slot[static_cast<std::size_t>(*origin.column)] != s) continue;
      levels_.col(j) = origin.unit_means ? unit_means(design, *origin.column) : Vector(design.X.col(*origin.column));
      const bool alone = !apart_.empty() && apart_[at];
      const Index own = slot_part(alone ? kApart : partition.slots[s] + (origin.unit_means ? " (between)" : ""));
      part_of_[at] = own;
      values[static_cast<std::size_t>(own)] += fit_->coefficients(j) * levels_.col(j);
      identified.insert(s);
    }
  if (const std::optional<Index> constant = constant_of(*fit_)) constant_ = fit_->coefficients(*constant);
  for (std::size_t s = 0; s < partition.slots.size(); ++s) {
    if (identified.count(s)) continue;
    NotIdentified entry{partition.slots[s], {}};
    for (const NotIdentified& dropped : fit_->not_identified) {
      const auto name = std::find(design.names.begin(), design.names.end(), dropped.term);
      if (name == design.names.end() || partition.slot[static_cast<std::size_t>(name - design.names.begin())] != s)
        continue;
      for (const std::string& because : dropped.because)
        if (std::find(entry.because.begin(), entry.because.end(), because) == entry.because.end())
          entry.because.push_back(because);
    }
    not_identified_.push_back(std::move(entry));
  }
  values_.resize(design.n(), static_cast<Index>(values.size()));
  for (std::size_t p = 0; p < values.size(); ++p) values_.col(static_cast<Index>(p)) = values[p];
  effects_of_.resize(names_.size());
}

void OutcomeParts::add_effects() {
  const Design& design = *fit_->design;
  absorber_ = std::make_shared<const Absorber>(design.effects, design.weights, design.n());
  const Vector rest = design.y - levels_ * fit_->coefficients;
  const std::vector<Matrix> coefficients = absorber_->coefficients(rest);
  effect_values_.resize(design.n(), static_cast<Index>(design.effects.size()));
  for (std::size_t q = 0; q < design.effects.size(); ++q) {
    effect_values_.col(static_cast<Index>(q)) = effect_values(design.effects[q], coefficients[q]);
    add_part(effect_part_name(design.effects[q]), PartKind::effect, {q}, effect_values_.col(static_cast<Index>(q)));
  }
  trades_ = std::make_shared<const EffectTrades>(design, *absorber_);
}

void OutcomeParts::add_random_effects() {
  Names names;
  for (std::size_t q = 0; q < fit_->random->effects.size(); ++q) {
    const RandomEffects::Effect& effect = fit_->random->effects[q];
    names.push_back(random_part_name(effect.levels));
    Vector values(fit_->n());
    for (Index i = 0; i < fit_->n(); ++i) values(i) = effect.predicted(effect.levels.code[static_cast<std::size_t>(i)]);
    add_part(names.back(), PartKind::effect, {q}, values);
  }
  notes_.push_back({"random.predictions",
                    joined(names, " and ") + (names.size() == 1 ? " holds" : " hold") +
                        " best linear unbiased predictions: levels drawn towards zero as far as their rows are few or "
                        "noisy, so they vary less than the effects themselves, and the residual takes the rest"});
}

void OutcomeParts::add_part(std::string name, PartKind kind, std::vector<std::size_t> effects, const Vector& values) {
  names_.push_back(std::move(name));
  kinds_.push_back(kind);
  effects_of_.push_back(std::move(effects));
  values_.conservativeResize(values.size(), values_.cols() + 1);
  values_.rightCols(1) = values;
}

// The estimator's own residuals where its rows are the design's, so that closure is a check and not a definition.
void OutcomeParts::add_residual() {
  const Design& design = *fit_->design;
  Vector residual = fit_->linear->residuals;
  if (!fit_->linear->of_design) residual = design.y - values_.rowwise().sum() - Vector::Constant(design.n(), constant_);
  add_part("residual", PartKind::residual, {}, residual);
}

OutcomeParts OutcomeParts::identified(const Reading& reading) const {
  if (!trades_) return *this;
  OutcomeParts result = *this;
  const std::vector<Effect>& effects = fit_->design->effects;
  const auto drivers = static_cast<std::size_t>(std::count(kinds_.begin(), kinds_.end(), PartKind::driver));
  result.names_.resize(drivers);
  result.kinds_.resize(drivers, PartKind::driver);
  result.effects_of_.resize(drivers);
  result.values_ = values_.leftCols(static_cast<Index>(drivers));
  for (const std::vector<std::size_t>& block : trades_->blocks(reading)) {
    const Names members = names_of_effects(effects, block);
    Vector values = Vector::Zero(values_.rows());
    for (const std::size_t q : block) values += effect_values_.col(static_cast<Index>(q));
    result.add_part(kEffectsPrefix + joined(members, kJoinedEffects), PartKind::effect, block, values);
    if (block.size() > 1) result.notes_.push_back(trade_note(members));
  }
  result.add_part(names_.back(), PartKind::residual, {}, values_.rightCols(1));
  return result;
}

void OutcomeParts::tell(Decomposition& d) const {
  d.not_identified = not_identified_;
  merge(d.notes, notes_);
  add_explained_variance(d, *fit_);
}

std::vector<Index> OutcomeParts::coefficients_of(Index part) const {
  std::vector<Index> own;
  for (std::size_t j = 0; j < part_of_.size(); ++j)
    if (part_of_[j] == part) own.push_back(static_cast<Index>(j));
  return own;
}

Vector OutcomeParts::effect_weights(const std::vector<std::size_t>& effects, const Vector& v) const {
  const Design& design = *fit_->design;
  if (fit_->random) {
    Vector weights = Vector::Zero(v.size());
    for (const std::size_t q : effects) weights += prediction_weights(*fit_->random, q, v);
    return weights;
  }
  std::vector<Matrix> functional;
  for (const Effect& effect : design.effects)
    functional.push_back(Matrix::Zero(effect.levels.count, (effect.intercept ? 1 : 0) + effect.slopes.cols()));
  for (const std::size_t q : effects) functional[q] = gathered(design.effects[q], v);
  return absorber_->row_weights(std::move(functional));
}

Matrix OutcomeParts::noise_weights(const Vector& v) const {
  Matrix weights = Matrix::Zero(values_.rows(), values_.cols());
  Vector rest = v;
  for (Index p = 0; p < size(); ++p) {
    if (kinds_[static_cast<std::size_t>(p)] != PartKind::effect) continue;
    weights.col(p) = effect_weights(effects_of_[static_cast<std::size_t>(p)], v);
    rest -= weights.col(p);
  }
  weights.rightCols(1) = rest;
  return weights;
}

Matrix OutcomeParts::estimation(const Vector& v, const Matrix& coefficient_psi, const Vector& errors) const {
  Matrix psi = Matrix::Zero(values_.rows(), size());
  const Vector moved = levels_.transpose() * v;
  for (Index j = 0; j < fit_->k(); ++j)
    if (const std::optional<Index> part = part_of_[static_cast<std::size_t>(j)])
      psi.col(*part) += coefficient_psi.col(j) * moved(j);
  for (Index p = 0; p < size(); ++p) {
    if (kinds_[static_cast<std::size_t>(p)] != PartKind::effect) continue;
    const Vector a = effect_weights(effects_of_[static_cast<std::size_t>(p)], v);
    Vector through = levels_.transpose() * a;
    if (const std::optional<Index> constant = constant_of(*fit_); constant && fit_->random)
      through(*constant) = a.sum();
    psi.col(p) = a.cwiseProduct(errors) - coefficient_psi * through;
  }
  psi.rightCols(1) = -psi.leftCols(size() - 1).rowwise().sum();
  return psi;
}

Matrix OutcomeParts::estimation_influence(const Vector& v) const { return estimation(v, psi_, values_.rightCols(1)); }

// J V J': what the coefficients alone bring.
Matrix OutcomeParts::coefficients_alone(const Vector& v, const Matrix& covariance) const {
  Matrix jacobian = Matrix::Zero(size(), fit_->k());
  const Vector moved = levels_.transpose() * v;
  for (Index j = 0; j < fit_->k(); ++j)
    if (const std::optional<Index> part = part_of_[static_cast<std::size_t>(j)]) {
      jacobian(*part, j) = moved(j);
      jacobian(size() - 1, j) = -moved(j);
    }
  return jacobian * covariance * jacobian.transpose();
}

// Coefficients move with whitened errors ε = W(u + e), predicted effects with the rows' own e as well, and
// cov(ε, e) = σ²_e W: with A_p the weights of ε in part p and a_p those of e, the covariance is
// σ²_e (A'A + A'Wa + a'W'A + a'a).
Matrix OutcomeParts::with_random_effects(const Vector& v, double own_variance) const {
  const Vector none = Vector::Zero(values_.rows()), one = Vector::Ones(values_.rows());
  const Matrix per_error = *fit_->scores.columns * fit_->bread;
  const Matrix through = estimation(v, per_error, none);
  const Matrix own = estimation(v, Matrix::Zero(per_error.rows(), per_error.cols()), one);
  const Matrix crossed = fit_->random->whitening->transposed(through).transpose() * own;
  return own_variance * (through.transpose() * through + crossed + crossed.transpose() + own.transpose() * own);
}

// With errors of variance σ²/w every influence is b_i e_i, so the covariance is σ² Σ b_i b_i'/w_i. That of a likelihood
// or of a robust fit is J V J'.
Matrix OutcomeParts::iid_covariance(const Vector& v, const Covariance& covariance) const {
  if (fit_->likelihood || fit_->equal_errors || !fit_->linear->of_design)
    return coefficients_alone(v, covariance.matrix);
  const double sigma2 = error_variance(*fit_, covariance.factor);
  if (fit_->random) return with_random_effects(v, sigma2);
  const Vector errors =
      fit_->weights.size() > 0 ? Vector(fit_->weights.cwiseSqrt().cwiseInverse()) : Vector::Ones(values_.rows());
  const Vector scores = fit_->weights.size() > 0 ? Vector(fit_->weights.cwiseSqrt()) : Vector::Ones(values_.rows());
  const Matrix unit_psi = (moving_columns(*fit_)->array().colwise() * scores.array()).matrix() * fit_->bread;
  const Matrix b = estimation(v, unit_psi, errors);
  return sigma2 * (b.transpose() * b);
}

std::string random_part_name(const Grouping& levels) { return kEffectsPrefix + levels.name + " (random)"; }

bool log_outcome(const Spec& spec) {
  const std::string& outcome = spec.formula.outcome_name;
  return outcome.rfind("log(", 0) == 0 || !spec.formula.role.empty();
}

std::string outcome_unit(const Spec& spec) { return log_outcome(spec) ? "log points" : "outcome"; }

void add_explained_variance(Decomposition& decomposition, const Fit& fit) {
  const GoodnessOfFit& g = fit.goodness;
  if (fit.random || !(g.tss_within > 0) || !(g.tss > 0)) return;  // of whitened rows, not of the outcome
  if (!fit.effects.empty())
    add_extra(decomposition, "explained_within", 1 - g.rss / g.tss_within,
              "share of the variance within the effects that the drivers explain");
  add_extra(decomposition, "explained_total", (g.tss_within - g.rss) / g.tss,
            "share of the total variance of the outcome that the drivers explain");
}

}  // namespace headwater
