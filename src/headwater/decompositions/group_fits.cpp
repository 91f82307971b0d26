#include "headwater/decompositions/group_fits.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/core/error.hpp"
#include "headwater/core/quoting.hpp"
#include "headwater/core/text.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/decompositions/contrast.hpp"
#include "headwater/decompositions/group_leverage.hpp"
#include "headwater/decompositions/parts.hpp"
#include "headwater/estimators/fit.hpp"

namespace headwater {
namespace {

[[noreturn]] void no_support(const std::string& what, const std::string& name) {
  throw Error(ErrorKind::identification, "decomposition.no_support",
              what + ", so no row of one group can be compared with a like row of the other; leave '" + name +
                  "' out of the formula or compare within the values both groups have",
              {.column = name});
}

// Names a level or a range that only one group has.
void refuse_without_support(const AllLevels& all, const TwoGroups& groups) {
  for (std::size_t j = 1; j < all.names.size(); ++j) {
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    bool any[2] = {false, false};
    for (std::size_t i = 0; i < groups.in_a.size(); ++i) {
      const double value = all.values(static_cast<Index>(i), static_cast<Index>(j));
      const int g = groups.in_a[i] ? 0 : 1;
      low[g] = std::min(low[g], value);
      high[g] = std::max(high[g], value);
      any[g] |= value != 0;
    }
    const std::string& name = all.names[j];
    const bool fixed = low[0] == high[0] && low[1] == high[1];
    if (fixed) continue;  // the same in all rows of a group: not identified in either
    if (all.level[j] && any[0] != any[1])
      no_support("'" + name + "' occurs in " + (any[0] ? groups.a : groups.b) + " but not in " +
                     (any[0] ? groups.b : groups.a),
                 name);
    if (!all.level[j] && all.main[j] && (high[0] < low[1] || high[1] < low[0]))
      no_support("'" + name + "' runs from " + significant(low[0], 4) + " to " + significant(high[0], 4) + " in " +
                     groups.a + " and from " + significant(low[1], 4) + " to " + significant(high[1], 4) + " in " +
                     groups.b,
                 name);
  }
}

std::vector<Index> all_positions(const TwoGroups& groups) {
  std::vector<Index> result;
  for (std::size_t i = 0; i < groups.in_a.size(); ++i) result.push_back(static_cast<Index>(i));
  return result;
}

}  // namespace

GroupCoefficients mixed(const GroupCoefficients& a, const GroupCoefficients& b, double s, const Vector& share_psi) {
  GroupCoefficients result{s * a.beta + (1 - s) * b.beta, s * a.psi + (1 - s) * b.psi};
  if (share_psi.size() > 0) result.psi += share_psi * (a.beta - b.beta).transpose();
  return result;
}

struct GroupFits::Fitted {
  Fit fit;
  std::vector<Index> item;  // of each coefficient; -1: the constant or the dummy
};

GroupFits::GroupFits(const Panel& panel, const Design& rows, const AllLevels& regressors,
                     const std::vector<Index>& columns, const TwoGroups& groups, const GroupUncertainty& uncertainty)
    : panel_(&panel),
      rows_(std::make_shared<const Design>(rows)),
      regressors_(std::make_shared<const AllLevels>(regressors)),
      columns_(columns),
      groups_(groups),
      uncertainty_(uncertainty),
      row_factor_(!uncertainty.leverage.empty() ? group_factor_roots(rows, groups) : Vector(Vector::Ones(rows.n()))) {
  refuse_without_support(regressors, groups);
  const Vector weights = weights_or_ones(rows.weights, rows.n());
  share_a_ = share_b_ = Vector::Zero(rows.n());
  for (Index i = 0; i < rows.n(); ++i) (groups.in_a[static_cast<std::size_t>(i)] ? share_a_ : share_b_)(i) = weights(i);
  mass_share_ = share_a_.sum() / weights.sum();
  share_a_ /= share_a_.sum();
  share_b_ /= share_b_.sum();
  const Fitted a = fit(groups.positions(true), false, groups.a), b = fit(groups.positions(false), false, groups.b);
  std::vector<bool> in_a(regressors.names.size()), in_b(in_a);
  for (const Index item : a.item)
    if (item >= 0) in_a[static_cast<std::size_t>(item)] = true;
  for (const Index item : b.item)
    if (item >= 0) in_b[static_cast<std::size_t>(item)] = true;
  for (std::size_t j = 0; j < in_a.size(); ++j)
    if (in_a[j] != in_b[j])
      no_support("the coefficient of '" + regressors.names[j] + "' is identified in " +
                     (in_a[j] ? groups.a : groups.b) + " but not in " + (in_a[j] ? groups.b : groups.a),
                 regressors.names[j]);
  own_ = {std::make_shared<const GroupCoefficients>(in_deviation(a, groups.positions(true), share_a_)),
          std::make_shared<const GroupCoefficients>(in_deviation(b, groups.positions(false), share_b_))};
  means_ = {std::make_shared<const GroupMeans>(means_of(share_a_)),
            std::make_shared<const GroupMeans>(means_of(share_b_))};
  for (const Index column : columns_)
    if (in_a[static_cast<std::size_t>(column)]) regressed_.push_back(column);
  identified_ = in_a;
  for (std::size_t j = 1; j < in_a.size(); ++j)  // a level left out is identified with the others of its term
    if (regressors.level[j])
      for (std::size_t k = 1; k < in_a.size(); ++k)
        if (in_a[k] && regressors.terms[k] == regressors.terms[j] && regressors.slots[k] == regressors.slots[j])
          identified_[j] = true;
  for (const NotIdentified& entry : a.fit.not_identified) {
    const auto at = std::find(regressors.names.begin(), regressors.names.end(), entry.term);
    if (at == regressors.names.end() || identified_[static_cast<std::size_t>(at - regressors.names.begin())]) continue;
    not_identified_.push_back(entry);
  }
}

GroupFits::Fitted GroupFits::fit(const std::vector<Index>& positions, bool dummy, const std::string& whose) const {
  auto design = std::make_shared<Design>(with_rows(*rows_, positions));
  const Index lead = (design->effects.empty() ? 1 : 0) + (dummy ? 1 : 0);
  std::vector<Index> items(static_cast<std::size_t>(lead), -1);
  items.insert(items.end(), columns_.begin(), columns_.end());
  design->X.resize(design->n(), static_cast<Index>(items.size()));
  design->names.clear();
  design->origins.assign(static_cast<std::size_t>(lead), ColumnOrigin{});
  design->intercept = design->effects.empty();
  Index at = 0;
  if (design->intercept) {
    design->X.col(at++).setOnes();
    design->names.emplace_back("(Intercept)");
  }
  if (dummy) {
    for (Index i = 0; i < design->n(); ++i)
      design->X(i, at) = groups_.in_a[static_cast<std::size_t>(positions[static_cast<std::size_t>(i)])];
    design->names.push_back(groups_.a);
  }
  for (const Index item : columns_) {
    design->X.col(static_cast<Index>(design->names.size())) = regressors_->values(positions, item);
    design->names.push_back(regressors_->names[static_cast<std::size_t>(item)]);
    design->origins.push_back({regressors_->terms[static_cast<std::size_t>(item)]});
  }
  design->spec.estimator = default_estimator(!design->effects.empty());
  if (!uncertainty_.leverage.empty())
    design->spec.covariance =
        parse_method_call(uncertainty_.leverage + "(" + quoted_name(design->clusters.front().name) + ")");
  try {
    Fitted result{estimate(*panel_, design), {}};
    for (const CoefficientOrigin& origin : result.fit.origins)
      result.item.push_back(items[static_cast<std::size_t>(*origin.column)]);
    return result;
  } catch (const Error& error) {
    throw Error(error.kind(), error.code(), "in the regression of " + whose + ": " + error.message(), error.place());
  }
}

// The constant is what the mean outcome leaves: β₀ = ȳ − x̄'β, also where effects take its place.
GroupCoefficients GroupFits::in_deviation(const Fitted& fitted, const std::vector<Index>& positions,
                                          const Vector& share) const {
  const auto K = static_cast<Index>(regressors_->names.size());
  Vector raw = Vector::Zero(K);
  Matrix psi = Matrix::Zero(rows_->n(), K);
  const Matrix influence =
      uncertainty_.leverage.empty() ? coefficient_influence(fitted.fit) : leverage_influence(fitted.fit);
  for (std::size_t c = 0; c < fitted.item.size(); ++c) {
    if (fitted.item[c] < 0) continue;
    raw(fitted.item[c]) = fitted.fit.coefficients(static_cast<Index>(c));
    psi(positions, fitted.item[c]) = influence.col(static_cast<Index>(c));
  }
  const Vector left = rows_->y - regressors_->values * raw;
  raw(0) = share.dot(left);
  const Vector through_slopes = psi * (regressors_->values.transpose() * share);
  psi.col(0) = share.cwiseProduct((left.array() - raw(0)).matrix()) - through_slopes;
  return {regressors_->normalise * raw, row_factor_.asDiagonal() * psi * regressors_->normalise.transpose()};
}

GroupCoefficients GroupFits::pooled(bool dummy) const {
  GroupFits common = *this;
  common.columns_.clear();
  for (const Index column : columns_)
    if (identified_[static_cast<std::size_t>(column)]) common.columns_.push_back(column);
  const std::vector<Index> positions = all_positions(groups_);
  const Vector share = mass_share_ * share_a_ + (1 - mass_share_) * share_b_;
  return in_deviation(common.fit(positions, dummy, groups_.a + " and " + groups_.b), positions, share);
}

GroupMeans GroupFits::means_of(const Vector& share) const {
  GroupMeans result{regressors_->values.transpose() * share, {}};
  if (uncertainty_.means_drawn)
    result.psi =
        row_factor_.cwiseProduct(share).asDiagonal() * (regressors_->values.rowwise() - result.value.transpose());
  else
    result.psi = Matrix::Zero(share.size(), regressors_->values.cols());
  return result;
}

GroupNumbers GroupFits::numbers(const std::string& name) const {
  GroupNumbers all{means_, {own_[0], own_[1], nullptr}};
  std::shared_ptr<const GroupCoefficients>& reference = all.coefficients[2];
  const double s = name == "half" ? 0.5 : mass_share_;
  if (name == "a" || name == "b")
    reference = own_[name == "a" ? 0 : 1];
  else if (name == "neumark" || name == "jann")
    reference = std::make_shared<const GroupCoefficients>(pooled(name == "jann"));
  else if (name == "cotton" && uncertainty_.means_drawn)
    reference = std::make_shared<const GroupCoefficients>(
        mixed(own(true), own(false), s, row_factor_.cwiseProduct(s * (1 - s) * (share_a_ - share_b_))));
  else
    reference = std::make_shared<const GroupCoefficients>(mixed(own(true), own(false), s, {}));
  return all;
}

Vector GroupFits::outcome_influence(bool of_a) const {
  const Vector share = this->share(of_a);
  const Vector z = uncertainty_.means_drawn ? rows_->y : Vector(rows_->y - regressors_->values * own(of_a).beta);
  return row_factor_.cwiseProduct(share).cwiseProduct((z.array() - share.dot(z)).matrix());
}

Overlap overlap_of(const GroupFits& fits) {
  const AllLevels& all = fits.regressors();
  const auto K = static_cast<Index>(all.names.size());
  const Vector share[2] = {fits.share(true), fits.share(false)};
  Overlap result{Vector::Ones(K), Vector::Ones(K), Vector::Zero(K)};
  for (Index j = 1; j < K; ++j) {
    const Vector z = all.values.col(j);
    double mean[2], variance[2], low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (int g = 0; g < 2; ++g) {
      mean[g] = share[g].dot(z);
      variance[g] = share[g].dot((z.array() - mean[g]).square().matrix());
      for (Index i = 0; i < z.size(); ++i) {
        if (share[g](i) == 0) continue;
        low[g] = std::min(low[g], z(i));
        high[g] = std::max(high[g], z(i));
      }
    }
    const double spread = std::sqrt(0.5 * (variance[0] + variance[1]));
    result.normalised_difference(j) = spread > 0 ? (mean[0] - mean[1]) / spread : 0;
    Vector* inside[2] = {&result.a_in_b, &result.b_in_a};
    for (int g = 0; g < 2; ++g) {
      const auto within = (z.array() >= low[1 - g] && z.array() <= high[1 - g]).cast<double>().matrix();
      (*inside[g])(j) = std::min(1.0, share[g].dot(within));
    }
  }
  return result;
}

void note_overlap(Notes& notes, const GroupFits& fits, const Overlap& overlap) {
  constexpr double kFar = 1, kFew = 0.5;
  const AllLevels& all = fits.regressors();
  Names far;
  for (std::size_t j = 1; j < all.names.size(); ++j) {
    const auto at = static_cast<Index>(j);
    if (!fits.identified()[j] || !all.main[j]) continue;
    if (std::abs(overlap.normalised_difference(at)) > kFar || overlap.a_in_b(at) < kFew || overlap.b_in_a(at) < kFew)
      far.push_back(all.names[j]);
  }
  if (far.empty()) return;
  notes.push_back({"decomposition.overlap",
                   "the groups hardly overlap in " + joined(far, ", ") +
                       " (means more than a standard deviation apart, or under half of one group's rows within the "
                       "other's range), so the parts rest on extrapolating the regressions there"});
}

}  // namespace headwater
