#include "headwater/linalg/gram.hpp"

namespace headwater {

// Right-looking blocked elimination would be faster; the left-looking form keeps the pivot of each column exact to one
// dot product, which is what the rank decision needs.
GramFactor::GramFactor(Matrix gram, const Vector& squared_norms, double tolerance)
    : lower_(std::move(gram)), redundant_(static_cast<std::size_t>(lower_.rows()), false) {
  const Index m = lower_.rows();
  for (Index j = 0; j < m; ++j) {
    if (j > 0) lower_.col(j).tail(m - j).noalias() -= lower_.block(j, 0, m - j, j) * lower_.row(j).head(j).transpose();
    const double pivot = lower_(j, j);
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

Matrix GramFactor::solve(const Matrix& b) const {
  Matrix x = b;
  for (std::size_t j = 0; j < redundant_.size(); ++j)
    if (redundant_[j]) x.row(static_cast<Index>(j)).setZero();
  lower_.triangularView<Eigen::Lower>().solveInPlace(x);
  lower_.triangularView<Eigen::Lower>().transpose().solveInPlace(x);
  return x;
}

}  // namespace headwater
