#include "headwater/decompositions/two_way_laplacian.hpp"

#include "headwater/linalg/solve.hpp"

namespace headwater {
namespace {

// K = W' diag(1/n) W: how second units share the rows of first units.
Matrix overlap(const Matches& m, const Vector& n) {
  Matrix K = Matrix::Zero(m.seconds, m.seconds);
  for (Index from = 0; from < m.count.size();) {
    const Index to = end_of_first(m, from);
    for (Index a = from; a < to; ++a)
      for (Index b = from; b < to; ++b)
        K(m.second[static_cast<std::size_t>(a)], m.second[static_cast<std::size_t>(b)]) +=
            m.count(a) * m.count(b) / n(m.first[static_cast<std::size_t>(from)]);
    from = to;
  }
  return K;
}

}  // namespace

Laplacian laplacian(const Matches& m) {
  const Index J = m.seconds;
  const ByUnit rows = sums_by_unit(m, m.count);
  Laplacian l{Matrix::Zero(J, J), {}, {}, {}, rows.first, rows.second};
  const Matrix K = overlap(m, l.n);
  if (J > 1) {
    Matrix L = -K;
    L.diagonal() += l.s;
    l.inverse.topLeftCorner(J - 1, J - 1) = inverse_definite(L.topLeftCorner(J - 1, J - 1));
  }
  l.by_size = l.inverse * l.s.asDiagonal() * l.inverse;
  l.by_overlap = l.inverse * K * l.inverse;
  l.through = l.inverse * l.s;
  return l;
}

ByUnit sums_by_unit(const Matches& m, const Vector& values) {
  ByUnit sums{Vector::Zero(m.firsts), Vector::Zero(m.seconds)};
  for (Index k = 0; k < values.size(); ++k) {
    sums.first(m.first[static_cast<std::size_t>(k)]) += values(k);
    sums.second(m.second[static_cast<std::size_t>(k)]) += values(k);
  }
  return sums;
}

Vector fitted(const Matches& m, const ByUnit& effects) {
  Vector values(m.count.size());
  for (Index k = 0; k < values.size(); ++k)
    values(k) =
        effects.first(m.first[static_cast<std::size_t>(k)]) + effects.second(m.second[static_cast<std::size_t>(k)]);
  return values;
}

ByUnit solved(const Laplacian& l, const Matches& m, const ByUnit& right) {
  const Vector mean = right.first.cwiseQuotient(l.n);
  const Vector through_first = m.count.cwiseProduct(fitted(m, {mean, Vector::Zero(m.seconds)}));
  ByUnit z;
  z.second = l.inverse * (right.second - sums_by_unit(m, through_first).second);
  const Vector through_second = m.count.cwiseProduct(fitted(m, {Vector::Zero(m.firsts), z.second}));
  z.first = mean - sums_by_unit(m, through_second).first.cwiseQuotient(l.n);
  return z;
}

}  // namespace headwater
