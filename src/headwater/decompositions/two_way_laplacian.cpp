#include "headwater/decompositions/two_way_laplacian.hpp"

#include "headwater/linalg/solve.hpp"
#include "headwater/moments/moments.hpp"

namespace headwater {
namespace {

// K = W' diag(1/n) W: how second units share the rows of first units.
Matrix overlap(const Matches& m, const Vector& n) {
  Matrix K = Matrix::Zero(m.second.count, m.second.count);
  for (Index from = 0; from < m.count.size();) {
    const Index to = end_of_first(m, from);
    for (Index a = from; a < to; ++a)
      for (Index b = from; b < to; ++b)
        K(m.second.code[static_cast<std::size_t>(a)], m.second.code[static_cast<std::size_t>(b)]) +=
            m.count(a) * m.count(b) / n(m.first.code[static_cast<std::size_t>(from)]);
    from = to;
  }
  return K;
}

}  // namespace

Laplacian laplacian(const Matches& m) {
  const Index J = m.second.count;
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
  return {sums_by(values, m.first), sums_by(values, m.second)};
}

Vector at_matches(const Vector& by_unit, const Grouping& units) { return by_unit(units.code); }

ByUnit solved(const Laplacian& l, const Matches& m, const ByUnit& right) {
  const Vector mean = right.first.cwiseQuotient(l.n);
  ByUnit z;
  z.second = l.inverse * (right.second - sums_by(m.count.cwiseProduct(at_matches(mean, m.first)), m.second));
  z.first = mean - Vector(sums_by(m.count.cwiseProduct(at_matches(z.second, m.second)), m.first)).cwiseQuotient(l.n);
  return z;
}

}  // namespace headwater
