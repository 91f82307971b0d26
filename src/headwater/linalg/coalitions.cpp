// Coalitions one by one: with their coefficients, or as models to average over.
#include <algorithm>

#include "headwater/linalg/subset_order.hpp"

namespace headwater {
namespace {

using subsets::eliminate;
using subsets::packed_size;
using subsets::Stack;

// The Schur steps that lead to a coalition, kept so that its coefficients can be read off backwards.
class Path {
 public:
  explicit Path(const SubsetGame& game) : stack_(subsets::stacked(game)) {
    for (int columns = 0; columns < stack_.columns(); ++columns) work_.emplace_back(packed_size(columns));
    for (int columns = 0; columns <= stack_.columns(); ++columns)
      slopes_.emplace_back(static_cast<std::size_t>(columns) + 1);
  }

  const Stack& stack() const { return stack_; }
  const double* start() const { return stack_.moments.data(); }
  const double* take_in(const double* moments, int position) {
    const auto at = static_cast<std::size_t>(position);
    for (int columns = stack_.below[at] + stack_.width[at]; columns > stack_.below[at]; --columns) {
      double* next = work_[static_cast<std::size_t>(columns) - 1].data();
      eliminate(moments, columns, stack_.threshold[static_cast<std::size_t>(columns)], next,
                slopes_[static_cast<std::size_t>(columns)].data());
      moments = next;
    }
    return moments;
  }
  // Extends sums of (1, −b) over the columns beneath `position` by its own: zero, or −r' times those before.
  void extend(int position, bool taken, std::vector<double>& stacked) const {
    const auto at = static_cast<std::size_t>(position);
    const int below = stack_.below[at];
    for (int columns = below + 1; columns <= below + stack_.width[at]; ++columns) {
      double sum = 0;
      if (taken)
        for (int j = 0; j < columns; ++j)
          sum -= stacked[static_cast<std::size_t>(j)] *
                 slopes_[static_cast<std::size_t>(columns)][static_cast<std::size_t>(j)];
      stacked[static_cast<std::size_t>(columns)] = sum;
    }
  }
  Vector coefficients(const std::vector<double>& stacked) const {
    Vector b(stack_.columns());
    for (int c = 1; c <= stack_.columns(); ++c)
      b(stack_.column[static_cast<std::size_t>(c)]) = -stacked[static_cast<std::size_t>(c)];
    return b;
  }

 private:
  Stack stack_;
  std::vector<std::vector<double>> work_, slopes_;  // by number of columns
};

class Listing {
 public:
  using Visit = std::function<void(std::uint32_t, double, const Vector&)>;
  Listing(const SubsetGame& game, const Visit& visit)
      : path_(game), visit_(visit), stacked_(static_cast<std::size_t>(path_.stack().columns()) + 1) {}
  void run() { descend(path_.start(), path_.stack().positions(), 0); }

 private:
  void descend(const double* moments, int undecided, std::uint32_t mask) {
    if (undecided == 0) {
      stacked_[0] = 1;
      for (int position = 0; position < path_.stack().positions(); ++position)
        path_.extend(position, (mask & bit(position)) != 0, stacked_);
      visit_(mask, path_.stack().total - moments[0], path_.coefficients(stacked_));
      return;
    }
    descend(moments, undecided - 1, mask);
    descend(path_.take_in(moments, undecided - 1), undecided - 1, mask | bit(undecided - 1));
  }
  std::uint32_t bit(int position) const {
    return std::uint32_t{1} << path_.stack().player[static_cast<std::size_t>(position)];
  }

  Path path_;
  const Visit& visit_;
  std::vector<double> stacked_;
};

// Sums of density · (1, −b) up the tree, as in subset_gradients.cpp but of vectors.
class Models {
 public:
  using Density = std::function<double(double, int, int)>;
  Models(const SubsetGame& game, const Density& density) : path_(game), density_(density) {
    const int q = path_.stack().positions();
    sums_.assign(static_cast<std::size_t>(q) + 1,
                 std::vector<double>(static_cast<std::size_t>(path_.stack().columns()) + 1));
    result_.inclusion = Vector::Zero(q);
    result_.size = Vector::Zero(q + 1);
  }
  ModelSums run() {
    const int q = path_.stack().positions();
    descend(path_.start(), q, 0, 0);
    const std::vector<double>& top = sums_[static_cast<std::size_t>(q)];
    result_.mass = top[0];
    result_.coefficients = path_.coefficients(top);
    return result_;
  }

 private:
  void descend(const double* moments, int undecided, int in, int columns) {
    std::vector<double>& own = sums_[static_cast<std::size_t>(undecided)];
    if (undecided == 0) {
      own[0] = density_(path_.stack().total - moments[0], in, columns);
      result_.size(in) += own[0];
      return;
    }
    const int position = undecided - 1;
    const auto at = static_cast<std::size_t>(position);
    std::vector<double>& child = sums_[at];
    const auto shared = static_cast<std::ptrdiff_t>(path_.stack().below[at]) + 1;
    descend(moments, position, in, columns);
    std::copy_n(child.begin(), shared, own.begin());
    path_.extend(position, false, own);
    descend(path_.take_in(moments, position), position, in + 1, columns + path_.stack().width[at]);
    result_.inclusion(path_.stack().player[at]) += child[0];
    path_.extend(position, true, child);
    for (int c = 0; c < path_.stack().below[at] + path_.stack().width[at] + 1; ++c)
      own[static_cast<std::size_t>(c)] += child[static_cast<std::size_t>(c)];
  }

  Path path_;
  const Density& density_;
  std::vector<std::vector<double>> sums_;
  ModelSums result_;
};

}  // namespace

void each_coalition(const SubsetGame& game, const std::function<void(std::uint32_t, double, const Vector&)>& visit) {
  Listing(game, visit).run();
}

ModelSums model_sums(const SubsetGame& game, const std::function<double(double, int, int)>& density) {
  return Models(game, density).run();
}

}  // namespace headwater
