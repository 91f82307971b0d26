#include "headwater/decompositions/attribution.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/text.hpp"
#include "headwater/estimators/least_squares.hpp"

namespace headwater {
namespace {

std::string frame_of(const AttributionOptions& options) {
  std::string frame = options.coefficients_only ? "coefficients only; means and regressors are taken as given"
                                                : "coefficients and means, units as drawn";
  if (!options.single_unit) return frame;
  if (options.noise) return frame + "; this unit's underlying level, with " + options.noise->words;
  if (options.realised) return frame + "; given this unit's realised outcomes";
  return frame +
         "; a unit's own effect and residual carry noise that clustering by unit cannot see, so they are not estimable "
         "without a declared reliability";
}

Matrix joined_blocks(const Matrix& a, const Matrix& b) {
  Matrix result = Matrix::Zero(a.rows() + b.rows(), a.cols() + b.cols());
  result.topLeftCorner(a.rows(), a.cols()) = a;
  result.bottomRightCorner(b.rows(), b.cols()) = b;
  return result;
}

Matrix picked(const Matrix& square, const std::vector<Index>& kept) {
  Matrix result(static_cast<Index>(kept.size()), static_cast<Index>(kept.size()));
  for (std::size_t a = 0; a < kept.size(); ++a)
    for (std::size_t b = 0; b < kept.size(); ++b)
      result(static_cast<Index>(a), static_cast<Index>(b)) = square(kept[a], kept[b]);
  return result;
}

}  // namespace

std::vector<OptionCard> attribution_option_cards() {
  std::vector<OptionCard> cards = {{"uncertainty", "choice: means | coefficients", "means",
                                    "means: units and their regressors as drawn; coefficients: means taken as given"},
                                   {"frame", "choice: underlying | realised", "underlying",
                                    "one unit: its underlying level, or given its realised outcomes"}};
  for (const OptionCard& card : noise_option_cards()) cards.push_back(card);
  return cards;
}

AttributionOptions attribution_options(const MethodCall& call, bool single_unit, const OutcomeParts& parts) {
  AttributionOptions options;
  options.coefficients_only = call.get("uncertainty", "means") == "coefficients";
  options.single_unit = single_unit;
  options.realised = call.get("frame", "underlying") == "realised";
  const std::optional<NoiseOptions> noise = noise_options(call);
  if (!noise) return options;
  if (!single_unit)
    throw Error(ErrorKind::usage, "decomposition.option",
                "reliability is about the noise of one unit's own effect and residual, and " + call.text +
                    " is about means of many; name one unit, or leave reliability out",
                {.key = "reliability"});
  options.noise = std::make_shared<const OutcomeNoise>(outcome_noise(parts, *noise));
  return options;
}

void add_noise_choices(Decomposition& d, const MethodCall& call, const AttributionOptions& options) {
  if (!options.noise) return;
  d.choices["reliability"] = call.get("reliability");
  d.choices["autocorrelation"] = call.get("autocorrelation", "estimate");
}

Attribution::Attribution(const OutcomeParts& parts, const Covariance& covariance, const AttributionOptions& options)
    : parts_(parts), covariance_(covariance), options_(options) {}

void Attribution::add(const std::string& name, double value, const Vector& estimation, const Vector& sampling,
                      bool estimable) {
  names_.push_back(name);
  values_.push_back(value);
  estimation_.push_back(estimation);
  sampling_.push_back(sampling);
  estimable_.push_back(estimable);
  products_.emplace_back();
}

ProductSum Attribution::driver_products(const Contrast& contrast, Index part) const {
  const std::vector<Index> own = parts_.coefficients_of(part);
  const Matrix levels = parts_.levels()(Eigen::all, own);
  ProductSum products;
  append(products, parts_.fit().coefficients(own), parts_.coefficient_influence()(Eigen::all, own),
         contrast.values(levels), contrast.sampling_influence(levels));
  if (covariance_.gathers == Gathers::nothing) products.factors.coefficient_block = covariance_.matrix(own, own);
  return products;
}

void Attribution::tell_parts(const Contrast& contrast) const {
  using Kind = AttributionStep::Kind;
  for (Index p = 0; p < parts_.size(); ++p) {
    const PartKind kind = parts_.kinds()[static_cast<std::size_t>(p)];
    options_.script->steps.push_back({parts_.names()[static_cast<std::size_t>(p)],
                                      kind == PartKind::driver   ? Kind::coefficients
                                      : kind == PartKind::effect ? Kind::effects
                                                                 : Kind::residual,
                                      contrast, parts_.coefficients_of(p), parts_.effects_of(p)});
  }
}

void Attribution::add_parts(const Contrast& contrast) {
  const Vector& v = contrast.row_weights();
  parts_ = parts_.identified([&](const Matrix& z) {
    Matrix read(z.rows() + 1, z.cols());
    read.row(0) = contrast.values(z).transpose();
    read.bottomRows(z.rows()) = contrast.sampling_influence(z);
    return read;
  });
  if (options_.script) tell_parts(contrast);
  const Vector values = contrast.values(parts_.values());
  const Matrix estimation = parts_.estimation_influence(v);
  const Matrix sampling = options_.coefficients_only ? Matrix(Matrix::Zero(estimation.rows(), estimation.cols()))
                                                     : contrast.sampling_influence(parts_.values());
  const bool blind = options_.single_unit && !options_.realised && !options_.noise;
  for (Index p = 0; p < parts_.size(); ++p) {
    const auto at = static_cast<std::size_t>(p);
    add(parts_.names()[at], values(p), estimation.col(p), sampling.col(p),
        !(blind && parts_.kinds()[at] != PartKind::driver));
    if (parts_.kinds()[at] == PartKind::driver && !options_.coefficients_only && !replicate())
      products_.back() = driver_products(contrast, p);
  }
  const Matrix iid = covariance_.gathers == Gathers::nothing ? parts_.iid_covariance(v, covariance_)
                                                             : Matrix(Matrix::Zero(parts_.size(), parts_.size()));
  Matrix noise = Matrix::Zero(parts_.size(), parts_.size());
  if (options_.noise) {
    const OutcomeNoise& rows = *options_.noise;
    noise = noise_covariance(rows.times, parts_.noise_weights(v).transpose(), rows.autocovariances);
    total_noise_ += noise_covariance(rows.times, v.transpose(), rows.autocovariances)(0, 0);
  }
  iid_ = joined_blocks(iid_, iid);
  noise_ = joined_blocks(noise_, noise);
}

std::size_t Attribution::add_sampled(const std::string& name, double value, const Vector& sampling) {
  const Vector none = Vector::Zero(sampling.size());
  const Vector& counted = options_.coefficients_only ? none : sampling;
  if (const auto found = std::find(names_.begin(), names_.end(), name); found != names_.end()) {
    const auto at = static_cast<std::size_t>(found - names_.begin());
    values_[at] += value;
    sampling_[at] += counted;
    return at;
  }
  add(name, value, none, counted, true);
  iid_ = joined_blocks(iid_, Matrix::Zero(1, 1));
  noise_ = joined_blocks(noise_, Matrix::Zero(1, 1));
  return names_.size() - 1;
}

void Attribution::add_whole(const std::string& name, const Contrast& contrast) {
  const Vector& y = parts_.fit().design->y;
  if (options_.script) options_.script->steps.push_back({name, AttributionStep::Kind::outcome, contrast, {}, {}});
  add_sampled(name, contrast.values(y)(0), contrast.sampling_influence(y));
}

void Attribution::add_scaled(const std::string& name, const Contrast& share, const Vector& indicator,
                             const Contrast& contrast) {
  const Vector& y = parts_.fit().design->y;
  if (options_.script)
    options_.script->steps.push_back({name, AttributionStep::Kind::scaled, contrast, {}, {}, share, indicator});
  const double s = share.values(indicator)(0), difference = contrast.values(y)(0);
  const Matrix of_share = share.sampling_influence(indicator), of_difference = contrast.sampling_influence(y);
  const std::size_t at = add_sampled(name, s * difference, s * of_difference + difference * of_share);
  if (!options_.coefficients_only && !replicate())
    append(products_[at], Vector::Constant(1, s), of_share, Vector::Constant(1, difference), of_difference);
}

void Attribution::leave_out(const std::string& name) {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) return;
  const auto at = found - names_.begin();
  std::vector<Index> kept;
  for (Index i = 0; i < static_cast<Index>(names_.size()); ++i)
    if (i != at) kept.push_back(i);
  iid_ = picked(iid_, kept);
  noise_ = picked(noise_, kept);
  names_.erase(found);
  values_.erase(values_.begin() + at);
  estimation_.erase(estimation_.begin() + at);
  sampling_.erase(sampling_.begin() + at);
  estimable_.erase(estimable_.begin() + at);
  products_.erase(products_.begin() + at);
}

Decomposition Attribution::finish(Decomposition d, const Contrast& total) {
  const Fit& fit = parts_.fit();
  const Design& design = *fit.design;
  const auto m = static_cast<Index>(names_.size());
  if (options_.script) {
    options_.script->components = names_;
    options_.script->total = total;
    options_.script->means_drawn = !options_.coefficients_only;
  }
  Estimates& e = d.estimates;
  e.names = names_;
  e.values = Eigen::Map<const Vector>(values_.data(), m);
  e.influence.resize(design.n(), 2 * m);
  for (Index i = 0; i < m; ++i) {
    e.influence.col(i) = estimation_[static_cast<std::size_t>(i)];
    e.influence.col(m + i) = sampling_[static_cast<std::size_t>(i)];
  }
  e.jacobian.resize(m, 2 * m);
  e.jacobian << Matrix::Identity(m, m), Matrix::Identity(m, m);
  if (covariance_.gathers == Gathers::nothing) e.coefficient_block = iid_;
  if (options_.noise) e.noise = noise_;
  e.estimable = estimable_;
  d.products = std::move(products_);
  d.total = total.values(design.y)(0);
  d.total_noise = total_noise_;
  d.total_estimable = std::all_of(estimable_.begin(), estimable_.end(), [](bool yes) { return yes; });
  d.unit = outcome_unit(design.spec);
  d.percent = log_outcome(design.spec);
  d.frame = frame_of(options_);
  d.sample_hash = design.sample_hash;
  parts_.tell(d);
  const Vector influence =
      options_.coefficients_only ? Vector(Vector::Zero(design.n())) : Vector(total.sampling_influence(design.y));
  headwater::finish(d, inference_of(fit, covariance_), atoms_of(design), influence,
                    std::max(1.0, design.y.cwiseAbs().maxCoeff()));
  return d;
}

void note_seasons(Notes& notes, const Design& design, std::int32_t a, std::int32_t b) {
  const auto first = season(design.periods[static_cast<std::size_t>(a)]),
             second = season(design.periods[static_cast<std::size_t>(b)]);
  if (!first || !second || *first == *second) return;
  notes.push_back({"decomposition.seasons", design.time.labels[static_cast<std::size_t>(a)] + " and " +
                                                design.time.labels[static_cast<std::size_t>(b)] +
                                                " are different seasons of the year, so the change mixes season with "
                                                "everything else; compare the same period of the year"});
}

}  // namespace headwater
