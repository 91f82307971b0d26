// The question: how much does every subset of driver groups explain, without fitting 2^q regressions one by one?
// Recursion on the moment matrix of the players not yet decided and y: leaving a player out drops its rows and columns,
// taking it in is one Schur step (Darlington's ALLSETS by another route; Lindeman, Merenda and Gold 1980 for the use).
// Equals relaimpo's lmg to all digits it prints.
#include "headwater/linalg/subsets.hpp"

#include <cmath>
#include <string>

#include "headwater/core/error.hpp"

namespace headwater {
namespace {

// Work space of one depth: the moment matrix of undecided columns and y, packed in the order of decision (last player
// first to be dropped, so that dropping is a change of size alone).
struct Level {
  Matrix moments;
};

class Recursion {
 public:
  explicit Recursion(const SubsetGame& game) : q_(static_cast<int>(game.size())), sizes_(game.size()) {
    if (q_ > kMostPlayers)
      throw Error(ErrorKind::usage, "subsets.too_many",
                  std::to_string(q_) + " groups make 2^" + std::to_string(q_) + " coalitions, above the limit of 2^" +
                      std::to_string(kMostPlayers) + "; join some groups");
    Index total = 0;
    for (std::size_t i = 0; i < game.size(); ++i) total += sizes_[i] = static_cast<Index>(game.players[i].size());
    levels_.resize(static_cast<std::size_t>(q_) + 1);
    Index left = total;
    for (int depth = 0; depth <= q_; ++depth) {
      levels_[static_cast<std::size_t>(depth)].moments.resize(left + 1, left + 1);
      if (depth < q_) left -= sizes_[static_cast<std::size_t>(depth)];
    }
    load(game, total);
  }

  template <class Leaf>
  void run(Leaf&& leaf) {
    descend(0, 0, leaf);
  }

  double total() const { return total_; }
  double smallest_pivot() const { return smallest_pivot_; }

 private:
  // Column order at depth 0: y, player 0's columns, player 1's, ... so that the block decided at a depth stands right
  // behind y.
  void load(const SubsetGame& game, Index columns) {
    std::vector<Index> order{columns};
    for (const auto& player : game.players) order.insert(order.end(), player.begin(), player.end());
    Matrix& first = levels_.front().moments;
    for (Index i = 0; i <= columns; ++i)
      for (Index j = 0; j <= columns; ++j)
        first(i, j) = game.moments(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(j)]);
    scale_ = first.diagonal();
    total_ = first(0, 0);
  }

  template <class Leaf>
  void descend(int depth, std::uint32_t mask, Leaf& leaf) {
    const Matrix& here = levels_[static_cast<std::size_t>(depth)].moments;
    if (depth == q_) {
      leaf(mask, total_ - here(0, 0));
      return;
    }
    const Index own = sizes_[static_cast<std::size_t>(depth)];
    leave_out(here, own, levels_[static_cast<std::size_t>(depth) + 1].moments);
    descend(depth + 1, mask, leaf);
    take_in(here, own, levels_[static_cast<std::size_t>(depth) + 1].moments);
    descend(depth + 1, mask | (std::uint32_t{1} << depth), leaf);
  }

  static void leave_out(const Matrix& from, Index own, Matrix& to) {
    const Index rest = from.rows() - 1 - own;
    to(0, 0) = from(0, 0);
    for (Index j = 0; j < rest; ++j) {
      to(0, j + 1) = from(0, j + 1 + own);
      for (Index i = 0; i <= j; ++i) to(i + 1, j + 1) = from(i + 1 + own, j + 1 + own);
    }
  }

  // Eliminates the own columns one by one from a copy of the upper triangle, then drops them.
  void take_in(const Matrix& from, Index own, Matrix& to) {
    if (own == 1) {
      eliminate_one(from, to);
      return;
    }
    Matrix work = from;
    for (Index pivot = 1; pivot <= own; ++pivot) sweep(work, pivot);
    leave_out(work, own, to);
  }

  void eliminate_one(const Matrix& from, Matrix& to) {
    const double reciprocal = reciprocal_of(from(1, 1), from.rows() - 2);
    const Index rest = from.rows() - 2;
    const double from_y = from(0, 1) * reciprocal;
    to(0, 0) = from(0, 0) - from(0, 1) * from_y;
    for (Index j = 0; j < rest; ++j) {
      const double factor = from(1, j + 2) * reciprocal;
      to(0, j + 1) = from(0, j + 2) - from(0, 1) * factor;
      for (Index i = 0; i <= j; ++i) to(i + 1, j + 1) = from(i + 2, j + 2) - from(1, i + 2) * factor;
    }
  }

  void sweep(Matrix& work, Index pivot) {
    const double reciprocal = reciprocal_of(work(pivot, pivot), work.rows() - 1 - pivot);
    const double y_factor = work(0, pivot) * reciprocal;
    for (Index j = pivot + 1; j < work.cols(); ++j) {
      const double factor = work(pivot, j) * reciprocal;
      work(0, j) -= work(0, pivot) * factor;
      for (Index i = pivot + 1; i <= j; ++i) work(i, j) -= work(pivot, i) * factor;
    }
    work(0, 0) -= work(0, pivot) * y_factor;
  }

  // A column that the coalition already spans adds nothing: its pivot is rounding noise and is skipped.
  double reciprocal_of(double pivot, Index columns_behind) {
    const double original = scale_(scale_.size() - 1 - columns_behind);
    const double relative = original > 0 ? pivot / original : 0;
    smallest_pivot_ = std::min(smallest_pivot_, relative);
    return relative > 1e-12 ? 1 / pivot : 0;
  }

  int q_;
  std::vector<Index> sizes_;
  std::vector<Level> levels_;
  Vector scale_;
  double total_ = 0;
  double smallest_pivot_ = 1;
};

}  // namespace

void each_coalition(const SubsetGame& game, const std::function<void(std::uint32_t, double)>& visit) {
  Recursion recursion(game);
  recursion.run([&](std::uint32_t mask, double explained) { visit(mask, explained); });
}

Vector shapley(const CoalitionSums& sums) {
  const Index q = sums.with.cols();
  Vector weight(q + 1);  // w(t) for t = 0..q-1; w(q) unused
  for (Index t = 0; t < q; ++t)
    weight(t) = std::exp(std::lgamma(static_cast<double>(t) + 1) + std::lgamma(static_cast<double>(q - t)) -
                         std::lgamma(static_cast<double>(q) + 1));
  Vector value = Vector::Zero(q);
  for (Index i = 0; i < q; ++i)
    for (Index t = 0; t <= q; ++t) {
      if (t > 0) value(i) += weight(t - 1) * sums.with(t, i);
      if (t < q) value(i) -= weight(t) * sums.without(t, i);
    }
  return value;
}

}  // namespace headwater
