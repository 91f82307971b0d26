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

// What a sub-tree returns: for each of `lanes` weightings the sum of weight · v(T) and of weight · b̃ b̃', packed. The
// weightings of one entry stand together, because every one of them takes the same steps.
struct Sums {
  std::size_t lanes = 0;
  std::vector<double> values, products;  // lanes; packed entries × lanes
};

constexpr int even(int items) { return items + items % 2; }

// The same with all sizes known, for the single-column players at the bottom.
template <int U>
struct SmallSums {
  static constexpr int kLanes = even(U + 2), kSize = (U + 1) * (U + 2) / 2;
  double values[kLanes];
  double products[kSize][kLanes];
};

// out = `without` padded by zeros + S `with` S' with S = [I; −r'], both of U − 1 columns, in all weightings; the first
// weighting of `with` is also what the player itself holds.
template <int U>
void join(const SmallSums<U - 1>& without, const SmallSums<U - 1>& with, const double* slopes, SmallSums<U>& out) {
  constexpr int kGiven = SmallSums<U - 1>::kLanes, kLanes = SmallSums<U>::kLanes, kOwn = U + 1, kLast = U * (U + 1) / 2;
  double product[U][kGiven] = {};
  const auto lay = [](const double* first, int own, double held, double* into) {
    for (int lane = 0; lane < kGiven; ++lane) into[lane] = first[lane];
    for (int lane = kGiven; lane < kLanes; ++lane) into[lane] = 0;
    into[own] = held;
  };
  for (int i = 0; i < U; ++i)
    for (int j = 0; j <= i; ++j) {
      const int k = i * (i + 1) / 2 + j;
      const double* entry = with.products[k];
      double sum[kGiven];
      for (int lane = 0; lane < kGiven; ++lane) {
        sum[lane] = without.products[k][lane] + entry[lane];
        product[i][lane] += entry[lane] * slopes[j];
      }
      if (j < i)
        for (int lane = 0; lane < kGiven; ++lane) product[j][lane] += entry[lane] * slopes[i];
      lay(sum, kOwn, entry[0], out.products[k]);
    }
  double corner[kGiven] = {};
  for (int j = 0; j < U; ++j) {
    double row[kGiven];
    for (int lane = 0; lane < kGiven; ++lane) {
      row[lane] = -product[j][lane];
      corner[lane] += product[j][lane] * slopes[j];
    }
    lay(row, kOwn, row[0], out.products[kLast + j]);
  }
  lay(corner, kOwn, corner[0], out.products[kLast + U]);
  double value[kGiven];
  for (int lane = 0; lane < kGiven; ++lane) value[lane] = without.values[lane] + with.values[lane];
  lay(value, kOwn, with.values[0], out.values);
}

constexpr int kUnrolledGradients = 6;

class Backwards {
 public:
  explicit Backwards(const SubsetGame& game)
      : stack_(subsets::stacked(game)), inner_(stack_.players), around_(stack_.positions() - inner_) {
    for (int columns = 0; columns < stack_.columns(); ++columns) work_.emplace_back(packed_size(columns));
    for (int columns = 0; columns <= stack_.columns(); ++columns)
      slopes_.emplace_back(static_cast<std::size_t>(columns) + 1);
    for (int positions = 0; positions <= stack_.positions(); ++positions) {
      const auto lanes = static_cast<std::size_t>(even(items_at(positions)));
      sums_.push_back(
          {lanes, std::vector<double>(lanes), std::vector<double>(lanes * packed_size(columns_at(positions)))});
    }
    product_.resize((static_cast<std::size_t>(stack_.columns()) + 1) * sums_.back().lanes);
    stretched_.resize(packed_size(stack_.columns()) * sums_.back().lanes);
    while (flat_ < std::min(inner_, kUnrolledGradients) && stack_.width[static_cast<std::size_t>(flat_)] == 1) ++flat_;
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

  Matrix unpacked(const Sums& top, int item) const {
    const int columns = stack_.columns();
    Matrix gradient = Matrix::Zero(columns + 1, columns + 1);
    const double* entry = top.products.data();
    for (int i = 0; i <= columns; ++i)
      for (int j = 0; j <= i; ++j, entry += top.lanes) {
        const Index row = stack_.column[static_cast<std::size_t>(i)],
                    column = stack_.column[static_cast<std::size_t>(j)];
        gradient(row, column) = gradient(column, row) = entry[1] - entry[item];
      }
    return gradient;
  }

  // Fills sums_[undecided]; `others` groups around and `in` players have been taken in above.
  void descend(const double* moments, int undecided, int others, int in) {
    Sums& own = sums_[static_cast<std::size_t>(undecided)];
    if (undecided == flat_) {
      switch (flat_) {
        case 6: store<6>(moments, others, in, own); break;
        case 5: store<5>(moments, others, in, own); break;
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
    std::copy_n(&small.values[0], SmallSums<U>::kLanes, own.values.begin());
    std::copy_n(&small.products[0][0], SmallSums<U>::kLanes * SmallSums<U>::kSize, own.products.begin());
  }

  template <int U>
  void leaves(const double* moments, int others, int in, SmallSums<U>& out) {
    if constexpr (U == 0) {
      const double explained = stack_.total - moments[0];
      out.products[0][0] = both_(others, in);
      out.products[0][1] = without_(others, in);
      out.values[0] = out.products[0][0] * explained;
      out.values[1] = out.products[0][1] * explained;
    } else {
      SmallSums<U - 1> without, with;
      double next[SmallSums<U - 1>::kSize], slopes[U];
      leaves<U - 1>(moments, others, in, without);
      eliminate(moments, U, stack_.threshold[U], next, slopes);
      leaves<U - 1>(next, others, in + 1, with);
      join<U>(without, with, slopes, out);
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
    const Sums& child = sums_[static_cast<std::size_t>(undecided) - 1];
    const std::size_t before = packed_size(columns_at(undecided - 1));
    std::fill(own.values.begin(), own.values.end(), 0);
    std::copy(child.values.begin(), child.values.end(), own.values.begin());
    std::fill(own.products.begin(), own.products.end(), 0);
    for (std::size_t k = 0; k < before; ++k)
      std::copy_n(&child.products[k * child.lanes], child.lanes, &own.products[k * own.lanes]);
  }

  // Coalitions with the player, stretched over its columns; weighting 0 is also what the player itself holds.
  void add_taken(int undecided, bool shares) {
    Sums& own = sums_[static_cast<std::size_t>(undecided)];
    const Sums& child = sums_[static_cast<std::size_t>(undecided) - 1];
    const auto holds = static_cast<std::size_t>(items_at(undecided - 1));
    std::copy(child.products.begin(), child.products.end(), stretched_.begin());
    for (int columns = columns_at(undecided - 1) + 1; columns <= columns_at(undecided); ++columns)
      stretch(columns, child.lanes);
    const std::size_t size = packed_size(columns_at(undecided));
    for (std::size_t k = 0; k < size; ++k) add(&stretched_[k * child.lanes], child.lanes, &own.products[k * own.lanes]);
    add(child.values.data(), child.lanes, own.values.data());
    if (!shares) return;
    for (std::size_t k = 0; k < size; ++k) own.products[k * own.lanes + holds] = stretched_[k * child.lanes];
    own.values[holds] = child.values[0];
  }

  static void add(const double* from, std::size_t count, double* into) {
    for (std::size_t i = 0; i < count; ++i) into[i] += from[i];
  }

  // Adds to stretched_ = G the last row of S G S' with S = [I; −r'], in every weighting.
  void stretch(int columns, std::size_t lanes) {
    const double* slopes = slopes_[static_cast<std::size_t>(columns)].data();
    std::fill_n(product_.begin(), static_cast<std::size_t>(columns) * lanes, 0);
    const double* entry = stretched_.data();
    for (int i = 0; i < columns; ++i) {
      double* of_row = &product_[static_cast<std::size_t>(i) * lanes];
      for (int j = 0; j < i; ++j, entry += lanes) {
        double* of_column = &product_[static_cast<std::size_t>(j) * lanes];
        for (std::size_t lane = 0; lane < lanes; ++lane) {
          of_row[lane] += entry[lane] * slopes[j];
          of_column[lane] += entry[lane] * slopes[i];
        }
      }
      for (std::size_t lane = 0; lane < lanes; ++lane) of_row[lane] += entry[lane] * slopes[i];
      entry += lanes;
    }
    double* last = &stretched_[row_at(columns) * lanes];
    double* corner = last + static_cast<std::size_t>(columns) * lanes;
    std::fill_n(corner, lanes, 0);
    for (int j = 0; j < columns; ++j)
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const double product = product_[static_cast<std::size_t>(j) * lanes + lane];
        last[static_cast<std::size_t>(j) * lanes + lane] = -product;
        corner[lane] += product * slopes[j];
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
