#include "headwater/absorption/effects_hat.hpp"

#include <algorithm>

#include "headwater/core/error.hpp"
#include "headwater/core/threads.hpp"
#include "headwater/core/weights.hpp"
#include "headwater/linalg/gram.hpp"

namespace headwater {
namespace {

constexpr Index kMostColumns = 5000;  // whose S⁻ takes 200 MB

void keep_distinct(std::vector<Index>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

std::int32_t place_of(const std::vector<Index>& values, Index value) {
  return static_cast<std::int32_t>(std::lower_bound(values.begin(), values.end(), value) - values.begin());
}

}  // namespace

EffectsHat::EffectsHat(const std::vector<Effect>& effects, const Vector& weights, Index rows)
    : weights_(weights), rows_(rows) {
  if (effects.empty()) return;
  effects_.reserve(effects.size());
  for (const Effect& effect : effects) effects_.emplace_back(effect, weights);
  for (std::size_t q = 1; q < effects_.size(); ++q)
    if (effects_[q].size() > first().size()) eliminated_ = q;
  const Vector& norms = first().squared_norms();
  inverse_norms_ = inverse_or_zero(norms);
  for (std::size_t q = 0; q < effects_.size(); ++q) {
    if (q == eliminated_) continue;
    others_.push_back(q);
    offset_.push_back(all_columns_);
    all_columns_ += effects_[q].size();
  }
  if (all_columns_ > kMostColumns)
    throw Error(ErrorKind::numerical, "absorption.leverage_too_large",
                "the leverage of rows needs every pair of the " + std::to_string(all_columns_) +
                    " columns that the effects besides the largest have, and at most " + std::to_string(kMostColumns) +
                    " fit; absorb coarser effects, or take a covariance without leverage (robust, cluster)");
  cells_ = cells_under(weights_);
  if (all_columns_ > 0) invert();
}

Cells EffectsHat::cells_under(const Vector& weights) const {
  std::vector<const EffectColumns*> rest;
  for (const std::size_t q : others_) rest.push_back(&effects_[q]);
  return cross_cells(first(), rest, offset_, all_columns_, weights);
}

// Σ u f f' over the rows, level by level: with c = C/N, f = o − c it is Σ u o o' − P c' − c P' + c (E₁'UE₁) c', where P
// are the cells under u; under the weights themselves that leaves Σ w o o' − C N⁻¹ C'.
Matrix EffectsHat::rest_under(const Vector& u, const Cells& cells) const {
  const Index width = first().width();
  Matrix sum = Matrix::Zero(all_columns_, all_columns_);
  Vector own = Vector::Zero(first().size());
  std::vector<Index> at;
  std::vector<double> value;
  for (Index i = 0; i < rows_; ++i) {
    const double weight = weight_of(u, i);
    for (Index c = 0; c < width; ++c)
      own(first().level(i) * width + c) += weight * first().value(i, c) * first().value(i, c);
    at.clear();
    value.clear();
    for (std::size_t o = 0; o < others_.size(); ++o) {
      const EffectColumns& other = effects_[others_[o]];
      for (Index c = 0; c < other.width(); ++c) {
        at.push_back(offset_[o] + other.level(i) * other.width() + c);
        value.push_back(other.value(i, c));
      }
    }
    for (std::size_t a = 0; a < at.size(); ++a)
      for (std::size_t b = 0; b < at.size(); ++b) sum(at[a], at[b]) += weight * value[a] * value[b];
  }
  for (Index g = 0; g < cells.levels(); ++g)
    for (Index c = 0; c < width; ++c) {
      const double inverse = inverse_norms_(g * width + c), mass = own(g * width + c);
      const Index begin = cells.start[static_cast<std::size_t>(g)], end = cells.start[static_cast<std::size_t>(g) + 1];
      for (Index e = begin; e < end; ++e) {
        const auto p = static_cast<std::size_t>(e * width + c);
        const double share = cells_.value[p] * inverse, under = cells.value[p];
        for (Index f = begin; f < end; ++f) {
          const auto q = static_cast<std::size_t>(f * width + c);
          const double other = cells_.value[q] * inverse;
          sum(cells.column[static_cast<std::size_t>(e)], cells.column[static_cast<std::size_t>(f)]) +=
              share * mass * other - under * other - share * cells.value[q];
        }
      }
    }
  return sum;
}

void EffectsHat::invert() {
  Matrix gram = rest_under(weights_, cells_);
  gram = 0.5 * (gram + gram.transpose()).eval();
  Vector norms(all_columns_);
  for (std::size_t o = 0; o < others_.size(); ++o)
    norms.segment(offset_[o], effects_[others_[o]].size()) = effects_[others_[o]].squared_norms();
  norms = (norms.array() > 0).select(norms, 1.0);
  const GramFactor factor(std::move(gram), norms);
  inverse_ = factor.solve(Matrix::Identity(all_columns_, all_columns_));
  for (Index j = 0; j < all_columns_; ++j)
    if (factor.redundant()[static_cast<std::size_t>(j)]) inverse_.col(j).setZero();
  inverse_ = 0.5 * (inverse_ + inverse_.transpose()).eval();
}

EffectsHat::Block EffectsHat::block(std::vector<Index> rows) const {
  Block block;
  block.rows = std::move(rows);
  if (effects_.empty()) return block;
  for (const Index i : block.rows) block.level.push_back(first().level(i));
  keep_distinct(block.level);
  for (const Index g : block.level)
    for (Index e = cells_.start[static_cast<std::size_t>(g)]; e < cells_.start[static_cast<std::size_t>(g) + 1]; ++e)
      block.column.push_back(cells_.column[static_cast<std::size_t>(e)]);
  keep_distinct(block.column);
  for (const Index g : block.level)
    for (Index e = cells_.start[static_cast<std::size_t>(g)]; e < cells_.start[static_cast<std::size_t>(g) + 1]; ++e)
      block.cell.push_back(place_of(block.column, cells_.column[static_cast<std::size_t>(e)]));
  for (const Index i : block.rows) {
    block.at.push_back(place_of(block.level, first().level(i)));
    for (std::size_t o = 0; o < others_.size(); ++o)
      for (Index c = 0; c < effects_[others_[o]].width(); ++c)
        block.own.push_back(
            place_of(block.column, offset_[o] + effects_[others_[o]].level(i) * effects_[others_[o]].width() + c));
  }
  return block;
}

EffectsHat::Image EffectsHat::image(const Block& block, const Matrix& V) const {
  const Index p = V.cols(), width = this->width();
  Image image{RowMatrix::Zero(static_cast<Index>(block.level.size()) * width, p),
              RowMatrix::Zero(static_cast<Index>(block.column.size()), p)};
  if (effects_.empty()) return image;
  std::size_t place = 0;
  for (std::size_t i = 0; i < block.rows.size(); ++i) {
    const Index row = block.rows[i];
    for (Index c = 0; c < width; ++c)
      image.own.row(block.at[i] * width + c) += first().value(row, c) * V.row(static_cast<Index>(i));
    for (const std::size_t o : others_)
      for (Index c = 0; c < effects_[o].width(); ++c)
        image.rest.row(block.own[place++]) += effects_[o].value(row, c) * V.row(static_cast<Index>(i));
  }
  std::size_t cell = 0;
  for (std::size_t l = 0; l < block.level.size(); ++l) {
    const auto g = static_cast<std::size_t>(block.level[l]);
    for (Index e = cells_.start[g]; e < cells_.start[g + 1]; ++e, ++cell)
      for (Index c = 0; c < width; ++c)
        image.rest.row(block.cell[cell]) -= cells_.value[static_cast<std::size_t>(e * width + c)] *
                                            inverse_norms_(block.level[l] * width + c) *
                                            image.own.row(static_cast<Index>(l) * width + c);
  }
  return image;
}

RowMatrix EffectsHat::over_norms(const Block& block, const RowMatrix& own) const {
  RowMatrix result = own;
  const Index width = this->width();
  for (std::size_t l = 0; l < block.level.size(); ++l)
    for (Index c = 0; c < width; ++c)
      result.row(static_cast<Index>(l) * width + c) *= inverse_norms_(block.level[l] * width + c);
  return result;
}

Matrix EffectsHat::rows_of(const Block& block, const RowMatrix& a, const RowMatrix& theta) const {
  const Index width = this->width();
  Matrix result = Matrix::Zero(static_cast<Index>(block.rows.size()), a.cols());
  if (effects_.empty()) return result;
  RowMatrix left = a;  // a − N⁻¹C θ
  std::size_t cell = 0;
  for (std::size_t l = 0; l < block.level.size(); ++l) {
    const auto g = static_cast<std::size_t>(block.level[l]);
    for (Index e = cells_.start[g]; e < cells_.start[g + 1]; ++e, ++cell)
      for (Index c = 0; c < width; ++c)
        left.row(static_cast<Index>(l) * width + c) -= cells_.value[static_cast<std::size_t>(e * width + c)] *
                                                       inverse_norms_(block.level[l] * width + c) *
                                                       theta.row(block.cell[cell]);
  }
  std::size_t place = 0;
  for (std::size_t i = 0; i < block.rows.size(); ++i) {
    const Index row = block.rows[i];
    auto to = result.row(static_cast<Index>(i));
    for (Index c = 0; c < width; ++c) to += first().value(row, c) * left.row(block.at[i] * width + c);
    for (const std::size_t o : others_)
      for (Index c = 0; c < effects_[o].width(); ++c) to += effects_[o].value(row, c) * theta.row(block.own[place++]);
  }
  return result;
}

// S⁻ of the block's columns.
Matrix EffectsHat::inverse_among(const Block& block) const { return inverse_(block.column, block.column); }

Matrix EffectsHat::project(const Block& block, const Matrix& V) const {
  const Image found = image(block, V);
  return rows_of(block, over_norms(block, found.own), inverse_among(block) * found.rest);
}

// T_ii = Σ_c v²/N + f S⁻ f' with f = o − Σ_c v c: S⁻c of every level once, then a few entries a row.
Vector EffectsHat::diagonal() const {
  Vector result = Vector::Zero(rows_);
  if (effects_.empty()) return result;
  const Index width = first().width();
  std::vector<std::vector<Index>> rows(static_cast<std::size_t>(first().levels()));
  for (Index i = 0; i < rows_; ++i) rows[static_cast<std::size_t>(first().level(i))].push_back(i);
  parallel_for(rows.size(), [&](std::size_t g) {
    if (rows[g].empty()) return;
    const Block own = block(rows[g]);
    const RowMatrix none = RowMatrix::Zero(static_cast<Index>(own.column.size()), width);
    RowMatrix share = none;  // c
    for (std::size_t e = 0; e < own.cell.size(); ++e)
      for (Index c = 0; c < width; ++c)
        share(own.cell[e], c) +=
            cells_.value[static_cast<std::size_t>((cells_.start[g] + static_cast<Index>(e)) * width + c)] *
            inverse_norms_(static_cast<Index>(g) * width + c);
    const Matrix inverse = inverse_among(own);
    const RowMatrix solved = inverse * share;
    const Matrix among = share.transpose() * solved;
    std::size_t place = 0;
    for (const Index i : rows[g]) {
      double sum = 0;
      std::vector<std::pair<std::int32_t, double>> o;
      for (const std::size_t q : others_)
        for (Index c = 0; c < effects_[q].width(); ++c) o.emplace_back(own.own[place++], effects_[q].value(i, c));
      for (const auto& [a, x] : o) {
        for (const auto& [b, y] : o) sum += x * y * inverse(a, b);
        for (Index c = 0; c < width; ++c) sum -= 2 * x * first().value(i, c) * solved(a, c);
      }
      for (Index c = 0; c < width; ++c) {
        sum += first().value(i, c) * first().value(i, c) * inverse_norms_(static_cast<Index>(g) * width + c);
        for (Index d = 0; d < width; ++d) sum += first().value(i, c) * first().value(i, d) * among(c, d);
      }
      result(i) = sum;
    }
  });
  return result;
}

EffectsHat::Moments EffectsHat::moments(const Vector& u) const {
  Moments result{Vector::Zero(inverse_norms_.size()), {}, Matrix::Zero(all_columns_, all_columns_)};
  if (effects_.empty()) return result;
  for (Index i = 0; i < rows_; ++i) result.own(first().level(i)) += u(i);
  result.cross = cells_under(u);
  if (all_columns_ > 0) result.rest = rest_under(u, result.cross);
  for (Index g = 0; g < result.cross.levels(); ++g)
    for (Index e = result.cross.start[static_cast<std::size_t>(g)];
         e < result.cross.start[static_cast<std::size_t>(g) + 1]; ++e)
      result.cross.value[static_cast<std::size_t>(e)] -=
          result.own(g) * inverse_norms_(g) * cells_.value[static_cast<std::size_t>(e)];
  return result;
}

}  // namespace headwater
