#include "headwater/decompositions/linear_moments.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "headwater/core/error.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/decompositions/packed_products.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

constexpr Index kMostMomentColumns = 300;
constexpr double kMostCells = 1e7, kDetermined = 1e-9;  // of a column's square, once others are taken out

bool within_clusters(const Effect& effect, const Grouping& clusters) { return nested_in(effect.levels, clusters); }

Grouping as_grouping(const std::vector<std::int32_t>& code, Index count) {
  Grouping groups;
  groups.code = code;
  groups.count = static_cast<std::int32_t>(count);
  return groups;
}

// Weighted means over the levels, in every row of a level.
Matrix level_means(const Matrix& columns, const Grouping& levels, const Vector& weights) {
  const Vector w = weights_or_ones(weights, columns.rows());
  const Matrix sums = sums_by(Matrix(columns.array().colwise() * w.array()), levels);
  const Matrix mass = sums_by(Matrix(w), levels);
  Matrix means(columns.rows(), columns.cols());
  for (Index i = 0; i < columns.rows(); ++i) {
    const std::int32_t level = levels.code[static_cast<std::size_t>(i)];
    means.row(i) = sums.row(level) / mass(level, 0);
  }
  return means;
}

// Which columns the ones before them do not determine, from their products (Gram–Schmidt in order).
std::vector<bool> independent(Matrix gram) {
  std::vector<bool> kept(static_cast<std::size_t>(gram.rows()), false);
  const Vector size = gram.diagonal();
  for (Index j = 0; j < gram.rows(); ++j) {
    const double left = gram(j, j);
    if (!(left > kDetermined * size(j)) || !(size(j) > 0)) continue;
    kept[static_cast<std::size_t>(j)] = true;
    const Vector row = gram.row(j).transpose() / left;
    for (Index i = j + 1; i < gram.rows(); ++i)
      if (gram(i, j) != 0) gram.row(i) -= gram(i, j) * row.transpose();
  }
  return kept;
}

Vector ones_of(const Grouping& levels, std::int32_t level) {
  Vector ones = Vector::Zero(static_cast<Index>(levels.code.size()));
  for (Index i = 0; i < ones.size(); ++i)
    if (levels.code[static_cast<std::size_t>(i)] == level) ones(i) = 1;
  return ones;
}

// Root mean squares, by which the columns are divided; 1 for columns of zeros.
Vector scaled_columns(Matrix& columns) {
  Vector sizes(columns.cols());
  for (Index j = 0; j < columns.cols(); ++j) {
    const double size = std::sqrt(columns.col(j).squaredNorm() / static_cast<double>(columns.rows()));
    sizes(j) = size > 0 ? size : 1;
    columns.col(j) /= sizes(j);
  }
  return sizes;
}

Matrix weighted_gram(const Matrix& columns, const Vector& weights) {
  return columns.transpose() * weights_or_ones(weights, columns.rows()).asDiagonal() * columns;
}

// The effect to take out: the finest of those within clusters. nullopt inside: none is; outside: it cannot be done.
std::optional<std::optional<std::size_t>> nested_effect(const Design& design, const Grouping& clusters) {
  std::optional<std::size_t> finest;
  for (std::size_t q = 0; q < design.effects.size(); ++q) {
    const Effect& effect = design.effects[q];
    if (effect.slopes.cols() > 0 || !effect.intercept) return std::nullopt;
    if (within_clusters(effect, clusters) && (!finest || effect.levels.count > design.effects[*finest].levels.count))
      finest = q;
  }
  return finest;
}

}  // namespace

std::unique_ptr<const LinearMoments> LinearMoments::of(const Fit& fit, const std::vector<std::int32_t>& cluster,
                                                       Index clusters) {
  const Design& design = *fit.design;
  if (!is_plain_least_squares(fit) || !fit.linear || !fit.linear->of_design) return nullptr;
  if (std::find(cluster.begin(), cluster.end(), -1) != cluster.end()) return nullptr;
  const auto nested = nested_effect(design, as_grouping(cluster, clusters));
  if (!nested) return nullptr;
  std::unique_ptr<LinearMoments> m(new LinearMoments);
  m->taken_out_ = *nested;
  m->constant_ = !*nested;
  const std::optional<Candidates> columns = m->candidates(fit);
  if (!columns || !m->take(design, *columns, cluster, clusters)) return nullptr;
  return m;
}

// The regressors of the fit, then ones and zeros of the levels of every effect that is not taken out.
std::optional<LinearMoments::Candidates> LinearMoments::candidates(const Fit& fit) {
  const Design& design = *fit.design;
  Candidates all;
  for (Index j = 0; j < fit.k(); ++j) {
    const CoefficientOrigin& origin = fit.origins[static_cast<std::size_t>(j)];
    theta_of_.push_back(std::nullopt);
    if (constant_of(fit) == j) continue;
    if (!origin.column || origin.unit_means) return std::nullopt;
    theta_of_.back() = static_cast<Index>(all.columns.size());
    all.columns.emplace_back(design.X.col(*origin.column));
  }
  all.regressors = all.columns.size();
  all.effect.assign(all.regressors, 0);
  for (std::size_t q = 0; q < design.effects.size(); ++q) {
    if (taken_out_ == q) continue;
    const Grouping& levels = design.effects[q].levels;
    if (static_cast<Index>(all.columns.size()) + levels.count > kMostMomentColumns) return std::nullopt;
    for (std::int32_t level = 0; level < levels.count; ++level) {
      all.columns.push_back(ones_of(levels, level));
      all.effect.push_back(q);
    }
  }
  if (static_cast<double>(design.n()) * 2 * static_cast<double>(all.columns.size() + 2) > kMostCells)
    return std::nullopt;
  return all;
}

// Sums of products of what the taken effect leaves of the columns that others do not determine. False where a
// regressor of the fit is among those that are: the sums see less than the fit did.
bool LinearMoments::take(const Design& design, const Candidates& all, const std::vector<std::int32_t>& cluster,
                         Index clusters) {
  const auto count = static_cast<Index>(all.columns.size()), lead = static_cast<Index>(constant_ ? 1 : 0);
  Matrix z(design.n(), lead + count + 1);
  z.leftCols(lead).setOnes();
  for (Index j = 0; j < count; ++j) z.col(lead + j) = all.columns[static_cast<std::size_t>(j)];
  z.rightCols(1) = design.y;
  const Matrix means = taken_out_ ? level_means(z, design.effects[*taken_out_].levels, design.weights) : Matrix();
  Matrix left = taken_out_ ? Matrix(z - means) : z;
  if (constant_) left.rightCols(count + 1).rowwise() -= left.rightCols(count + 1).colwise().mean().eval();
  const Vector sizes = scaled_columns(left);
  const Matrix solved = left.leftCols(lead + count);
  const std::vector<bool> kept = independent(weighted_gram(solved, design.weights));
  std::vector<Index> taken;  // of z
  thetas_of_effect_.resize(design.effects.size());
  for (Index j = 0; j < lead + count; ++j) {
    const bool regressor = j < lead + static_cast<Index>(all.regressors);
    if (!kept[static_cast<std::size_t>(j)] && regressor) return false;
    if (!kept[static_cast<std::size_t>(j)]) continue;
    if (!regressor)
      thetas_of_effect_[all.effect[static_cast<std::size_t>(j - lead)]].push_back(static_cast<Index>(taken.size()) -
                                                                                  lead);
    taken.push_back(j);
  }
  std::vector<Index> shown = {lead + count};  // the outcome, then θ
  shown.insert(shown.end(), taken.begin() + lead, taken.end());
  taken.push_back(lead + count);
  products_ = products_by(left(Eigen::all, taken), design.weights, cluster, clusters);
  scale_ = sizes(taken);
  const auto width = static_cast<Index>(shown.size());
  rows_.resize(design.n(), taken_out_ ? 2 * width : width);
  rows_.leftCols(width) = z(Eigen::all, shown);
  if (taken_out_) rows_.rightCols(width) = means(Eigen::all, shown);
  return true;
}

std::optional<LinearMoments::Drawn> LinearMoments::under(const Vector& counts) const {
  const Index q = scale_.size() - 1, lead = constant_ ? 1 : 0;
  const Matrix gram = unpacked(products_.transpose() * counts, q + 1);
  const std::optional<Matrix> inverse = safe_inverse(gram.topLeftCorner(q, q));
  if (!inverse) return std::nullopt;
  const Vector theta = *inverse * gram.col(q).head(q);
  const Matrix psi = scores_of(products_, theta) * *inverse;
  Drawn drawn{Vector(q - lead), Matrix(psi.rows(), q - lead), gram};
  for (Index j = lead; j < q; ++j) {
    const double unit = scale_(q) / scale_(j);
    drawn.theta(j - lead) = theta(j) * unit;
    drawn.psi.col(j - lead) = psi.col(j) * unit;
  }
  return drawn;
}

// With z₁ the columns of the short regression, A₁₁ = Σ n_g Σ z₁z₁' and h = Σ_j∈g z_j θ_j the part of a group in the
// fit: δ = A₁₁⁻¹ Σ z₁h, and cluster g moves it by A₁₁⁻¹(Σ_g z₁(h − z₁'δ) + Σ z₁z_j' ψ_g(θ_j)).
std::optional<LinearMoments::Short> LinearMoments::short_regression(
    const Drawn& drawn, const std::vector<Index>& kept, const std::vector<std::vector<Index>>& groups) const {
  const Index lead = constant_ ? 1 : 0, q = scale_.size() - 1;
  std::vector<Index> shorts;  // among the columns solved for: those asked for first
  for (const Index theta : kept) shorts.push_back(lead + theta);
  for (Index j = 0; j < q; ++j)
    if (j < lead || j >= lead + regressors()) shorts.push_back(j);
  const std::optional<Matrix> inverse = safe_inverse(drawn.gram(shorts, shorts));
  if (!inverse) return std::nullopt;
  const auto k = static_cast<Index>(kept.size());
  Vector unit(k);
  for (Index j = 0; j < k; ++j) unit(j) = scale_(q) / scale_(shorts[static_cast<std::size_t>(j)]);
  // Of a target that is a combination of columns: its slopes and what each cluster adds through its own sums.
  const auto regression = [&](const std::vector<Index>& columns, const Vector& by, Matrix& psi) {
    const Vector slopes = *inverse * (drawn.gram(shorts, columns) * by);
    Matrix scores = Matrix::Zero(products_.rows(), static_cast<Index>(shorts.size()));
    for (std::size_t i = 0; i < shorts.size(); ++i) {
      for (std::size_t j = 0; j < columns.size(); ++j)
        scores.col(static_cast<Index>(i)) += by(static_cast<Index>(j)) * products_.col(pair_of(shorts[i], columns[j]));
      for (std::size_t j = 0; j < shorts.size(); ++j)
        scores.col(static_cast<Index>(i)) -=
            slopes(static_cast<Index>(j)) * products_.col(pair_of(shorts[i], shorts[j]));
    }
    psi = scores * inverse->leftCols(k) * unit.asDiagonal();
    return Vector(slopes.head(k).cwiseProduct(unit));
  };
  Short result{{}, {}, Matrix(k, static_cast<Index>(groups.size())), {}};
  result.coefficients = regression({q}, Vector::Ones(1), result.coefficients_psi);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    std::vector<Index> columns;
    Vector by(static_cast<Index>(groups[g].size()));
    Matrix slopes_psi(products_.rows(), by.size());  // of the scaled coefficients
    for (std::size_t j = 0; j < groups[g].size(); ++j) {
      const Index theta = groups[g][j], column = lead + theta;
      const double to_scaled = scale_(column) / scale_(q);
      columns.push_back(column);
      by(static_cast<Index>(j)) = drawn.theta(theta) * to_scaled;
      slopes_psi.col(static_cast<Index>(j)) = drawn.psi.col(theta) * to_scaled;
    }
    Matrix psi;
    result.parts.col(static_cast<Index>(g)) = regression(columns, by, psi);
    const Matrix through = *inverse * drawn.gram(shorts, columns);
    psi += slopes_psi * through.topRows(k).transpose() * unit.asDiagonal();
    result.part_psi.push_back(std::move(psi));
  }
  return result;
}

Index LinearMoments::regressors() const {
  return std::count_if(theta_of_.begin(), theta_of_.end(), [](const std::optional<Index>& t) { return t.has_value(); });
}

std::vector<Index> LinearMoments::thetas_of(const std::vector<Index>& coefficients) const {
  std::vector<Index> thetas;
  for (const Index j : coefficients)
    if (const std::optional<Index> theta = theta_of_[static_cast<std::size_t>(j)]) thetas.push_back(*theta);
  return thetas;
}

std::vector<LinearMoments::Term> LinearMoments::of_coefficients(const std::vector<Index>& coefficients) const {
  std::vector<Term> terms;
  for (const Index theta : thetas_of(coefficients)) terms.push_back({1 + theta, theta, 1});
  return terms;
}

// A level that is taken out is the mean of what the others leave: ȳ − z̄'θ.
std::vector<LinearMoments::Term> LinearMoments::of_effects(const std::vector<std::size_t>& effects) const {
  std::vector<Term> terms;
  for (const std::size_t q : effects) {
    if (taken_out_ == q) {
      const Index first = rows_.cols() / 2;
      terms.push_back({first, std::nullopt, 1});
      for (Index j = 0; j + 1 < first; ++j) terms.push_back({first + 1 + j, j, -1});
      continue;
    }
    for (const Index theta : thetas_of_effect_[q]) terms.push_back({1 + theta, theta, 1});
  }
  return terms;
}

}  // namespace headwater
