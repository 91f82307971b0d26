// With one component V⁻½ = R = I − Σ_i c_i d_i d_i', c = r/(s(s + 1)), s = √(1 + r n_i): each row less θ_i = 1 − 1/s of
// its group's mean (Fuller and Battese 1974, eq. 2.3). A second one leaves R V R' = I + r₂ B B' with B = R D₂, whose
// root is I − B C B' with C = U diag(r₂/(s(s + 1))) U', s = √(1 + r₂ λ), from B'B = U diag(λ) U'. W = (I − B C B') R is
// the symmetric root where the panel is balanced, and a root in any panel.
#include "headwater/estimators/whitening.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/linalg/solve.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

// r/(s(s + 1)) with s = √(1 + r n): (1 − 1/s)/n, exact where n r is small.
double share_taken(double ratio, double n) {
  const double s = std::sqrt(1 + ratio * n);
  return ratio / (s * (s + 1));
}

// B'B = D₂'(I + r₁ D₁D₁')⁻¹D₂ = diag(rows of each level) − Σ_i r₁/(1 + r₁ n_i) m_i m_i', m_i the rows of i by level.
Matrix second_inner(const Grouping& first, const Grouping& second, double ratio) {
  Matrix inner = level_sizes(second).asDiagonal();
  const Vector size = level_sizes(first);
  std::vector<std::vector<std::int32_t>> members(static_cast<std::size_t>(first.count));
  for (std::size_t i = 0; i < first.code.size(); ++i)
    members[static_cast<std::size_t>(first.code[i])].push_back(second.code[i]);
  for (std::int32_t g = 0; g < first.count; ++g) {
    const double taken = ratio / (1 + ratio * size(g));
    for (const std::int32_t a : members[static_cast<std::size_t>(g)])
      for (const std::int32_t b : members[static_cast<std::size_t>(g)]) inner(a, b) -= taken;
  }
  return inner;
}

}  // namespace

Vector level_sizes(const Grouping& groups) {
  Vector size = Vector::Zero(groups.count);
  for (const std::int32_t code : groups.code) size(code) += 1;
  return size;
}

Matrix on_rows(const Matrix& levels, const Grouping& groups) {
  Matrix rows(static_cast<Index>(groups.code.size()), levels.cols());
  for (Index i = 0; i < rows.rows(); ++i) rows.row(i) = levels.row(groups.code[static_cast<std::size_t>(i)]);
  return rows;
}

RandomWhitening::RandomWhitening(std::vector<Grouping> groups, Vector ratios)
    : groups_(std::move(groups)), ratios_(std::move(ratios)) {
  share_ = level_sizes(groups_[0]).unaryExpr([&](double n) { return share_taken(ratios_(0), n); });
  if (groups_.size() < 2) return;
  const SymmetricEigen eigen = symmetric_eigen(second_inner(groups_[0], groups_[1], ratios_(0)));
  const Vector taken = eigen.values.unaryExpr([&](double n) { return share_taken(ratios_(1), std::max(0.0, n)); });
  between_ = eigen.vectors * taken.asDiagonal() * eigen.vectors.transpose();
}

Matrix RandomWhitening::first(const Matrix& rows) const {
  const Matrix taken = sums_by(rows, groups_[0]).array().colwise() * share_.array();
  return rows - on_rows(taken, groups_[0]);
}

Matrix RandomWhitening::apply(const Matrix& rows) const {
  Matrix result = first(rows);
  if (groups_.size() < 2) return result;
  const Matrix sums = sums_by(first(result), groups_[1]);
  return result - first(on_rows(between_ * sums, groups_[1]));
}

Matrix RandomWhitening::transposed(const Matrix& rows) const {
  if (groups_.size() < 2) return first(rows);
  const Matrix sums = sums_by(first(rows), groups_[1]);
  return first(rows - first(on_rows(between_ * sums, groups_[1])));
}

Vector RandomWhitening::theta(std::size_t group) const {
  return level_sizes(groups_[group]).unaryExpr([&](double n) {
    return n * share_taken(ratios_(static_cast<Index>(group)), n);
  });
}

}  // namespace headwater
