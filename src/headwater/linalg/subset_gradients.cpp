// The recursion over subsets run backwards. A sub-tree returns, summed over its coalitions with the weights that each
// Shapley value gives them, the products b̃ b̃' of b̃_T = (1, −b_T): the derivative of y'y − v(T) in the moments. Leaving
// a player out pads with zeros; taking one in multiplies by its Schur step, [I; −r']. A coalition's weight depends on
// its size and on whether it holds the player, so one sum serves all players decided above: (u + 2) matrices with u
// players undecided, and 2^q · const work for all values and all derivatives together.
#include <algorithm>

#include "headwater/linalg/subset_order.hpp"

namespace headwater {
namespace {

using subsets::eliminate;
using subsets::packed_size;
using subsets::row_at;
using subsets::Stack;

// What a sub-tree returns: for `items` weightings the sum of weight · v(T) and of weight · b̃ b̃', packed, over
// `columns`.
struct Sums {
  std::vector<double> values, products;
  double* of(int item, int columns) { return &products[static_cast<std::size_t>(item) * packed_size(columns)]; }
};

// The same with all sizes known, for the single-column players at the bottom.
template <int U>
struct SmallSums {
  static constexpr int kItems = U + 2, kSize = (U + 1) * (U + 2) / 2;
  double values[kItems];
  double products[kItems][kSize];
};

// Adds S G S' with S = [I; −r'] to `into`, G of U − 1 columns.
template <int U>
void add_stretched(const double* g, const double* slopes, double* into) {
  double product[U] = {};
  for (int i = 0; i < U; ++i)
    for (int j = 0; j <= i; ++j) {
      const double entry = g[i * (i + 1) / 2 + j];
      into[i * (i + 1) / 2 + j] += entry;
      product[i] += entry * slopes[j];
      if (j < i) product[j] += entry * slopes[i];
    }
  double corner = 0;
  for (int j = 0; j < U; ++j) {
    into[U * (U + 1) / 2 + j] -= product[j];
    corner += product[j] * slopes[j];
  }
  into[U * (U + 1) / 2 + U] += corner;
}

constexpr int kUnrolled = 4;

class Backwards {
 public:
  explicit Backwards(const SubsetGame& game)
      : stack_(subsets::stacked(game)), inner_(stack_.players), around_(stack_.positions() - inner_) {
    for (int columns = 0; columns < stack_.columns(); ++columns) work_.emplace_back(packed_size(columns));
    for (int columns = 0; columns <= stack_.columns(); ++columns)
      slopes_.emplace_back(static_cast<std::size_t>(columns) + 1);
    product_.resize(static_cast<std::size_t>(stack_.columns()) + 1);
    for (int positions = 0; positions <= stack_.positions(); ++positions) {
      const auto items = static_cast<std::size_t>(items_at(positions));
      sums_.push_back({std::vector<double>(items), std::vector<double>(items * packed_size(columns_at(positions)))});
    }
    while (flat_ < std::min(inner_, kUnrolled) && stack_.width[static_cast<std::size_t>(flat_)] == 1) ++flat_;
    const Vector own = shapley_weights(inner_), others = shapley_weights(around_ + 1);
    without_ = Matrix::Zero(around_ + 1, inner_ + 1);
    both_ = Matrix::Zero(around_ + 1, inner_ + 1);
    for (int s = 0; s <= around_; ++s)
      for (int t = 0; t <= inner_; ++t) {
        without_(s, t) = t < inner_ ? others(s) * own(t) : 0;
        both_(s, t) = without_(s, t) + (t > 0 ? others(s) * own(t - 1) : 0);
      }
  }

  MomentFunctions run() {
    const int q = stack_.positions();
    descend(stack_.moments.data(), q, 0, 0);
    Sums& top = sums_[static_cast<std::size_t>(q)];
    MomentFunctions result{Vector(inner_), std::vector<Matrix>(static_cast<std::size_t>(inner_))};
    for (int position = 0; position < inner_; ++position) {
      const int player = stack_.player[static_cast<std::size_t>(position)];
      result.values(player) = top.values[static_cast<std::size_t>(position) + 2] - top.values[1];
      result.gradients[static_cast<std::size_t>(player)] = unpacked(top, position + 2);
    }
    return result;
  }

 private:
  int columns_at(int undecided) const {
    return undecided == stack_.positions() ? stack_.columns() : stack_.below[static_cast<std::size_t>(undecided)];
  }
  // Weightings: 0 of coalitions that hold a player decided above, 1 of all of them less the player, then those that
  // hold each undecided player.
  int items_at(int undecided) const { return 2 + std::min(undecided, inner_); }

  Matrix unpacked(Sums& top, int item) {
    const int columns = stack_.columns();
    Matrix gradient = Matrix::Zero(columns + 1, columns + 1);
    const double* held = top.of(item, columns);
    const double* all = top.of(1, columns);
    std::size_t at = 0;
    for (int i = 0; i <= columns; ++i)
      for (int j = 0; j <= i; ++j, ++at) {
        const Index row = stack_.column[static_cast<std::size_t>(i)],
                    column = stack_.column[static_cast<std::size_t>(j)];
        gradient(row, column) = gradient(column, row) = all[at] - held[at];
      }
    return gradient;
  }

  // Fills sums_[undecided]; `others` groups around and `in` players have been taken in above.
  void descend(const double* moments, int undecided, int others, int in) {
    Sums& own = sums_[static_cast<std::size_t>(undecided)];
    if (undecided == flat_) {
      switch (flat_) {
        case 4: store<4>(moments, others, in, own); break;
        case 3: store<3>(moments, others, in, own); break;
        case 2: store<2>(moments, others, in, own); break;
        case 1: store<1>(moments, others, in, own); break;
        default: store<0>(moments, others, in, own); break;
      }
      return;
    }
    const int position = undecided - 1;
    const bool shares = stack_.shares(position);
    descend(moments, position, others, in);
    pad(undecided);
    const double* next = taken_in(moments, position);
    descend(next, position, others + (shares ? 0 : 1), in + (shares ? 1 : 0));
    add_taken(undecided, shares);
  }

  template <int U>
  void store(const double* moments, int others, int in, Sums& own) {
    SmallSums<U> small;
    leaves<U>(moments, others, in, small);
    std::copy_n(&small.values[0], SmallSums<U>::kItems, own.values.begin());
    std::copy_n(&small.products[0][0], SmallSums<U>::kItems * SmallSums<U>::kSize, own.products.begin());
  }

  template <int U>
  void leaves(const double* moments, int others, int in, SmallSums<U>& out) {
    if constexpr (U == 0) {
      const double explained = stack_.total - moments[0];
      out.products[0][0] = both_(others, in);
      out.products[1][0] = without_(others, in);
      out.values[0] = out.products[0][0] * explained;
      out.values[1] = out.products[1][0] * explained;
    } else {
      constexpr int kBefore = SmallSums<U - 1>::kSize;
      SmallSums<U - 1> child;
      double next[kBefore], slopes[U];
      leaves<U - 1>(moments, others, in, child);
      for (int item = 0; item <= U; ++item) {
        out.values[item] = child.values[item];
        for (int k = 0; k < kBefore; ++k) out.products[item][k] = child.products[item][k];
        for (int k = kBefore; k < SmallSums<U>::kSize; ++k) out.products[item][k] = 0;
      }
      eliminate(moments, U, stack_.threshold[U], next, slopes);
      leaves<U - 1>(next, others, in + 1, child);
      for (int item = 0; item <= U; ++item) {
        out.values[item] += child.values[item];
        add_stretched<U>(child.products[item], slopes, out.products[item]);
      }
      out.values[U + 1] = child.values[0];
      for (int k = 0; k < SmallSums<U>::kSize; ++k) out.products[U + 1][k] = 0;
      add_stretched<U>(child.products[0], slopes, out.products[U + 1]);
    }
  }

  const double* taken_in(const double* moments, int position) {
    const auto at = static_cast<std::size_t>(position);
    for (int columns = stack_.below[at] + stack_.width[at]; columns > stack_.below[at]; --columns) {
      double* next = work_[static_cast<std::size_t>(columns) - 1].data();
      eliminate(moments, columns, stack_.threshold[static_cast<std::size_t>(columns)], next,
                slopes_[static_cast<std::size_t>(columns)].data());
      moments = next;
    }
    return moments;
  }

  // Coalitions without the player: what the sub-tree found, zero in the player's columns.
  void pad(int undecided) {
    Sums& own = sums_[static_cast<std::size_t>(undecided)];
    Sums& child = sums_[static_cast<std::size_t>(undecided) - 1];
    const int from = columns_at(undecided - 1), to = columns_at(undecided);
    const int items = items_at(undecided), given = items_at(undecided - 1);
    for (int item = 0; item < items; ++item) {
      double* into = own.of(item, to);
      if (item < given) {
        std::copy_n(child.of(item, from), packed_size(from), into);
        std::fill(into + packed_size(from), into + packed_size(to), 0);
      } else {
        std::fill(into, into + packed_size(to), 0);
      }
      own.values[static_cast<std::size_t>(item)] = item < given ? child.values[static_cast<std::size_t>(item)] : 0;
    }
  }

  // Coalitions with the player, stretched over its columns; item 0 is also what the player itself holds.
  void add_taken(int undecided, bool shares) {
    Sums& own = sums_[static_cast<std::size_t>(undecided)];
    Sums& child = sums_[static_cast<std::size_t>(undecided) - 1];
    const int from = columns_at(undecided - 1), to = columns_at(undecided);
    const int given = items_at(undecided - 1);
    for (int item = 0; item < given; ++item) {
      stretch(child.of(item, from), from, to);
      add(own, item, to, child.values[static_cast<std::size_t>(item)]);
      if (item == 0 && shares) add(own, given, to, child.values[0]);
    }
  }

  void add(Sums& own, int item, int columns, double value) {
    double* into = own.of(item, columns);
    const std::size_t size = packed_size(columns);
    for (std::size_t k = 0; k < size; ++k) into[k] += stretched_[k];
    own.values[static_cast<std::size_t>(item)] += value;
  }

  // stretched_ = S G S' with S = [I; −r'] for each of the player's columns in the order they were eliminated last.
  void stretch(const double* products, int from, int to) {
    stretched_.resize(packed_size(stack_.columns()));
    std::copy_n(products, packed_size(from), stretched_.begin());
    for (int columns = from + 1; columns <= to; ++columns) {
      const std::vector<double>& slopes = slopes_[static_cast<std::size_t>(columns)];
      double* g = stretched_.data();
      std::fill_n(product_.begin(), columns, 0);
      for (int i = 0; i < columns; ++i) {
        const double* row = g + row_at(i);
        double sum = 0;
        for (int j = 0; j < i; ++j) {
          sum += row[j] * slopes[static_cast<std::size_t>(j)];
          product_[static_cast<std::size_t>(j)] += row[j] * slopes[static_cast<std::size_t>(i)];
        }
        product_[static_cast<std::size_t>(i)] += sum + row[i] * slopes[static_cast<std::size_t>(i)];
      }
      double corner = 0;
      double* last = g + row_at(columns);
      for (int j = 0; j < columns; ++j) {
        last[j] = -product_[static_cast<std::size_t>(j)];
        corner += product_[static_cast<std::size_t>(j)] * slopes[static_cast<std::size_t>(j)];
      }
      last[columns] = corner;
    }
  }

  Stack stack_;
  int inner_, around_, flat_ = 0;
  std::vector<std::vector<double>> work_;    // by number of columns left
  std::vector<std::vector<double>> slopes_;  // by number of columns before the elimination
  std::vector<Sums> sums_;                   // by number of undecided players
  std::vector<double> product_, stretched_;
  Matrix without_, both_;  // by groups around and players in the coalition
};

}  // namespace

MomentFunctions shapley_gradients(const SubsetGame& game) { return Backwards(game).run(); }

}  // namespace headwater
