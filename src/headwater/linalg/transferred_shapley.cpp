// Question: how much of the squares in rows that were left out do coefficients of the other rows account for, by
// player?
// Model: b_S = A_SS⁻¹ a_S from moments A here; f(S) = u'Bu with u = [−b_S; 1] and moments B there; Shapley values of
// 1 − f(S)/f(∅) (Bell, Devanathan and Boyd 2024, who draw orders; here every coalition). Equals ls_spa on its toy data
// to all 8 digits. Derivatives: df = u'dB u − λ'dA u with λ = 2 A_SS⁻¹(B u)_S, padded by zeros.
#include <vector>

#include "headwater/linalg/solve.hpp"
#include "headwater/linalg/subsets.hpp"

namespace headwater {
namespace {

struct Transfer {
  double squares;  // f(S)
  Matrix here, there;
};

Transfer transfer(const Matrix& A, const Matrix& B, const std::vector<Index>& in) {
  const Index y = A.cols() - 1;
  Vector u = Vector::Unit(y + 1, y), lambda = Vector::Zero(y + 1);
  if (!in.empty()) {
    const Matrix inner = A(in, in);
    u(in) = -solve_definite(inner, Matrix(A(in, std::vector<Index>{y})));
    lambda(in) = 2 * solve_definite(inner, Matrix((B * u)(in)));
  }
  const Matrix product = lambda * u.transpose();
  return {u.dot(B * u), -0.5 * (product + product.transpose()), u * u.transpose()};
}

}  // namespace

TransferredShapley transferred_shapley(const SubsetGame& game, Index always, const Matrix& there) {
  const std::size_t q = game.size();
  const Vector weight = shapley_weights(static_cast<Index>(q));
  const Matrix zero = Matrix::Zero(there.rows(), there.cols());
  TransferredShapley result;
  result.here = {Vector::Zero(static_cast<Index>(q)), std::vector<Matrix>(q, zero)};
  result.there = result.here;
  Transfer none;
  for (std::uint32_t mask = 0; mask < std::uint32_t{1} << q; ++mask) {
    std::vector<Index> in;
    for (Index j = 0; j < always; ++j) in.push_back(j);
    for (std::size_t i = 0; i < q; ++i)
      if (mask >> i & 1u) in.insert(in.end(), game.players[i].begin(), game.players[i].end());
    const Transfer own = transfer(game.moments, there, in);
    if (mask == 0) none = own;
    const int size = __builtin_popcount(mask);
    for (std::size_t i = 0; i < q; ++i) {
      const double c = mask >> i & 1u ? -weight(size - 1) : weight(size);
      result.here.values(static_cast<Index>(i)) += c * own.squares;
      result.here.gradients[i] += c * own.here;
      result.there.gradients[i] += c * own.there;
    }
  }
  result.here.values /= none.squares;
  result.there.values = result.here.values;
  for (std::size_t i = 0; i < q; ++i) {
    const double share = result.here.values(static_cast<Index>(i));
    result.here.gradients[i] = (result.here.gradients[i] - share * none.here) / none.squares;
    result.there.gradients[i] = (result.there.gradients[i] - share * none.there) / none.squares;
  }
  return result;
}

}  // namespace headwater
