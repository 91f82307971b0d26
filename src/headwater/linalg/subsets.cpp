// The question: how much does every subset of driver groups explain, without fitting 2^q regressions one by one?
// Recursion on the moment matrix of y and the players not yet decided: leaving a player out shortens it, taking one in
// is one Schur step (Lindeman, Merenda and Gold 1980 for the use). Work Σ_d 2^d (p − d)² ≈ 6 · 2^p multiplications.
// Equals relaimpo's lmg to all digits it prints.
#include "headwater/linalg/subsets.hpp"

#include <array>
#include <cmath>

#include "headwater/linalg/subset_order.hpp"

namespace headwater {
namespace {

using subsets::eliminate;
using subsets::packed_size;
using subsets::row_at;
using subsets::Stack;

constexpr int kUnrolled = 5;  // single-column players at the bottom whose subsets are listed without calls

// Explained sums of squares of one sub-tree by the number of its players taken in.
template <int U>
using BySize = std::array<double, static_cast<std::size_t>(U) + 1>;

class Values {
 public:
  explicit Values(const SubsetGame& game) : stack_(subsets::stacked(game)), q_(stack_.positions()) {
    with_.assign(static_cast<std::size_t>((q_ + 1) * q_), 0);
    for (int columns = 0; columns < stack_.columns(); ++columns) work_.emplace_back(packed_size(columns));
    slopes_.resize(static_cast<std::size_t>(stack_.columns()) + 1);
    sums_.assign(static_cast<std::size_t>(q_) + 1, std::vector<double>(static_cast<std::size_t>(q_) + 1, 0));
    while (flat_ < std::min(q_, kUnrolled) && stack_.width[static_cast<std::size_t>(flat_)] == 1) ++flat_;
  }

  CoalitionSums run() {
    descend(stack_.moments.data(), q_, 0);
    const std::vector<double>& by_size = sums_[static_cast<std::size_t>(q_)];
    CoalitionSums sums{Matrix(q_ + 1, q_), Matrix(q_ + 1, q_)};
    for (int position = 0; position < q_; ++position)
      for (int t = 0; t <= q_; ++t) {
        const int i = stack_.player[static_cast<std::size_t>(position)];
        sums.with(t, i) = with_[static_cast<std::size_t>(position * (q_ + 1) + t)];
        sums.without(t, i) = by_size[static_cast<std::size_t>(t)] - sums.with(t, i);
      }
    return sums;
  }

 private:
  // Fills sums_[undecided]; `in` players have been taken in above.
  void descend(const double* moments, int undecided, int in) {
    if (undecided == flat_) {
      bottom(moments, in);
      return;
    }
    std::vector<double>& own = sums_[static_cast<std::size_t>(undecided)];
    const std::vector<double>& child = sums_[static_cast<std::size_t>(undecided) - 1];
    descend(moments, undecided - 1, in);
    std::copy(child.begin(), child.begin() + undecided, own.begin());
    own[static_cast<std::size_t>(undecided)] = 0;
    descend(taken_in(moments, undecided - 1), undecided - 1, in + 1);
    double* with = with_at(undecided - 1, in + 1);
    for (int t = 0; t < undecided; ++t) {
      own[static_cast<std::size_t>(t) + 1] += child[static_cast<std::size_t>(t)];
      with[t] += child[static_cast<std::size_t>(t)];
    }
  }

  const double* taken_in(const double* moments, int position) {
    const auto at = static_cast<std::size_t>(position);
    int columns = stack_.below[at] + stack_.width[at];
    for (; columns > stack_.below[at]; --columns) {
      double* next = work_[static_cast<std::size_t>(columns) - 1].data();
      eliminate(moments, columns, stack_.threshold[static_cast<std::size_t>(columns)], next, slopes_.data());
      moments = next;
    }
    return moments;
  }

  void bottom(const double* moments, int in) {
    switch (flat_) {
      case 5: store(leaves<5>(moments, in)); break;
      case 4: store(leaves<4>(moments, in)); break;
      case 3: store(leaves<3>(moments, in)); break;
      case 2: store(leaves<2>(moments, in)); break;
      case 1: store(leaves<1>(moments, in)); break;
      default: store(leaves<0>(moments, in)); break;
    }
  }

  template <std::size_t N>
  void store(const std::array<double, N>& by_size) {
    std::copy(by_size.begin(), by_size.end(), sums_[N - 1].begin());
  }

  template <int U>
  BySize<U> leaves(const double* moments, int in) {
    if constexpr (U == 0) {
      return {stack_.total - moments[0]};
    } else {
      std::array<double, static_cast<std::size_t>(U) * (U + 1) / 2> next;
      std::array<double, static_cast<std::size_t>(U)> slopes;
      const BySize<U - 1> out = leaves<U - 1>(moments, in);
      eliminate(moments, U, stack_.threshold[U], next.data(), slopes.data());
      const BySize<U - 1> taken = leaves<U - 1>(next.data(), in + 1);
      BySize<U> all{};
      double* with = with_at(U - 1, in + 1);
      for (std::size_t t = 0; t < static_cast<std::size_t>(U); ++t) {
        all[t] += out[t];
        all[t + 1] += taken[t];
        with[t] += taken[t];
      }
      return all;
    }
  }

  double* with_at(int position, int size) { return &with_[static_cast<std::size_t>(position * (q_ + 1) + size)]; }

  Stack stack_;
  int q_;
  int flat_ = 0;
  std::vector<double> with_;               // by position and size
  std::vector<std::vector<double>> work_;  // by number of columns left
  std::vector<std::vector<double>> sums_;  // by number of undecided players: of the sub-tree, by size
  std::vector<double> slopes_;
};

}  // namespace

CoalitionSums coalition_sums(const SubsetGame& game) { return Values(game).run(); }

Vector shapley_weights(Index players) {
  Vector weight(players);
  for (Index t = 0; t < players; ++t)
    weight(t) = std::exp(std::lgamma(static_cast<double>(t) + 1) + std::lgamma(static_cast<double>(players - t)) -
                         std::lgamma(static_cast<double>(players) + 1));
  return weight;
}

Vector shapley(const CoalitionSums& sums) {
  const Index q = sums.with.cols();
  const Vector weight = shapley_weights(q);
  Vector value = Vector::Zero(q);
  for (Index i = 0; i < q; ++i)
    for (Index t = 0; t < q; ++t) value(i) += weight(t) * (sums.with(t + 1, i) - sums.without(t, i));
  return value;
}

}  // namespace headwater
