#include "headwater/design/polynomial.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "headwater/core/error.hpp"

namespace headwater {

OrthogonalPolynomials::OrthogonalPolynomials(const Vector& x, int degree, const std::string& label)
    : alpha_(degree), norm2_(degree + 1) {
  std::vector<double> distinct(x.data(), x.data() + x.size());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  if (distinct.size() <= static_cast<std::size_t>(degree))
    throw Error(ErrorKind::data, "design.polynomial",
                label + " needs more than " + std::to_string(degree) + " distinct values and has " +
                    std::to_string(distinct.size()) + "; lower the degree");
  Vector before = Vector::Zero(x.size()), now = Vector::Ones(x.size());
  norm2_(0) = static_cast<double>(x.size());
  for (int d = 0; d < degree; ++d) {
    alpha_(d) = now.cwiseAbs2().dot(x) / norm2_(d);
    const double back = d > 0 ? norm2_(d) / norm2_(d - 1) : 0;
    const Vector next = (x.array() - alpha_(d)).matrix().cwiseProduct(now) - back * before;
    before = now;
    now = next;
    norm2_(d + 1) = now.squaredNorm();
  }
}

Matrix OrthogonalPolynomials::columns(const Vector& x) const {
  const Index degree = alpha_.size();
  Matrix result(x.size(), degree);
  Vector before = Vector::Zero(x.size()), now = Vector::Ones(x.size());
  for (Index d = 0; d < degree; ++d) {
    const double back = d > 0 ? norm2_(d) / norm2_(d - 1) : 0;
    const Vector next = (x.array() - alpha_(d)).matrix().cwiseProduct(now) - back * before;
    before = now;
    now = next;
    result.col(d) = now / std::sqrt(norm2_(d + 1));
  }
  return result;
}

}  // namespace headwater
