#include "headwater/decompositions/group_moments.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/core/weights.hpp"
#include "headwater/decompositions/packed_products.hpp"

namespace headwater {
namespace {

double spread_of(const Vector& values, double centre) {
  const double spread = std::sqrt((values.array() - centre).square().mean());
  return spread > 0 ? spread : 1;
}

}  // namespace

GroupMoments::GroupMoments(const Design& rows, const AllLevels& regressors, std::vector<Index> regressed,
                           const TwoGroups& groups, const std::vector<std::int32_t>& cluster, Index clusters,
                           bool means_drawn)
    : level_(regressors.level),
      main_(regressors.main),
      normalise_(regressors.normalise),
      regressed_(std::move(regressed)),
      means_drawn_(means_drawn) {
  const Index K = regressors.values.cols();
  centre_ = Vector::Zero(K);
  scale_ = Vector::Ones(K);
  Matrix scaled(rows.n(), K + 1);
  scaled.col(0).setOnes();
  for (Index j = 1; j < K; ++j) {
    centre_(j) = regressors.values.col(j).mean();
    scale_(j) = spread_of(regressors.values.col(j), centre_(j));
    scaled.col(j) = (regressors.values.col(j).array() - centre_(j)) / scale_(j);
  }
  outcome_centre_ = rows.y.mean();
  outcome_scale_ = spread_of(rows.y, outcome_centre_);
  scaled.col(K) = (rows.y.array() - outcome_centre_) / outcome_scale_;
  for (int g = 0; g < 2; ++g)
    sums_[static_cast<std::size_t>(g)] =
        sums_of(rows, scaled, regressors.values, cluster, groups.positions(g == 0), clusters);
}

GroupMoments::Sums GroupMoments::sums_of(const Design& rows, const Matrix& scaled, const Matrix& raw,
                                         const std::vector<std::int32_t>& cluster, const std::vector<Index>& positions,
                                         Index clusters) const {
  std::vector<Index> taken = {0};
  taken.insert(taken.end(), regressed_.begin(), regressed_.end());
  const auto q = static_cast<Index>(taken.size()), K = raw.cols();
  taken.push_back(K);
  Sums sums{Matrix::Zero(clusters, pair_of(0, q + 1)), Matrix::Zero(clusters, K),
            Matrix::Constant(clusters, K, INFINITY), Matrix::Constant(clusters, K, -INFINITY),
            Matrix::Zero(clusters, K)};
  for (const Index i : positions) {
    const Index g = cluster[static_cast<std::size_t>(i)];
    const double w = weight_of(rows.weights, i);
    for (Index b = 0; b <= q; ++b)
      for (Index a = 0; a <= b; ++a)
        sums.products(g, pair_of(a, b)) +=
            w * scaled(i, taken[static_cast<std::size_t>(a)]) * scaled(i, taken[static_cast<std::size_t>(b)]);
    for (Index j = 0; j < K; ++j) {
      sums.levels(g, j) += w * scaled(i, j);
      sums.low(g, j) = std::min(sums.low(g, j), raw(i, j));
      sums.high(g, j) = std::max(sums.high(g, j), raw(i, j));
      if (raw(i, j) != 0) sums.occurs(g, j) = 1;
    }
  }
  return sums;
}

// Every level in both groups or in none, and ranges that meet, among the clusters that count. What lacks this, a fit
// of the rows refuses in words.
bool GroupMoments::supported(const Vector& counts) const {
  const Index K = scale_.size();
  for (Index j = 1; j < K; ++j) {
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY}, any[2] = {0, 0};
    for (Index g = 0; g < counts.size(); ++g)
      if (counts(g) > 0)
        for (std::size_t s = 0; s < 2; ++s) {
          low[s] = std::min(low[s], sums_[s].low(g, j));
          high[s] = std::max(high[s], sums_[s].high(g, j));
          any[s] = std::max(any[s], sums_[s].occurs(g, j));
        }
    if (level_[static_cast<std::size_t>(j)] && any[0] != any[1]) return false;
    if (main_[static_cast<std::size_t>(j)] && (high[0] < low[1] || high[1] < low[0])) return false;
  }
  return true;
}

GroupMeans GroupMoments::means_of(int group, const Vector& counts) const {
  const Matrix& levels = sums_[static_cast<std::size_t>(group)].levels;
  const Vector sums = levels.transpose() * counts;
  const Vector scaled = sums / sums(0);
  GroupMeans result{centre_ + scale_.cwiseProduct(scaled), Matrix::Zero(levels.rows(), levels.cols())};
  result.value(0) = 1;
  if (means_drawn_)
    for (Index j = 1; j < levels.cols(); ++j)
      result.psi.col(j) = scale_(j) / sums(0) * (levels.col(j) - scaled(j) * levels.col(0));
  return result;
}

std::optional<GroupMoments::Drawn> GroupMoments::under(const Vector& counts) const {
  if (!supported(counts)) return std::nullopt;
  const auto q = static_cast<Index>(regressed_.size()) + 1;
  Drawn drawn;
  for (int g = 0; g < 2; ++g) {
    const auto at = static_cast<std::size_t>(g);
    drawn.gram[at] = unpacked(sums_[at].products.transpose() * counts, q + 1);
    drawn.mass[at] = drawn.gram[at](0, 0);
    if (!(drawn.mass[at] > 0)) return std::nullopt;
    drawn.mean_outcome[at] = drawn.gram[at](0, q) / drawn.mass[at];
    drawn.means[at] = std::make_shared<const GroupMeans>(means_of(g, counts));
  }
  for (int g = 0; g < 2; ++g) {
    const std::optional<Slopes> own = slopes({g}, drawn.gram[static_cast<std::size_t>(g)], {});
    if (!own) return std::nullopt;
    drawn.own[static_cast<std::size_t>(g)] = std::make_shared<const GroupCoefficients>(in_levels(*own, {g}, drawn));
  }
  return drawn;
}

// β of the groups' rows together and A⁻¹(b_g − A_g β) of each cluster. `dummy` is empty, or the products of a dummy for
// group a with (1, regressed, outcome).
std::optional<GroupMoments::Slopes> GroupMoments::slopes(const std::vector<int>& groups, const Matrix& gram,
                                                         const Vector& dummy) const {
  const Index q = gram.rows() - 1, k = q + (dummy.size() > 0 ? 1 : 0);
  Matrix A(k, k);
  Vector b(k);
  A.topLeftCorner(q, q) = gram.topLeftCorner(q, q);
  b.head(q) = gram.col(q).head(q);
  if (k > q) {
    A.col(q).head(q) = dummy.head(q);
    A.row(q).head(q) = dummy.head(q).transpose();
    A(q, q) = dummy(0);
    b(q) = dummy(q);
  }
  const std::optional<Matrix> inverse = safe_inverse(A);
  if (!inverse) return std::nullopt;
  Slopes result{*inverse * b, {}};
  const Index clusters = sums_[0].products.rows();
  Matrix scores = Matrix::Zero(clusters, k);
  for (const int g : groups) {
    const Matrix& products = sums_[static_cast<std::size_t>(g)].products;
    const auto pair = [&](Index i, Index j) { return products.col(pair_of(i, j)); };
    const double shift = k > q && g == 0 ? result.beta(q) : 0;
    for (Index i = 0; i < q; ++i) {
      scores.col(i) += pair(i, q) - shift * pair(i, 0);
      for (Index j = 0; j < q; ++j) scores.col(i) -= result.beta(j) * pair(i, j);
    }
    if (k > q && g == 0) {
      scores.col(q) = pair(0, q) - shift * pair(0, 0);
      for (Index j = 0; j < q; ++j) scores.col(q) -= result.beta(j) * pair(0, j);
    }
  }
  result.psi = scores * *inverse;
  return result;
}

// Coefficients in the regressors' own units, the constant from the mean that the slopes leave, ȳ − x̄'β, with the rows
// of the groups together; then in deviation from the mean over levels.
GroupCoefficients GroupMoments::in_levels(const Slopes& slopes, const std::vector<int>& groups,
                                          const Drawn& drawn) const {
  const Index K = scale_.size(), clusters = sums_[0].products.rows(), q = static_cast<Index>(regressed_.size()) + 1;
  Vector raw = Vector::Zero(K);
  Matrix psi = Matrix::Zero(clusters, K);
  for (Index j = 1; j < q; ++j) {
    const Index item = regressed_[static_cast<std::size_t>(j - 1)];
    raw(item) = slopes.beta(j) * outcome_scale_ / scale_(item);
    psi.col(item) = slopes.psi.col(j) * (outcome_scale_ / scale_(item));
  }
  double mass = 0, outcome = 0;
  Vector mean = Vector::Zero(K), left = Vector::Zero(clusters), weight = left;
  for (const int g : groups) {
    const auto at = static_cast<std::size_t>(g);
    mass += drawn.mass[at];
    outcome += drawn.mass[at] * drawn.mean_outcome[at] * outcome_scale_;
    mean += drawn.mass[at] * (drawn.means[at]->value - centre_);
    weight += sums_[at].levels.col(0);
    left += sums_[at].products.col(pair_of(0, q)) * outcome_scale_ -
            sums_[at].levels.rightCols(K - 1) * raw.tail(K - 1).cwiseProduct(scale_.tail(K - 1));
  }
  mean /= mass;
  const double constant = outcome / mass - mean.tail(K - 1).dot(raw.tail(K - 1));  // at the centres
  raw(0) = outcome_centre_ + constant - centre_.dot(raw);
  psi.col(0) = (left - constant * weight) / mass - psi.rightCols(K - 1) * (mean + centre_).tail(K - 1);
  return {normalise_ * raw, psi * normalise_.transpose()};
}

std::optional<GroupNumbers> GroupMoments::numbers(const Drawn& drawn, const std::string& reference) const {
  GroupNumbers all{drawn.means, {drawn.own[0], drawn.own[1], nullptr}};
  std::shared_ptr<const GroupCoefficients>& third = all.coefficients[2];
  if (reference == "a" || reference == "b") {
    third = drawn.own[reference == "a" ? 0 : 1];
  } else if (reference == "neumark" || reference == "jann") {
    const Vector dummy = reference == "jann" ? Vector(drawn.gram[0].col(0)) : Vector();
    const std::optional<Slopes> pooled = slopes({0, 1}, drawn.gram[0] + drawn.gram[1], dummy);
    if (!pooled) return std::nullopt;
    third = std::make_shared<const GroupCoefficients>(in_levels(*pooled, {0, 1}, drawn));
  } else {
    const double s = reference == "half" ? 0.5 : drawn.mass[0] / (drawn.mass[0] + drawn.mass[1]);
    Vector share_psi;
    if (reference == "cotton" && means_drawn_)
      share_psi = s * (1 - s) * (sums_[0].levels.col(0) / drawn.mass[0] - sums_[1].levels.col(0) / drawn.mass[1]);
    third = std::make_shared<const GroupCoefficients>(mixed(*drawn.own[0], *drawn.own[1], s, share_psi));
  }
  return all;
}

}  // namespace headwater
