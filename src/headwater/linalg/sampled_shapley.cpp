// Shapley values from random orders (the lifts of each order in turn, antithetic pairs), as LS-SPA does for more
// players than can be listed; exact in the sum, with the covariance of the draws as error bound.
#include <numeric>

#include "headwater/core/random.hpp"
#include "headwater/linalg/subsets.hpp"

namespace headwater {
namespace {

constexpr double kRedundant = 1e-13;
constexpr std::uint32_t kTag = 0x73686170;

// Explained sum of squares and coefficients (over all columns and y last: −b, 1) as columns are swept in one by one.
class Sweep {
 public:
  explicit Sweep(const Matrix& moments) : moments_(moments), left_(moments), loading_(Vector::Zero(moments.rows())) {
    loading_(moments.rows() - 1) = 1;
  }
  double unexplained() const { return left_(left_.rows() - 1, left_.rows() - 1); }
  const Vector& loading() const { return loading_; }

  // Takes in one column: d is the column less its projection on those before, in terms of the columns.
  void take_in(Index column) {
    const Index y = left_.rows() - 1;
    const double pivot = left_(column, column);
    if (!(pivot > kRedundant * moments_(column, column))) return;
    Vector d = Vector::Zero(y + 1);
    d(column) = 1;
    for (const auto& [direction, norm2] : directions_) {
      const double along = moments_.col(column).dot(direction) / norm2;
      d -= along * direction;
    }
    const Vector row = left_.col(column);
    loading_ -= (row(y) / pivot) * d;
    left_.noalias() -= (row / pivot) * row.transpose();
    directions_.emplace_back(std::move(d), pivot);
  }

 private:
  const Matrix& moments_;
  Matrix left_;
  Vector loading_;
  std::vector<std::pair<Vector, double>> directions_;
};

void add_order(const SubsetGame& game, const std::vector<std::size_t>& order, double weight, Vector& values,
               std::vector<Matrix>& gradients) {
  Sweep sweep(game.moments);
  for (const std::size_t player : order) {
    const double before = sweep.unexplained();
    gradients[player].noalias() += weight * sweep.loading() * sweep.loading().transpose();
    for (const Index column : game.players[player]) sweep.take_in(column);
    gradients[player].noalias() -= weight * sweep.loading() * sweep.loading().transpose();
    values(static_cast<Index>(player)) += weight * (before - sweep.unexplained());
  }
}

}  // namespace

SampledShapley sampled_shapley(const SubsetGame& game, long pairs, std::uint64_t seed) {
  const auto q = static_cast<Index>(game.size());
  const Index p = game.moments.rows();
  SampledShapley result;
  result.functions.gradients.assign(game.size(), Matrix::Zero(p, p));
  Matrix draws(pairs, q);
  for (long pair = 0; pair < pairs; ++pair) {
    RandomStream random(seed, static_cast<std::uint32_t>(pair), kTag);
    std::vector<std::size_t> order(game.size());
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t i = order.size(); i > 1; --i)
      std::swap(order[i - 1], order[random.below(static_cast<std::uint32_t>(i))]);
    Vector values = Vector::Zero(q);
    add_order(game, order, 0.5, values, result.functions.gradients);
    add_order(game, {order.rbegin(), order.rend()}, 0.5, values, result.functions.gradients);
    draws.row(pair) = values.transpose();
  }
  const auto count = static_cast<double>(pairs);
  for (Matrix& gradient : result.functions.gradients) gradient /= count;
  result.functions.values = draws.colwise().mean().transpose();
  const Matrix apart = draws.rowwise() - result.functions.values.transpose();
  result.sampling = apart.transpose() * apart / (count * std::max(1.0, count - 1));
  return result;
}

}  // namespace headwater
