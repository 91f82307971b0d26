// Conjugate gradients on the block of S that belongs to its largest effect B, the remaining effects R as a dense
// border:
//     S = [S_BB S_BR; S_RB S_RR],   Z = S_BB⁻¹ S_BR,   T = S_RR − S_RB Z,
//     θ_R = T⁻¹(b_R − S_RB S_BB⁻¹ b_B),   θ_B = S_BB⁻¹ b_B − Z θ_R.
// S_BB is applied without being formed, from the lists of B's levels that every level of A meets, and preconditioned by
// its diagonal: where every level meets many others a few dozen iterations reach rounding. Its rank is B's levels less
// the connected components of A and B; the rank of T comes from its Cholesky factor. So the rank is exact here too.
#include <algorithm>
#include <array>
#include <cmath>

#include "headwater/absorption/complement.hpp"
#include "headwater/absorption/components.hpp"
#include "headwater/absorption/panels.hpp"
#include "headwater/core/threads.hpp"

namespace headwater {
namespace {

constexpr int kMostIterations = 5000;
// Share of the squared residual, in the preconditioner's norm, where it stops; the absorber solves again for what is
// left, and rank decisions are settled on the rows.
constexpr double kSettledSquare = 1e-20;

class IteratedComplement : public Complement {
 public:
  // Lists and diagonal; with a border still to be filled.
  explicit IteratedComplement(const ComplementInput& input);

  // Whether a right-hand side in the range of S_BB is solved within so many iterations.
  bool settles_within(int most_iterations) const;
  void fill_border(const ComplementInput& input);

  RowMatrix solve(const RowMatrix& b, int& iterations) const override;
  Index rank() const override { return own_rank_ + (border_ ? border_->rank() : 0); }
  std::string solver() const override {
    return "conjugate gradients on " + std::to_string(size_) + " levels, " + std::to_string(rest_.size()) +
           " columns beside them";
  }

 private:
  void choose(const ComplementInput& input);
  void split(const ComplementInput& input);
  template <int P>
  void apply(const RowMatrix& x, RowMatrix& y) const;
  template <int P>
  RowMatrix iterate(const RowMatrix& b, int most, int& iterations) const;
  RowMatrix solve_own(const RowMatrix& b, int& iterations) const;
  void keep_in_range(RowMatrix& b) const;

  std::size_t effect_ = 0;  // B, among the effects
  Index first_ = 0, size_ = 0, own_rank_ = 0;
  std::vector<Index> rest_;   // columns of S that belong to R
  std::vector<Index> place_;  // of a column of S within R, -1 in B
  Cells cells_;               // A with B
  Vector inverse_norms_;      // of A
  Components components_;     // of A and B: the dummies of one sum to nothing in S_BB
  Vector component_size_;
  Vector norms_, inverse_diagonal_;
  RowMatrix coupling_, correction_;  // S_BR and Z
  std::unique_ptr<GramFactor> border_;
};

IteratedComplement::IteratedComplement(const ComplementInput& input) {
  choose(input);
  split(input);
}

bool IteratedComplement::settles_within(int most_iterations) const {
  RowMatrix x(size_, 1), b(size_, 1);
  for (Index j = 0; j < size_; ++j) x(j, 0) = std::sin(static_cast<double>(j + 1) * 12.9898);
  apply<1>(x, b);
  int taken = 0;
  iterate<1>(b, most_iterations, taken);
  return taken < most_iterations;
}

void IteratedComplement::choose(const ComplementInput& input) {
  for (std::size_t o = 0; o < input.others.size(); ++o)
    if (input.effects[input.others[o]].size() > size_) {
      effect_ = input.others[o];
      first_ = input.offset[o];
      size_ = input.effects[effect_].size();
    }
  place_.assign(static_cast<std::size_t>(input.columns), -1);
  for (Index j = 0; j < input.columns; ++j)
    if (j < first_ || j >= first_ + size_) {
      place_[static_cast<std::size_t>(j)] = static_cast<Index>(rest_.size());
      rest_.push_back(j);
    }
  own_rank_ = size_;
  for (Index j = first_; j < first_ + size_; ++j) own_rank_ -= input.redundant[static_cast<std::size_t>(j)] ? 1 : 0;
}

void IteratedComplement::split(const ComplementInput& input) {
  const EffectColumns& eliminated = input.effects[input.eliminated];
  inverse_norms_ = inverse_or_zero(eliminated.squared_norms());
  cells_ = cross_cells(eliminated, {&input.effects[effect_]}, {0}, size_, input.weights);
  if (eliminated.intercept()) {
    components_ = components(eliminated, input.effects[effect_]);
    component_size_ = Vector::Zero(components_.count);
    for (const std::int32_t c : components_.of_level) component_size_(c) += 1;
  }
  norms_ = input.squared_norms.segment(first_, size_);
  Vector diagonal = norms_;
  for (Index g = 0; g < cells_.levels(); ++g)
    for (Index e = cells_.start[static_cast<std::size_t>(g)]; e < cells_.start[static_cast<std::size_t>(g) + 1]; ++e)
      for (Index c = 0; c < cells_.width; ++c) {
        const double v = cells_.value[static_cast<std::size_t>(e * cells_.width + c)];
        diagonal(cells_.column[static_cast<std::size_t>(e)]) -= v * v * inverse_norms_(g * cells_.width + c);
      }
  inverse_diagonal_ = (diagonal.array() > 1e-12 * norms_.array()).select(diagonal.cwiseInverse(), 0.0);
}

void IteratedComplement::fill_border(const ComplementInput& input) {
  if (rest_.empty()) return;
  const auto r = static_cast<Index>(rest_.size());
  coupling_ = RowMatrix::Zero(size_, r);
  Matrix inner = Matrix::Zero(r, r);
  std::vector<const EffectColumns*> all;
  for (const std::size_t q : input.others) all.push_back(&input.effects[q]);
  for (std::size_t o = 0; o < input.others.size(); ++o) {
    const Cells own = cross_cells(*all[o], all, input.offset, input.columns, input.weights);
    for (Index g = 0; g < own.levels(); ++g)
      for (Index e = own.start[static_cast<std::size_t>(g)]; e < own.start[static_cast<std::size_t>(g) + 1]; ++e) {
        const Index to = place_[static_cast<std::size_t>(own.column[static_cast<std::size_t>(e)])];
        if (to < 0) continue;
        for (Index c = 0; c < own.width; ++c) {
          const Index from = input.offset[o] + g * own.width + c, at = place_[static_cast<std::size_t>(from)];
          const double v = own.value[static_cast<std::size_t>(e * own.width + c)];
          if (at < 0)
            coupling_(from - first_, to) += v;
          else
            inner(at, to) += v;
        }
      }
  }
  const Cells& cells = input.cells;
  for (Index g = 0; g < cells.levels(); ++g) {
    const Index begin = cells.start[static_cast<std::size_t>(g)], end = cells.start[static_cast<std::size_t>(g) + 1];
    for (Index e = begin; e < end; ++e) {
      const Index to = place_[static_cast<std::size_t>(cells.column[static_cast<std::size_t>(e)])];
      if (to < 0) continue;
      for (Index f = begin; f < end; ++f) {
        double product = 0;
        for (Index c = 0; c < cells.width; ++c)
          product += cells.value[static_cast<std::size_t>(e * cells.width + c)] * inverse_norms_(g * cells.width + c) *
                     cells.value[static_cast<std::size_t>(f * cells.width + c)];
        const Index from = cells.column[static_cast<std::size_t>(f)], at = place_[static_cast<std::size_t>(from)];
        if (at < 0)
          coupling_(from - first_, to) -= product;
        else
          inner(at, to) -= product;
      }
    }
  }
  int iterations = 0;
  correction_ = solve_own(coupling_, iterations);
  inner -= coupling_.transpose() * correction_;
  Vector norms(r);
  for (Index j = 0; j < r; ++j) {
    const Index column = rest_[static_cast<std::size_t>(j)];
    norms(j) = input.squared_norms(column) > 0 ? input.squared_norms(column) : 1.0;
    if (!input.redundant[static_cast<std::size_t>(column)]) continue;
    inner.row(j).setZero();
    inner.col(j).setZero();
  }
  const auto remainder = [&](const Vector& a) {
    Vector whole = Vector::Zero(input.columns);
    whole.segment(first_, size_) = -(correction_ * a);
    for (Index j = 0; j < r; ++j) whole(rest_[static_cast<std::size_t>(j)]) = a(j);
    const GramFactor::Remainder left = input.remainder(whole);
    Vector products(r);
    for (Index j = 0; j < r; ++j) products(j) = left.products(rest_[static_cast<std::size_t>(j)]);
    return GramFactor::Remainder{products, left.squared_norm};
  };
  border_ = std::make_unique<GramFactor>(std::move(inner), norms, remainder);
}

// y = S_BB x.
template <int P>
void IteratedComplement::apply(const RowMatrix& x, RowMatrix& y) const {
  for (Index j = 0; j < size_; ++j) y.row(j) = norms_(j) * x.row(j);
  const std::int32_t* column = cells_.column.data();
  const double* value = cells_.value.data();
  for (Index g = 0; g < cells_.levels(); ++g) {
    const Index begin = cells_.start[static_cast<std::size_t>(g)], end = cells_.start[static_cast<std::size_t>(g) + 1];
    for (Index c = 0; c < cells_.width; ++c) {
      std::array<double, P> sum{};
      for (Index e = begin; e < end; ++e) {
        const double* from = x.data() + column[e] * P;
        for (std::size_t p = 0; p < P; ++p) sum[p] += value[e * cells_.width + c] * from[p];
      }
      for (double& s : sum) s *= inverse_norms_(g * cells_.width + c);
      for (Index e = begin; e < end; ++e) {
        double* to = y.data() + column[e] * P;
        for (std::size_t p = 0; p < P; ++p) to[p] -= value[e * cells_.width + c] * sum[p];
      }
    }
  }
}

// What rounding put outside the range of S_BB grows without bound in the iterations; it is taken out.
void IteratedComplement::keep_in_range(RowMatrix& b) const {
  if (components_.count == 0) return;
  RowMatrix sums = RowMatrix::Zero(components_.count, b.cols());
  for (Index j = 0; j < size_; ++j) sums.row(components_.of_level[static_cast<std::size_t>(j)]) += b.row(j);
  sums = component_size_.cwiseInverse().asDiagonal() * sums;
  for (Index j = 0; j < size_; ++j) b.row(j) -= sums.row(components_.of_level[static_cast<std::size_t>(j)]);
}

template <int P>
RowMatrix IteratedComplement::iterate(const RowMatrix& b, int most, int& iterations) const {
  using Row = Eigen::Array<double, 1, P>;
  const auto dots = [](const RowMatrix& u, const RowMatrix& v) { return Row((u.array() * v.array()).colwise().sum()); };
  const auto preconditioned = [this](const RowMatrix& r) { return RowMatrix(inverse_diagonal_.asDiagonal() * r); };
  RowMatrix x = RowMatrix::Zero(size_, P), r = b;
  keep_in_range(r);
  RowMatrix z = preconditioned(r), p = z, q(size_, P);
  Row rz = dots(r, z);
  const Row enough = rz * kSettledSquare;
  int taken = 0;
  for (; taken < most && (rz > enough).any(); ++taken) {
    apply<P>(p, q);
    const Row curvature = dots(p, q);
    const auto going = rz > enough && curvature > 0;
    if (!going.any()) break;
    const Row step = going.select(rz / curvature, 0.0);
    x.array() += p.array().rowwise() * step;
    r.array() -= q.array().rowwise() * step;
    keep_in_range(r);
    z = preconditioned(r);
    const Row next = dots(r, z);
    const Row turn = going.select(next / rz, 0.0);
    p = z.array() + p.array().rowwise() * turn;
    rz = going.select(next, 0.0);
  }
  iterations = std::max(iterations, taken);
  return x;
}

RowMatrix IteratedComplement::solve_own(const RowMatrix& b, int& iterations) const {
  RowMatrix x(b.rows(), b.cols());
  const Index panels = (b.cols() + kPanel - 1) / kPanel;
  std::vector<int> taken(static_cast<std::size_t>(panels), 0);
  parallel_for(static_cast<std::size_t>(panels), [&](std::size_t i) {
    const Index at = static_cast<Index>(i) * kPanel, width = std::min(kPanel, b.cols() - at);
    const RowMatrix own = b.middleCols(at, width);
    int& count = taken[i];
    x.middleCols(at, width) = width == 1   ? iterate<1>(own, kMostIterations, count)
                              : width == 2 ? iterate<2>(own, kMostIterations, count)
                              : width == 3 ? iterate<3>(own, kMostIterations, count)
                                           : iterate<4>(own, kMostIterations, count);
  });
  for (const int count : taken) iterations += count;
  return x;
}

RowMatrix IteratedComplement::solve(const RowMatrix& b, int& iterations) const {
  RowMatrix theta(b.rows(), b.cols());
  RowMatrix own = solve_own(b.middleRows(first_, size_), iterations);
  if (border_) {
    Matrix right = -(coupling_.transpose() * own);
    for (std::size_t j = 0; j < rest_.size(); ++j) right.row(static_cast<Index>(j)) += b.row(rest_[j]);
    const Matrix beside = border_->solve(right);
    own -= correction_ * beside;
    for (std::size_t j = 0; j < rest_.size(); ++j) theta.row(rest_[j]) = beside.row(static_cast<Index>(j));
  }
  theta.middleRows(first_, size_) = own;
  return theta;
}

}  // namespace

std::unique_ptr<Complement> iterated_complement(const ComplementInput& input, int most_iterations) {
  auto iterated = std::make_unique<IteratedComplement>(input);
  if (most_iterations > 0 && !iterated->settles_within(most_iterations)) return nullptr;
  iterated->fill_border(input);
  return iterated;
}

}  // namespace headwater
