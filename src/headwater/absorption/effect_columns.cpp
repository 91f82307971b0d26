#include "headwater/absorption/effect_columns.hpp"

#include <cmath>

#include "headwater/core/weights.hpp"

namespace headwater {
namespace {

constexpr double kFlatSlope = 1e-12;      // spread of a centred slope, as a share of its size in the level
constexpr double kDependentSlope = 1e-9;  // what the slopes before leave of a slope, as a share of its norm

}  // namespace

EffectColumns::EffectColumns(const Effect& effect, const Vector& weights)
    : name_(effect.levels.name),
      code_(effect.levels.code),
      intercept_(effect.intercept),
      levels_(effect.levels.count),
      width_((effect.intercept ? 1 : 0) + effect.slopes.cols()),
      slopes_(effect.slopes) {
  const Index s = slopes_.cols();
  means_ = Matrix::Zero(levels_, s);
  if (s > 0) {
    if (intercept_) centre(weights);
    if (s > 1) orthogonalise(weights);
  }
  squared_norms_ = Vector::Zero(size());
  for (Index i = 0; i < static_cast<Index>(code_.size()); ++i)
    for (Index c = 0; c < width_; ++c)
      squared_norms_(level(i) * width_ + c) += weight_of(weights, i) * value(i, c) * value(i, c);
  rank_ = (squared_norms_.array() > 0).count();
}

// Twice, the second time for what rounding left of the first.
void EffectColumns::centre(const Vector& weights) {
  const Index n = slopes_.rows();
  Vector mass = Vector::Zero(levels_);
  for (Index i = 0; i < n; ++i) mass(level(i)) += weight_of(weights, i);
  size_ = Matrix::Zero(levels_, slopes_.cols());
  for (int pass = 0; pass < 2; ++pass) {
    Matrix shift = Matrix::Zero(levels_, slopes_.cols());
    for (Index i = 0; i < n; ++i) shift.row(level(i)) += weight_of(weights, i) * slopes_.row(i);
    shift.array().colwise() /= mass.array();
    for (Index i = 0; i < n; ++i) {
      if (pass == 0) size_.row(level(i)) = size_.row(level(i)).cwiseMax(slopes_.row(i).cwiseAbs());
      slopes_.row(i) -= shift.row(level(i));
    }
    means_ += shift;
  }
  drop_flat();
}

void EffectColumns::drop_flat() {
  Matrix spread = Matrix::Zero(levels_, slopes_.cols());
  for (Index i = 0; i < slopes_.rows(); ++i)
    spread.row(level(i)) = spread.row(level(i)).cwiseMax(slopes_.row(i).cwiseAbs());
  for (Index i = 0; i < slopes_.rows(); ++i)
    for (Index c = 0; c < slopes_.cols(); ++c)
      if (spread(level(i), c) <= kFlatSlope * size_(level(i), c)) slopes_(i, c) = 0;
}

// Modified Gram–Schmidt within every level, each slope twice against those before it.
void EffectColumns::orthogonalise(const Vector& weights) {
  const Index n = slopes_.rows(), s = slopes_.cols();
  mixes_.assign(static_cast<std::size_t>(levels_), Matrix::Identity(s, s));
  const auto products = [&](Index a, Index b) {
    Vector sum = Vector::Zero(levels_);
    for (Index i = 0; i < n; ++i) sum(level(i)) += weight_of(weights, i) * slopes_(i, a) * slopes_(i, b);
    return sum;
  };
  std::vector<Vector> norms;
  for (Index c = 0; c < s; ++c) {
    const Vector before = products(c, c);
    for (int pass = 0; pass < 2; ++pass)
      for (Index b = 0; b < c; ++b) {
        const Vector& norm = norms[static_cast<std::size_t>(b)];
        const Vector share = products(b, c).array() / (norm.array() > 0).select(norm, 1.0).array();
        for (Index i = 0; i < n; ++i) slopes_(i, c) -= share(level(i)) * slopes_(i, b);
        for (Index g = 0; g < levels_; ++g) mixes_[static_cast<std::size_t>(g)](b, c) += share(g);
      }
    Vector after = products(c, c);
    for (Index i = 0; i < n; ++i)
      if (after(level(i)) <= kDependentSlope * kDependentSlope * before(level(i))) slopes_(i, c) = 0;
    norms.push_back((after.array() <= kDependentSlope * kDependentSlope * before.array()).select(0.0, after));
  }
}

// S b = T(U b) + 1(m'b), so b = U⁻¹a and the level gives m'b back.
Matrix EffectColumns::of_slopes(const Matrix& own) const {
  Matrix result = own;
  const Index lead = intercept_ ? 1 : 0, s = width_ - lead;
  if (s == 0) return result;
  for (std::size_t g = 0; g < mixes_.size(); ++g) {
    auto row = result.row(static_cast<Index>(g)).tail(s);
    for (Index c = s; c-- > 0;) row(c) -= mixes_[g].row(c).tail(s - c - 1).dot(row.tail(s - c - 1));
  }
  if (intercept_) result.col(0) -= result.rightCols(s).cwiseProduct(means_).rowwise().sum();
  return result;
}

Matrix EffectColumns::of_slopes_adjoint(const Matrix& functional) const {
  Matrix result = functional;
  const Index lead = intercept_ ? 1 : 0, s = width_ - lead;
  if (s == 0) return result;
  if (intercept_) result.rightCols(s) -= (means_.array().colwise() * result.col(0).array()).matrix();
  for (std::size_t g = 0; g < mixes_.size(); ++g) {
    auto row = result.row(static_cast<Index>(g)).tail(s);
    for (Index c = 0; c < s; ++c) row(c) -= mixes_[g].col(c).head(c).dot(row.head(c).transpose());
  }
  return result;
}

}  // namespace headwater
