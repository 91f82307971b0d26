#include "headwater/linalg/gram.hpp"

#include <cmath>

namespace headwater {
namespace {

constexpr double kNoise = 1e-14;    // share of a squared norm that rounding alone leaves
constexpr double kDoubtful = 1e-6;  // pivots below have lost half their digits or more

}  // namespace

// Right-looking blocked elimination would be faster; the left-looking form keeps the pivot of each column exact to one
// dot product, which is what the rank decision needs.
GramFactor::GramFactor(Matrix gram, const Vector& squared_norms, const RemainderOf& remainder, double tolerance)
    : lower_(std::move(gram)), redundant_(static_cast<std::size_t>(lower_.rows()), false) {
  const Index m = lower_.rows();
  for (Index j = 0; j < m; ++j) {
    if (j > 0) lower_.col(j).tail(m - j).noalias() -= lower_.block(j, 0, m - j, j) * lower_.row(j).head(j).transpose();
    double pivot = lower_(j, j);
    const double share = std::abs(pivot) / squared_norms(j);
    if (remainder && share > kNoise && share < kDoubtful) lower_(j, j) = pivot = settled_pivot(j, remainder);
    if (!(pivot > tolerance * squared_norms(j))) {
      redundant_[static_cast<std::size_t>(j)] = true;
      lower_.col(j).tail(m - j).setZero();
      lower_.row(j).head(j).setZero();
      lower_(j, j) = 1;
      continue;
    }
    ++rank_;
    lower_.col(j).tail(m - j) /= std::sqrt(pivot);
  }
}

// The squared norm of the column less its projection on those before, with one step of refinement.
double GramFactor::settled_pivot(Index column, const RemainderOf& remainder) const {
  const auto head = lower_.topLeftCorner(column, column).triangularView<Eigen::Lower>();
  Vector a = Vector::Zero(lower_.rows());
  a(column) = 1;
  a.head(column) = -head.transpose().solve(lower_.row(column).head(column).transpose());
  Vector products = remainder(a).products.head(column);
  for (Index j = 0; j < column; ++j)
    if (redundant_[static_cast<std::size_t>(j)]) products(j) = 0;
  a.head(column) -= head.transpose().solve(head.solve(products));
  return remainder(a).squared_norm;
}

Matrix GramFactor::solve(const Matrix& b) const {
  Matrix x = b;
  for (std::size_t j = 0; j < redundant_.size(); ++j)
    if (redundant_[j]) x.row(static_cast<Index>(j)).setZero();
  lower_.triangularView<Eigen::Lower>().solveInPlace(x);
  lower_.triangularView<Eigen::Lower>().transpose().solveInPlace(x);
  return x;
}

}  // namespace headwater
